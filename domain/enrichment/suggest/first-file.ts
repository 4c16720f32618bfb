import type { TargetAttribute, TargetStructure } from '../target.ts'
import { suggestionLines } from './raw-preset.ts'
import type { Suggestion } from './suggest-mapping.ts'

export interface FirstFile {
  preset: 'managed' | 'self-service' | 'raw'
  structure: TargetStructure
  /** Icecat's languages that are proposed for each locale, in order; those without one are left out. */
  languages: readonly { locale: string; chain: readonly string[] }[]
  suggestions: readonly Suggestion[]
}

/** Below it a rule is only a comment: a person who does not read the file gets nothing that is doubtful. */
const sureScore = 0.75

/** A first mapping file, every line with its reason; it is the user's from then on. */
export function firstFile({ preset, structure, languages, suggestions }: FirstFile): string {
  const sure = suggestions.filter(({ score }) => score >= sureScore)
  const [attributes, media] = [inSection(sure, 'attributes'), inSection(sure, 'media')]
  const doubtful = suggestions.filter(({ score }) => score < sureScore)
  return [
    '# Icecat to Akeneo. Proposed from names, types, units and options: read each line, and strike out what is wrong.',
    '# Then: pimflow mapping coverage --icecat, pimflow enrich --preview, pimflow mapping apply --icecat',
    'version: 1',
    `preset: ${preset}`,
    'products: { enabled: true } # who is enriched; family: [a, b], flag, categories and complete narrow it',
    'match: # first that answers',
    ...matchLines(structure, languages),
    'guard: { brand: agree } # a sheet of another brand is refused',
    'languages: # text in a language outside its chain is never written',
    ...languages.map(({ locale, chain }) => `  ${locale}: [${chain.join(', ')}]`),
    'neutral: EN # feeds attributes without locale',
    `channels: [${structure.channels.map(({ code }) => code).join(', ')}]`,
    'options: { match: [code, label, vocabulary], create: ask }',
    ...(attributes.length === 0 ? ['attributes: {}'] : ['attributes:', ...suggestionLines(attributes)]),
    ...(media.length === 0 ? [] : ['media:', ...suggestionLines(media)]),
    ...(doubtful.length === 0
      ? []
      : [
          '# Doubtful: to use one, put it under its section.',
          ...suggestionLines(doubtful).map((line) => `#${line.slice(1)}`),
        ]),
    '# Left out on purpose, with the reason, so that coverage tells it from what was forgotten:',
    "# ignore: { feature/4850: 'not wanted in the shop' }",
    '',
  ].join('\n')
}

const inSection = (suggestions: readonly Suggestion[], section: Suggestion['section']) =>
  suggestions.filter((suggestion) => suggestion.section === section)

/** Codes that catalogues give the attributes by which a product can be found. */
const gtinCode = /^(?!.*(case|pack|box|carton|pallet))(.*_)?(ean|gtin|upc|barcode)(_|\d|$)/
const brandCode = /^(brand|manufacturer)(_name)?$/
const partCode = /^(mpn|part_?number|manufacturer_(part_number|code|ref(erence)?))$/

function matchLines({ attributes }: TargetStructure, languages: FirstFile['languages']): string[] {
  const all = [...attributes.values()]
  const byCode = (pattern: RegExp) => all.filter(({ code }) => pattern.test(code.toLowerCase()))
  const gtins = byCode(gtinCode).filter(({ type }) => keyTypes.has(type))
  const [brand] = byCode(brandCode)
  const [part] = byCode(partCode)
  const english = languages.find(({ chain }) => chain.includes('EN')) ?? languages[0]
  return [
    ...(gtins.length > 0 ? [`  - { gtin: [${gtins.map(({ code }) => code).join(', ')}] }`] : []),
    ...(brand
      ? [`  - { brand: ${brandRule(brand, english?.locale)}, code: ${part?.code ?? '$identifier'} }`]
      : []),
    // Something must stand there; nothing that is no GTIN is ever asked by.
    ...(gtins.length > 0 || brand ? [] : ['  - { gtin: [$identifier] } # name the attribute that holds it']),
  ]
}

const keyTypes = new Set(['pim_catalog_text', 'pim_catalog_identifier', 'pim_catalog_number'])

const brandRule = ({ code, type }: TargetAttribute, locale: string | undefined): string =>
  type.endsWith('select') && locale !== undefined ? `{ from: ${code}, as: label, locale: ${locale} }` : code

/** Attributes that products are found by: what Icecat is asked by is not fed from Icecat. */
export const isKeyAttribute = ({ code, type }: TargetAttribute): boolean =>
  type === 'pim_catalog_identifier' ||
  [gtinCode, brandCode, partCode].some((pattern) => pattern.test(code.toLowerCase()))
