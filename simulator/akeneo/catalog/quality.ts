import type { Catalog } from './catalog.ts'
import { completenessReader } from './completeness.ts'
import type { Product, ProductModel } from './records.ts'

export interface QualityScore {
  scope: string
  locale: string
  data: string
}

/**
 * Akeneo's scores come from a nightly evaluation that nobody can predict; ours follow completeness, so that they are
 * stable and say something. A model has those of one of its variants.
 */
export function qualityScores(catalog: Catalog, record: Product | ProductModel): QualityScore[] {
  return qualityReader(catalog)(record)
}

/** For many records in a row. */
export function qualityReader(
  catalog: Catalog,
  only: { scope?: string; locales?: readonly string[] } = {},
): (record: Product | ProductModel) => QualityScore[] {
  const read = completenessReader(catalog, only)
  return (record) => {
    const product = record.kind === 'product' ? record : catalog.variantsBelow(record.code)[0]
    if (product === undefined) return []
    return read(product).map(({ scope, locale, data }) => ({ scope, locale, data: letter(data) }))
  }
}

function letter(ratio: number): string {
  if (ratio === 100) return 'A'
  if (ratio >= 80) return 'B'
  if (ratio >= 60) return 'C'
  return ratio >= 40 ? 'D' : 'E'
}
