import { canonicalJson } from '../canonical.ts'
import { byCode } from '../text.ts'
import type { IcecatMapping } from './mapping/document.ts'
import { brandLocale } from './match/identifiers.ts'
import type { TargetStructure } from './target.ts'

/**
 * All that decides, besides a product itself, whether a mapping chooses it and what Icecat is asked by: the labels that brands are known
 * by, and the categories of its filter with all below them (null: it names none). Pure, and the same whatever order they came in.
 */
export const foundBy = (
  { match }: Pick<IcecatMapping, 'match'>,
  { options }: Pick<TargetStructure, 'options'>,
  categories: ReadonlySet<string> | null,
): string =>
  canonicalJson({
    brands: match.flatMap((rule) => {
      const locale = rule.by === 'code' ? brandLocale(rule) : null
      if (rule.by !== 'code' || locale === null || rule.brand.base !== 'attribute') return []
      const brands = (options.get(rule.brand.code) ?? []).toSorted((a, b) => byCode(a.code, b.code))
      return [brands.map(({ code, labels }) => [code, labels?.[locale] ?? null])]
    }),
    categories: categories === null ? null : [...categories].sort(),
  })
