import { didYouMean } from '../../mapping/nearest.ts'

/** Where a rule reads in a sheet. */
export type IcecatAddress =
  | { base: 'feature'; id: string; text: string; line: number }
  | { base: 'fact' | 'text' | 'items' | 'media'; name: string; text: string; line: number }

/** Of the product, in no language. */
export const factNames = ['brand', 'code', 'icecatId', 'gtin', 'releaseDate'] as const
/** Texts of one language each. */
export const textNames = [
  'title',
  'name',
  'category',
  'family',
  'series',
  'summary.short',
  'summary.long',
  'description.long',
  'description.middle',
  'description.short',
  'description.marketing',
  'warranty',
  'url',
  'disclaimer',
] as const
/** Lists of texts of one language. */
export const itemNames = ['bullets', 'bullets.generated', 'reasons'] as const

const mediaAddress = /^(?:(?:image|video|document)\/[1-9]\d?|document\/(?:leaflet|manual)|energy-label)$/

/** A sentence when it is none. */
export function parseIcecatAddress(text: string, line: number): IcecatAddress | string {
  const feature = /^feature\/(\d+)$/.exec(text)?.[1]
  if (feature !== undefined) return { base: 'feature', id: feature, text, line }
  if (mediaAddress.test(text)) return { base: 'media', name: text, text, line }
  for (const [base, names] of bases) {
    if (names.some((name) => name === text)) return { base, name: text, text, line }
  }
  const known = [...factNames, ...textNames, ...itemNames, 'feature/944', 'image/1', 'document/manual']
  return `"${text}" is no address of Icecat's.${didYouMean(text, known)} There are: feature/ID, image/N, video/N, document/N, document/leaflet, document/manual, energy-label, ${bases.flatMap(([, names]) => names).join(', ')}`
}

const bases: readonly (readonly ['fact' | 'text' | 'items', readonly string[]])[] = [
  ['fact', factNames],
  ['text', textNames],
  ['items', itemNames],
]
