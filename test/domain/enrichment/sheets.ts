import type { Asset, Sheet, SheetFeature } from '../../../domain/enrichment/sheet.ts'

/** A sheet that says nothing but what is given. */
export const sheetOf = (changes: Partial<Sheet> = {}): Sheet => ({
  icecatId: '900000123',
  brand: 'Northlamp',
  brandId: '990001',
  code: 'NL-DL7-W',
  gtins: ['2000000123462'],
  quality: 'ICECAT',
  releaseDate: '2025-02-14',
  replacedBy: null,
  demo: false,
  category: null,
  family: null,
  series: null,
  title: {},
  name: {},
  summary: { short: {}, long: {} },
  description: { long: {}, middle: {}, short: {}, warranty: {}, url: {}, disclaimer: {} },
  bullets: {},
  generatedBullets: {},
  reasons: {},
  images: [],
  documents: [],
  features: [],
  variants: [],
  related: [],
  ...changes,
})

/** `shown`: by language, the text for reading. */
export const featureOf = (
  id: string,
  value: string,
  sign = '',
  shown: Record<string, string> = { EN: sign === '' ? value : `${value} ${sign}` },
): SheetFeature => ({
  id,
  names: { EN: `Feature ${id}` },
  type: null,
  value,
  measure: sign === '' ? null : { id: '0', sign },
  shown: Object.fromEntries(
    Object.entries(shown).map(([language, text]) => [language, { value, sign, text }]),
  ),
  mandatory: false,
  searchable: false,
})

export const assetOf = (url: string, changes: Partial<Asset> = {}): Asset => ({
  id: '1',
  url,
  kind: 'image',
  type: '',
  contentType: '',
  size: null,
  language: null,
  updated: null,
  ...changes,
})
