import type { Catalog } from './catalog.ts'
import { fillCounter, type FillCount } from './fill-counts.ts'
import type { Product } from './records.ts'

export interface Completeness {
  scope: string
  locale: string
  data: number
}

/**
 * Per channel and locale, the share of required attributes that are filled. A product without family, or whose family
 * requires nothing there, has no entry (Akeneo skips `required` = 0). Made once for many products in a row.
 */
export function completenessReader(catalog: Catalog): (product: Product) => Completeness[] {
  const count = fillCounter(catalog, {})
  return (product) =>
    count(product).flatMap((cell) => {
      const data = completenessRatio(cell)
      return data === undefined ? [] : [{ scope: cell.scope, locale: cell.locale, data }]
    })
}

/** Per cent, rounded down; undefined where nothing is required. */
export function completenessRatio({ required, requiredOf }: FillCount): number | undefined {
  return requiredOf === 0 ? undefined : Math.floor((100 * required) / requiredOf)
}
