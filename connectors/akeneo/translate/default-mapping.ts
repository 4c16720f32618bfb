import { yamlWord } from '../../mapping-file.ts'
import type { OutputDefaults } from '../../../domain/mapping/output-defaults.ts'
import { byCode } from '../../../domain/text.ts'
import { defaultChoices } from './default-choices.ts'
import { isMediaType } from './kinds.ts'
import type { Structure } from './structure.ts'

/** How many stored products and models have a value of each attribute, counted by whoever keeps them. */
export interface FillCounts {
  records: number
  /** By attribute code. */
  filled: ReadonlyMap<string, number>
  /** How many there are, where `records` is a sample of them. */
  stored?: number
}

export interface DefaultMappingOptions {
  counts?: FillCounts
  /** Of the configuration; absent: the first channel by code, all its locales and currencies. */
  output?: OutputDefaults & { name: string }
}

/**
 * The text of a first mapping file: what the defaults decide, each line with its reason and, where counts are known, its fill rate.
 * Written once; then it is its user's. Throws without a channel.
 */
export function defaultMapping(structure: Structure, options: DefaultMappingOptions = {}): string {
  const [first] = structure.channels
  // Akeneo cannot be without one, so its absence means that structure has not been read yet: a mistake of the caller.
  if (!first)
    throw new Error('No channel in the stored structure. Read the structure before the first record.')
  const output = options.output ?? { name: first.code, channel: first.code, locales: null, currencies: null }
  const channel = structure.channels.find(({ code }) => code === output.channel) ?? first
  const choices = defaultChoices(structure)
  const rate = (codes: readonly string[]) => fillRate(codes, options.counts)

  const chains: [string, readonly string[]][] = output.locales
    ? Object.entries(output.locales)
    : channel.locales.map((locale) => [locale, []])
  const locales = chains.map(([locale, chain]) => `${yamlWord(locale)}: [${chain.map(yamlWord).join(', ')}]`)
  const lines = [
    '# Akeneo to hub, as the defaults propose it. From here on it is yours: change it, raise `version`, then: pimflow mapping diff',
    'version: 1',
    `output: ${yamlWord(output.name)}`,
    `channel: ${yamlWord(channel.code)}`,
    `locales: { ${locales.join(', ')} }   # locale: its fallbacks, in order`,
    `currencies: [${(output.currencies ?? channel.currencies).map(yamlWord).join(', ')}]`,
    'publish:',
    '  enabled: true   # a disabled product is withheld',
    `  # within: [${yamlWord(channel.category_tree || 'master')}]   # only what is in this tree`,
    `  # complete: { atLeast: 80, locales: [${chains[0]?.[0] ?? ''}] }   # only what is complete in ${channel.code}`,
    'variants: { groupAt: root }   # one group per root model',
    'product:',
    '  sku: $identifier   # the main identifier',
    "  name: $label   # the family's label attribute; where it is empty, the code stands",
    ...line(choices.description, (code) => [
      `  description: ${yamlWord(code)}   # a text area of that name${rate([code])}`,
    ]),
    ...(choices.barcodes.length > 0
      ? [
          `  barcode: { from: [${choices.barcodes.map(yamlWord).join(', ')}], as: gtin }   # named like a barcode; a wrong check digit is reported and left out${rate(choices.barcodes)}`,
        ]
      : []),
    '  type: { const: physical }',
    ...line(choices.price, (code) => [
      `  prices: { list: ${yamlWord(code)} }   # a price collection${rate([code])}`,
    ]),
    'attributes:',
    '  include: all   # what no other line takes',
    '  except: []',
    ...mediaLines(),
    'units:',
    '  - { code: each, conversion: 1, base: true }   # sold by the piece',
    '# inventory: Akeneo has no stock; where an attribute holds it:',
    '#   levels: [{ location: main, unit: each, quantity: <attribute> }]',
    `related: all   # every plain association type under its own code${listed(choices.plainAssociations)}`,
    ...kitLines(choices.quantifiedAssociations),
  ]
  return `${lines.join('\n')}\n`

  function mediaLines(): string[] {
    const lines = [
      "  - { role: main, from: $image }   # the family's image attribute",
      ...choices.images.map(
        (code) => `  - { role: gallery, from: ${yamlWord(code)} }   # an image${rate([code])}`,
      ),
      ...choices.files.map(
        (code) => `  - { role: manual, from: ${yamlWord(code)} }   # a file${rate([code])}`,
      ),
    ]
    return ['media:', ...lines]
  }
}

const line = <V>(value: V | null, make: (value: V) => string[]): string[] =>
  value === null ? [] : make(value)

const listed = (codes: readonly string[]) => (codes.length === 0 ? '' : `: ${codes.join(', ')}`)

/** What is in a set is for people to say; the file only shows how. */
const kitLines = (codes: readonly string[]): string[] =>
  codes.length === 0
    ? []
    : [
        '# These association types have quantities, so they may be kits:',
        '# kits:',
        ...codes.map((code) => `#   ${yamlWord(code)}: { type: basic, whenIncomplete: skip-item }`),
      ]

/** `; filled in 81 %`, the best of several. */
export function fillRate(codes: readonly string[], counts: FillCounts | undefined): string {
  if (!counts || counts.records === 0) return ''
  const best = Math.max(0, ...codes.map((code) => counts.filled.get(code) ?? 0))
  return `; filled in ${percent(best, counts.records)}`
}

/** Whole percents, but never 0 for something and never 100 for less than all. */
export function percent(part: number, whole: number): string {
  const rounded = Math.round((100 * part) / whole)
  if (part > 0 && rounded === 0) return 'under 1 %'
  return part < whole && rounded === 100 ? 'over 99 %' : `${rounded} %`
}

/** Attributes that have values of their own kind, for lists: media are chosen by role. */
export const plainAttributes = (structure: Structure): string[] =>
  [...structure.attributes.values()]
    .filter(({ type }) => !isMediaType(type))
    .map(({ code }) => code)
    .sort(byCode)
