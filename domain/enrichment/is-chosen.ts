import { utcSeconds } from '../instant.ts'
import { foldCase } from '../text.ts'
import type { ProductFilter } from './mapping/document.ts'
import { type ShownValues } from './plan-writes.ts'

interface Completeness {
  scope: string
  locale: string
  data: string | number
}

/** What the filter asks of a product, as Akeneo answers with it. */
export interface FilteredProduct {
  enabled?: boolean | undefined
  family?: string | null | undefined
  categories?: readonly string[] | null | undefined
  values: ShownValues
  completenesses?: readonly Completeness[] | undefined
  /** As Akeneo writes it, with any offset. */
  updated?: string | undefined
}

export interface FilterContext {
  /** Families that have mapped attributes; those that the filter names, where it names some. Folded. */
  families: ReadonlySet<string>
  /** The categories of the filter with all below them; null where it names none. */
  categories: ReadonlySet<string> | null
  /** A sheet was found for it already. */
  isEnriched?: boolean
}

/**
 * Whether the mapping's `products` means it, decided from what is stored. Completeness says where to begin: a product that Icecat's content
 * has made complete stays, for else what changes at Icecat later would never reach it.
 */
export function isChosen(
  product: FilteredProduct,
  { enabled, flag, complete, updatedSince }: ProductFilter,
  { families, categories, isEnriched = false }: FilterContext,
): boolean {
  if (enabled !== null && (product.enabled ?? true) !== enabled) return false
  if (!families.has(foldCase(product.family ?? ''))) return false
  if (categories !== null && !(product.categories ?? []).some((code) => categories.has(code))) return false
  if (
    flag !== null &&
    !isFlagged(
      product.values[flag.attribute.text],
      flag.values.map(({ text }) => text),
    )
  )
    return false
  // In one form, texts are in the order of their times, and a day before all of its times.
  if (updatedSince !== undefined && (utcSeconds(product.updated ?? '') ?? '') < updatedSince) return false
  return complete === null || isEnriched || isBelow(product.completenesses ?? [], complete)
}

/** By the flag's type: an option, a yes, or a text; without words, anything. */
function isFlagged(values: ShownValues[string] | undefined, words: readonly string[]): boolean {
  const data = values?.[0]?.data
  if (typeof data === 'boolean') return data === (words[0] !== 'false')
  const own = (Array.isArray(data) ? data : [data]).flatMap((item: unknown) =>
    typeof item === 'string' && item !== '' ? [foldCase(item)] : [],
  )
  return words.length === 0 ? own.length > 0 : words.some((word) => own.includes(foldCase(word)))
}

/** In all of these locales, or in at least one of the channel where none is named. A product without completeness is not below. */
function isBelow(
  completenesses: readonly Completeness[],
  { below, channel, locales }: NonNullable<ProductFilter['complete']>,
): boolean {
  const own = completenesses.filter(({ scope }) => scope === channel.text)
  if (locales.length === 0) return own.some(({ data }) => Number(data) < below)
  return locales.every(({ text }) => own.some(({ locale, data }) => locale === text && Number(data) < below))
}
