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
 * requires nothing there, has no entry (Akeneo skips `required` = 0).
 */
export function completenessOf(catalog: Catalog, product: Product): Completeness[] {
  return fillCounter(
    catalog,
    {},
  )(product).flatMap((count) => {
    const data = completenessRatio(count)
    return data === undefined ? [] : [{ scope: count.scope, locale: count.locale, data }]
  })
}

/** Per cent, rounded down; undefined where nothing is required. */
export function completenessRatio({ required, requiredOf }: FillCount): number | undefined {
  return requiredOf === 0 ? undefined : Math.floor((100 * required) / requiredOf)
}
