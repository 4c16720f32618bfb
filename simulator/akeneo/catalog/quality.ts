import type { Catalog } from './catalog.ts'
import { fillCounter, type FillCount, type FillScope } from './fill-counts.ts'
import type { Product, ProductModel } from './records.ts'

export interface QualityScore {
  scope: string
  locale: string
  data: string
}

/**
 * What Akeneo's nightly evaluation would say of enrichment; it also looks at spelling and the like, which nobody can
 * predict. A model has the scores of one of its variants. Made once for many records in a row.
 */
export function qualityReader(
  catalog: Catalog,
  only: FillScope = {},
): (record: Product | ProductModel, ancestors?: readonly ProductModel[]) => QualityScore[] {
  const count = fillCounter(catalog, { ...only, beyondRequired: true })
  return (record, ancestors) => {
    const product = record.kind === 'product' ? record : catalog.variantsBelow(record.code)[0]
    if (product === undefined) return []
    const counts = count(product, record === product ? ancestors : undefined)
    return counts
      .map((one) => ({ scope: one.scope, locale: one.locale, data: letter(rate(one)) }))
      .sort(byKeys)
  }
}

/** Weights of the public code's criteria; one that has nothing to look at does not count. */
function rate(count: FillCount): number {
  const criteria = [
    { weight: 2, share: count.required / count.requiredOf, applies: count.requiredOf > 0 },
    { weight: 1, share: count.optional / count.optionalOf, applies: count.optionalOf > 0 },
    // One picture is enough.
    { weight: 2, share: count.images > 0 ? 1 : 0, applies: count.imagesOf > 0 },
  ]
  let total = 0
  let weights = 0
  for (const { weight, share, applies } of criteria) {
    if (!applies) continue
    total += weight * share
    weights += weight
  }
  return weights === 0 ? 100 : Math.round((100 * total) / weights)
}

function letter(ratio: number): string {
  if (ratio >= 90) return 'A'
  if (ratio >= 80) return 'B'
  if (ratio >= 70) return 'C'
  return ratio >= 60 ? 'D' : 'E'
}

/** Scores are kept as a JSON object by MySQL, which puts shorter keys first. */
function byKeys(a: QualityScore, b: QualityScore): number {
  return compareKeys(a.scope, b.scope) || compareKeys(a.locale, b.locale)
}

function compareKeys(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}
