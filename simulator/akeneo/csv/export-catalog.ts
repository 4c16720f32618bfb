import type { Pim } from '../pim.ts'
import { exportProducts } from './export-products.ts'
import { exportStructure } from './export-structure.ts'

/**
 * Writes the catalogue into a folder that `--catalog` and Akeneo's importers read; returns the rows of each file. Dates,
 * reference entities, assets and drafts have no place in these files.
 */
export function exportCatalog(pim: Pim, folder: string): Record<string, number> {
  return { ...exportStructure(pim, folder), ...exportProducts(pim, folder) }
}
