import type { MatchRule } from '../mapping/document.ts'
import type { Sheet } from '../sheet.ts'
import { type BrandBook, brandKey } from './brand-book.ts'
import { brandOf, type MatchView } from './identifiers.ts'

export type GuardVerdict =
  | { kind: 'agrees' }
  /** Counts as agreement, and is reported. */
  | { kind: 'nothing-to-compare'; message: string }
  | { kind: 'disagrees'; message: string }

/** Whether a sheet is of this product: a GTIN that was typed wrong is another product's. */
export function guardMatch(
  sheet: Sheet,
  view: MatchView,
  rules: readonly MatchRule[],
  brands: BrandBook,
  guard: 'agree' | 'ignore',
): GuardVerdict {
  if (guard === 'ignore') return { kind: 'agrees' }
  const own = rules.flatMap((rule) => (rule.by === 'code' ? (brandOf(rule, view) ?? []) : []))[0]
  if (own === undefined || sheet.brand === '')
    return { kind: 'nothing-to-compare', message: uncompared(sheet, own) }
  const [ours, theirs] = [brands.find(own), brands.find(sheet.brand)]
  const isSame =
    ours !== undefined && theirs !== undefined
      ? ours.id === theirs.id
      : brandKey(own) === brandKey(sheet.brand)
  if (isSame) return { kind: 'agrees' }
  return {
    kind: 'disagrees',
    message: `Icecat's sheet ${sheet.icecatId} is of ${sheet.brand} ${sheet.code}, the product's brand is ${own}`,
  }
}

function uncompared({ icecatId, brand, code }: Sheet, own: string | undefined): string {
  const theirs = brand === '' ? 'names no brand' : `is of ${brand} ${code}`
  const ours = own === undefined ? 'the product has no brand to compare' : `the product's is ${own}`
  return `Icecat's sheet ${icecatId} ${theirs}, ${ours}: it was taken all the same`
}
