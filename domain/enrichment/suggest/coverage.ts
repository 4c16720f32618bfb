import type { Cell } from '../convert/cell.ts'
import type { IcecatMapping, IcecatSource } from '../mapping/document.ts'

/** Features that a category of Icecat's asks for. */
export interface CategoryNeeds {
  categoryId: string
  features: readonly { id: string; mandatory: boolean; searchable: boolean }[]
}

export interface CategoryCoverage {
  categoryId: string
  mapped: number
  /** Left out on purpose, with a reason in the file. */
  ignored: number
  /** Nobody has decided yet: these are what there is to do. */
  unmapped: string[]
  /** Of mandatory and searchable features, the share that is mapped or ignored; 1 where there are none. */
  complete: number
}

/** How much of what Icecat thinks important has a place in Akeneo; unmapped and ignored on purpose are told apart. */
export function mappingCoverage(
  mapping: IcecatMapping,
  categories: readonly CategoryNeeds[],
): CategoryCoverage[] {
  const mapped = new Set(mapping.attributes.flatMap(({ rule }) => featuresIn(rule.source)))
  const ignored = new Set(
    mapping.ignore.flatMap(({ address }) => (address.base === 'feature' ? [address.id] : [])),
  )
  return categories.map(({ categoryId, features }) => {
    const wanted = [
      ...new Set(features.filter(({ mandatory, searchable }) => mandatory || searchable).map(({ id }) => id)),
    ]
    const own = {
      mapped: wanted.filter((id) => mapped.has(id)),
      ignored: wanted.filter((id) => !mapped.has(id) && ignored.has(id)),
    }
    const decided = own.mapped.length + own.ignored.length
    return {
      categoryId,
      mapped: own.mapped.length,
      ignored: own.ignored.length,
      unmapped: wanted.filter((id) => !mapped.has(id) && !ignored.has(id)),
      complete: wanted.length === 0 ? 1 : decided / wanted.length,
    }
  })
}

const featuresIn = (source: IcecatSource): string[] => {
  const addresses =
    source.kind === 'from'
      ? source.addresses
      : source.kind === 'template'
        ? source.parts.filter((part) => typeof part !== 'string')
        : []
  return addresses.flatMap((address) => (address.base === 'feature' ? [address.id] : []))
}

export interface FillRate {
  attribute: string
  locale: string | null
  filled: number
  absent: number
  problems: number
}

/** How often each attribute and locale was filled, over the cells of many products: what a dry run shows. */
export function fillRates(products: Iterable<readonly Cell[]>): FillRate[] {
  const rates = new Map<string, FillRate>()
  for (const cells of products) {
    for (const { attribute, locale, result } of cells) {
      const key = `${attribute} ${locale ?? ''}`
      const rate = rates.get(key) ?? { attribute, locale, filled: 0, absent: 0, problems: 0 }
      if (result.kind === 'value') rate.filled++
      else if (result.kind === 'absent') rate.absent++
      else rate.problems++
      rates.set(key, rate)
    }
  }
  return [...rates.values()]
}
