import type { Asset, Sheet, SheetFeature, Texts } from '../sheet.ts'
import type { IcecatAddress } from '../mapping/icecat-address.ts'

/** What stands at an address of a sheet, for a chain of languages. */
export type SourceValue =
  | { kind: 'text'; text: string; language: string | null; html: boolean }
  | { kind: 'items'; items: readonly string[]; language: string }
  | { kind: 'feature'; feature: SheetFeature; language: string | null }

/** Undefined where there is nothing, or nothing in one of these languages. */
export function readSource(
  address: IcecatAddress,
  sheet: Sheet,
  chain: readonly string[],
): SourceValue | undefined {
  switch (address.base) {
    case 'feature':
      return readFeature(address.id, sheet, chain)
    case 'fact':
      return readFact(address.name, sheet)
    case 'text':
      return readTexts(textsOf(address.name, sheet), chain, address.name.startsWith('description.'))
    case 'items':
      return readItems(address.name, sheet, chain)
    case 'media':
      return undefined
  }
}

function readFeature(id: string, { features }: Sheet, chain: readonly string[]): SourceValue | undefined {
  const feature = features.find((candidate) => candidate.id === id && candidate.value.trim() !== '')
  if (feature === undefined) return undefined
  const language = chain.find((candidate) => feature.shown[candidate] !== undefined) ?? null
  return { kind: 'feature', feature, language }
}

function readFact(name: string, sheet: Sheet): SourceValue | undefined {
  const facts: Record<string, string | null> = {
    brand: sheet.brand,
    code: sheet.code,
    icecatId: sheet.icecatId,
    gtin: sheet.gtins[0] ?? null,
    releaseDate: sheet.releaseDate,
  }
  const text = facts[name] ?? ''
  return text === '' ? undefined : { kind: 'text', text, language: null, html: false }
}

function readTexts(
  texts: readonly Texts[],
  chain: readonly string[],
  html: boolean,
): SourceValue | undefined {
  for (const language of chain) {
    for (const one of texts) {
      const text = one[language]
      if (text !== undefined && text.trim() !== '') return { kind: 'text', text, language, html }
    }
  }
  return undefined
}

function textsOf(name: string, sheet: Sheet): Texts[] {
  const { description, summary } = sheet
  const texts: Record<string, Texts[]> = {
    title: [sheet.title],
    name: [sheet.name],
    category: [sheet.category?.names ?? {}],
    family: [sheet.family?.names ?? {}],
    series: [sheet.series?.names ?? {}],
    'summary.short': [summary.short],
    'summary.long': [summary.long],
    'description.long': [description.long],
    'description.middle': [description.middle],
    'description.short': [description.short],
    // What Icecat calls marketing text is the long description, or the middle one of brands that have no long one.
    'description.marketing': [description.long, description.middle],
    warranty: [description.warranty],
    url: [description.url],
    disclaimer: [description.disclaimer],
  }
  return texts[name] ?? []
}

function readItems(name: string, sheet: Sheet, chain: readonly string[]): SourceValue | undefined {
  for (const language of chain) {
    const items =
      name === 'reasons'
        ? (sheet.reasons[language] ?? []).map(({ title, text }) =>
            title === '' ? text : `${title}: ${text}`,
          )
        : name === 'bullets.generated'
          ? sheet.generatedBullets[language]
          : sheet.bullets[language]
    if (items !== undefined && items.length > 0) return { kind: 'items', items, language }
  }
  return undefined
}

/** As the sheet has it, for a person to read. */
export function shownText(source: SourceValue): string {
  switch (source.kind) {
    case 'text':
      return source.text
    case 'items':
      return source.items.join('; ')
    case 'feature': {
      const { value, measure } = source.feature
      return measure === null || measure.sign === '' ? value : `${value} ${measure.sign}`
    }
  }
}

/** A file of the sheet; those of one language only when the chain has it. */
export function readAsset(name: string, sheet: Sheet, chain: readonly string[]): Asset | undefined {
  const [kind = '', place = ''] = name.split('/')
  const inLanguage = ({ language }: Asset) => language === null || chain.includes(language)
  const inOrder = (assets: readonly Asset[]) =>
    assets
      .filter(inLanguage)
      .toSorted((a, b) => chain.indexOf(a.language ?? '') - chain.indexOf(b.language ?? ''))
  if (kind === 'image') return sheet.images[Number(place) - 1]
  if (kind === 'energy-label')
    return inOrder(sheet.documents.filter((asset) => asset.kind === 'energy-label'))[0]
  if (kind === 'video')
    return inOrder(sheet.documents.filter((asset) => asset.kind === 'video'))[Number(place) - 1]
  if (place === 'leaflet' || place === 'manual') {
    return inOrder(sheet.documents.filter((asset) => asset.kind === place))[0]
  }
  const documents = sheet.documents.filter((asset) => asset.kind !== 'video' && asset.kind !== 'energy-label')
  return inOrder(documents)[Number(place) - 1]
}

/**
 * Several values in one text: commas part them, but not inside brackets, as in `MicroSD (TransFlash, big),MicroSDHC`. A comma
 * between digits parts too: Icecat's own numbers have a point.
 */
export function itemsOf(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let item = ''
  for (const sign of text) {
    if (sign === '(') depth++
    if (sign === ')') depth = Math.max(0, depth - 1)
    if (sign === ',' && depth === 0) {
      items.push(item.trim())
      item = ''
    } else item += sign
  }
  items.push(item.trim())
  return items.filter((one) => one !== '')
}

/** Numbers, sizes and ratios need no language. */
export const isLanguageFree = (text: string): boolean => /^[\d\s.,:x×/+±<>~°%-]*$/.test(text)
