import type { Address } from '../../mapping/address.ts'
import { foldCase } from '../../text.ts'
import type { RecordView } from '../convert/compile-enrichment.ts'
import type { Identifier } from '../identifier.ts'
import type { MatchRule } from '../mapping/document.ts'
import type { BrandBook } from './brand-book.ts'
import { toGtin14 } from './gtin14.ts'

/** What matching asks of a product in Akeneo. */
export interface MatchView extends RecordView {
  /** As it is stored; an option's code. Null when empty. */
  text(address: Address): string | null
  /** An option's label; null when it has none in this locale. */
  label(address: Address, locale: string): string | null
}

export interface Identifiers {
  /** In the order in which they are tried. */
  identifiers: Identifier[]
  /** What could not be used, for the report: a GTIN with a wrong check digit, a brand that Icecat does not know. */
  problems: { code: 'bad-gtin' | 'unknown-brand'; message: string }[]
}

/**
 * How Icecat is asked for a product: by the rules in their order, then by the id that matched before. Nothing to ask by is an
 * empty list. `known`: Icecat's id of an earlier match.
 */
export function identifiersOf(
  view: MatchView,
  rules: readonly MatchRule[],
  brands: BrandBook,
  known: string | null,
): Identifiers {
  const found: Identifiers = { identifiers: [], problems: [] }
  for (const rule of rules) {
    if (!applies(rule, view)) continue
    if (rule.by === 'gtin') addGtins(rule, view, found)
    else if (rule.by === 'code') addCode(rule, view, brands, found)
    else {
      const icecatId = view.text(rule.address)?.trim() ?? ''
      if (/^\d{1,15}$/.test(icecatId)) found.identifiers.push({ by: 'icecatId', icecatId })
    }
  }
  if (known !== null) found.identifiers.push({ by: 'icecatId', icecatId: known })
  return { ...found, identifiers: distinct(found.identifiers) }
}

function applies({ when }: MatchRule, view: MatchView): boolean {
  if (when === null) return true
  const family = foldCase(view.family ?? '')
  const filled = (address: Address) => view.text(address) !== null
  return (
    (when.family === null || when.family.some((code) => foldCase(code) === family)) &&
    when.filled.every(filled) &&
    !when.empty.some(filled)
  )
}

function addGtins({ addresses }: MatchRule & { by: 'gtin' }, view: MatchView, found: Identifiers): void {
  for (const address of addresses) {
    const text = view.text(address)?.trim() ?? ''
    if (text === '') continue
    const read = toGtin14(text)
    if ('gtin' in read) found.identifiers.push({ by: 'gtin', gtin: read.gtin })
    else found.problems.push({ code: 'bad-gtin', message: `${address.text}: ${read.fault}` })
  }
}

function addCode(
  rule: MatchRule & { by: 'code' },
  view: MatchView,
  brands: BrandBook,
  found: Identifiers,
): void {
  const code = view.text(rule.code)?.trim() ?? ''
  const name = brandOf(rule, view)
  if (code === '' || name === null) return
  const brand = brands.find(name)
  if (brand === undefined) {
    found.problems.push({ code: 'unknown-brand', message: `Icecat does not know the brand "${name}"` })
    return
  }
  found.identifiers.push({ by: 'code', brand: brand.name, code })
}

type BrandRule = Pick<MatchRule & { by: 'code' }, 'brand' | 'asLabel' | 'brandLabel'>

/** In which locale a brand's label is its name; null: its code is. */
export const brandLocale = ({ asLabel, brandLabel }: Omit<BrandRule, 'brand'>): string | null =>
  brandLabel ?? (asLabel ? 'en_US' : null)

/** The name of the brand as Akeneo has it. */
export function brandOf(rule: BrandRule, view: MatchView): string | null {
  const { brand } = rule
  const locale = brandLocale(rule)
  const label = locale === null ? null : view.label(brand, locale)
  const name = (label ?? view.text(brand))?.trim() ?? ''
  return name === '' ? null : name
}

const distinct = (identifiers: Identifier[]): Identifier[] => [
  ...new Map(identifiers.map((identifier) => [JSON.stringify(identifier), identifier])).values(),
]
