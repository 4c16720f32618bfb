import { foldCase } from '../../text.ts'
import type { Cell } from '../convert/cell.ts'
import { placesOf } from '../convert/places.ts'
import type { IcecatMapping, IcecatSource } from '../mapping/document.ts'
import type { TargetStructure } from '../target.ts'

/** Features that a category of Icecat's asks for. */
export interface CategoryNeeds {
  categoryId: string
  features: readonly { id: string; mandatory: boolean; searchable: boolean }[]
}

export interface CategoryCoverage {
  categoryId: string
  /** Of what is mandatory, and of what is searchable; a feature that is both counts in both. */
  mandatory: NeedCoverage
  searchable: NeedCoverage
  mapped: number
  /** Left out on purpose, with a reason in the file. */
  ignored: number
  /** Nobody has decided yet: these are what there is to do. */
  unmapped: string[]
  /** Of mandatory and searchable features, the share that is mapped or ignored; 1 where there are none. */
  complete: number
  /** By locale of the mapping: the share that is written there, or ignored. What has no locale counts for each. */
  byLocale: { locale: string; complete: number }[]
}

export interface NeedCoverage {
  wanted: number
  mapped: number
  ignored: number
}

/** How much of what Icecat thinks important has a place in Akeneo; unmapped and ignored on purpose are told apart. */
export function mappingCoverage(
  mapping: IcecatMapping,
  categories: readonly CategoryNeeds[],
  structure: TargetStructure,
): CategoryCoverage[] {
  const locales = mapping.languages.map(({ locale }) => locale.text)
  const mapped = featureLocales(mapping, structure, locales)
  const ignored = new Set(
    mapping.ignore.flatMap(({ address }) => (address.base === 'feature' ? [address.id] : [])),
  )
  const isMapped = (id: string) => mapped.has(id)
  const isIgnored = (id: string) => !mapped.has(id) && ignored.has(id)
  const covered = (ids: readonly string[]): NeedCoverage => ({
    wanted: ids.length,
    mapped: ids.filter(isMapped).length,
    ignored: ids.filter(isIgnored).length,
  })
  return categories.map(({ categoryId, features }) => {
    const idsOf = (need: 'mandatory' | 'searchable') => [
      ...new Set(features.filter((feature) => feature[need]).map(({ id }) => id)),
    ]
    const [mandatory, searchable] = [idsOf('mandatory'), idsOf('searchable')]
    const wanted = [...new Set([...mandatory, ...searchable])]
    const all = covered(wanted)
    const share = (count: number) => (wanted.length === 0 ? 1 : count / wanted.length)
    return {
      categoryId,
      mandatory: covered(mandatory),
      searchable: covered(searchable),
      mapped: all.mapped,
      ignored: all.ignored,
      unmapped: wanted.filter((id) => !isMapped(id) && !isIgnored(id)),
      complete: share(all.mapped + all.ignored),
      byLocale: locales.map((locale) => ({
        locale,
        complete: share(all.ignored + wanted.filter((id) => mapped.get(id)?.has(locale) === true).length),
      })),
    }
  })
}

/** Features that a rule writes, with the locales in which they are; an attribute that no enriched family has is written nowhere. */
function featureLocales(
  mapping: IcecatMapping,
  structure: TargetStructure,
  locales: readonly string[],
): Map<string, Set<string>> {
  const families = mapping.products.family?.flatMap(({ text }) => structure.families.get(text) ?? []) ?? [
    ...structure.families.values(),
  ]
  const enriched = new Set(families.flatMap(({ attributes }) => attributes.map(foldCase)))
  const found = new Map<string, Set<string>>()
  for (const { code, rule } of mapping.attributes) {
    const attribute = structure.attributes.get(code)
    if (attribute === undefined || !enriched.has(foldCase(code))) continue
    const places = placesOf(attribute, mapping, structure)
    if (places.length === 0) continue
    const written = places.some(({ locale }) => locale === null)
      ? locales
      : places.flatMap(({ locale }) => locale ?? [])
    for (const id of featuresIn(rule.source)) {
      const own = found.get(id) ?? new Set()
      for (const locale of written) own.add(locale)
      found.set(id, own)
    }
  }
  return found
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
