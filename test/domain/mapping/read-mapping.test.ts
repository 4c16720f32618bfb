import { describe, expect, it } from 'vitest'
import { readMappingFile } from '../../../connectors/mapping-file.ts'
import { problemText } from '../../../domain/mapping/problem.ts'
import { addressesOf } from '../../../domain/mapping/rule.ts'

const head = 'version: 1\noutput: shop\nchannel: ecommerce\n'
const read = (text: string) => readMappingFile({ name: 'mapping/shop.hub.yaml', text })
const textsOf = ({ problems }: ReturnType<typeof read>) =>
  problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)

/** Lines behind a head of three, so the first of them is line 4. */
const refused: [what: string, lines: string, problems: string[]][] = [
  ['no locale at all', 'locales: {}', ['4 locales: must name at least one locale']],
  [
    'a locale that falls back on itself',
    'locales:\n  en_US: [en_US]',
    ['5 locales.en_US: names itself as its fallback'],
  ],
  ['a fallback that is no list', 'locales: { en_US: fr_FR }', ['4 locales.en_US: must be a list']],
  ['locales as a list', 'locales: [en_US]', ['4 locales: must be a map of names and values']],
  ['currencies as a word', 'currencies: EUR', ['4 currencies: must be a list']],
  ['completeness without a number', 'publish: { complete: {} }', ['4 publish.complete: needs atLeast']],
  [
    'completeness above 100',
    'publish: { complete: { atLeast: 101 } }',
    ['4 publish.complete.atLeast: must be a whole number from 0 to 100'],
  ],
  ['a word as a switch', 'publish: { enabled: maybe }', ['4 publish.enabled: must be true or false']],
  ['a list as a switch', 'publish: { enabled: [true] }', ['4 publish.enabled: must be true or false']],
  [
    'a guard above all',
    'guards: { emptied: 101%, retired: [5%] }',
    [
      '4 guards.emptied: must be a percentage such as 5%',
      '4 guards.retired: must be a percentage such as 5%',
    ],
  ],
  [
    'a place of groups that is none',
    'variants: { groupAt: top }',
    ['4 variants.groupAt: must be root or lowest'],
  ],
  ['an empty list of addresses', 'product: { sku: [] }', ['4 product.sku: must name at least one address']],
  ['an empty text', 'product: { sku: "" }', ['4 product.sku: must be text']],
  ['nothing behind a name', 'product:\n  sku:', ['5 product.sku: must be text']],
  [
    'prices beside no list price',
    'product: { prices: { sale: price } }',
    ['4 product.prices: needs a list price; msrp and sale stand beside it'],
  ],
  [
    'an id under a name without a rule',
    'product: { alternateIds: { erp: { required: true } } }',
    ['4 product.alternateIds.erp: says no source: it needs from, const, template or expr'],
  ],
  [
    'a word that is no choice of attributes',
    'attributes: { include: some }',
    ['4 attributes.include: must be all or none'],
  ],
  ['one word of what to leave out', 'attributes: { except: note }', ['4 attributes.except: must be a list']],
  [
    'an image without a source',
    'media:\n  - role: main\n  - from: picture',
    ['5 media[0]: needs from', '6 media[1]: needs role'],
  ],
  ['an image that is a word', 'media: [picture]', ['4 media[0]: must be a map of names and values']],
  [
    'a unit without code or conversion',
    'units:\n  - { code: each, conversion: 1, base: true }\n  - { code: case }\n  - { conversion: 12 }',
    ['6 units[1]: needs conversion', '7 units[2]: needs code'],
  ],
  [
    'a base unit of two, and under a condition',
    'units: [{ code: each, conversion: 2, base: true, when: { filled: [note] } }]',
    ['4 units.conversion: of the base unit must be 1', '4 units.when: must not stand at the base unit'],
  ],
  [
    'a base unit whose number stands elsewhere',
    'units: [{ code: each, conversion: pieces, base: true }]',
    ['4 units.conversion: of the base unit must be 1'],
  ],
  [
    'a unit twice',
    'units:\n  - { code: each, conversion: 1, base: true }\n  - { code: each, conversion: 6 }',
    ['6 units: unit each stands twice'],
  ],
  [
    'a conversion too long for a decimal',
    `units: [{ code: each, conversion: 1, base: true }, { code: case, conversion: .inf }]`,
    ['4 units[1].conversion: must be a text, a number, true or false'],
  ],
  [
    'stock without a place or a number',
    'inventory: { levels: [{ quantity: bulbs }, { location: main }] }',
    ['4 inventory.levels[0]: needs location', '4 inventory.levels[1]: needs quantity'],
  ],
  ['some relations in a word', 'related: some', ['4 related: must be all or a map of association types']],
  [
    'a relation that is a number',
    'related: { UPSELL: 7 }',
    ['4 related.UPSELL: must be text: write "7" in quotes'],
  ],
  ['a kit without type', 'kits: { PACK: { quantity: 2 } }', ['4 kits.PACK: needs type']],
  [
    'a kit of a type that is none',
    'kits: { PACK: { type: bundle } }',
    ['4 kits.PACK.type: must be basic or billOfMaterials or addOn'],
  ],
  [
    'rounding without decimals',
    'attributes: { a: { from: note, rounding: up } }',
    ['4 attributes.a.rounding: needs decimals beside it'],
  ],
  [
    'a cut without a length',
    'attributes: { a: { from: note, cut: word } }',
    ['4 attributes.a.cut: needs max beside it'],
  ],
  [
    'a map of nothing',
    'attributes: { a: { from: note, map: {} } }',
    ['4 attributes.a.map: must map at least one value'],
  ],
  [
    'a list as what a map gives',
    'attributes: { a: { from: note, map: { x: [1], y: z } } }',
    ['4 attributes.a.map.x: must be a text, a number, true or false'],
  ],
  [
    'a number as a separator',
    'attributes: { a: { from: note, join: 1 } }',
    ['4 attributes.a.join: must be the text between two items, or html-list'],
  ],
  [
    'a condition of nothing',
    'attributes: { a: { from: note, when: {} } }',
    ['4 attributes.a.when: must name family, filled or empty'],
  ],
  [
    'a condition on what is no address',
    'attributes: { a: { from: note, when: { filled: [], empty: 7 } } }',
    [
      '4 attributes.a.when.filled: must name at least one address',
      '4 attributes.a.when.empty: must be text: write "7" in quotes',
    ],
  ],
  [
    'a condition that never holds',
    'attributes: { a: { from: note, when: { filled: [size, note], empty: [note] } }, b: { from: note, when: { family: [] } } }',
    [
      '4 attributes.a.when: never holds: note would have to be filled and empty',
      '4 attributes.b.when.family: must name at least one family',
    ],
  ],
  [
    'a template that is a number',
    'attributes: { a: { template: 7 } }',
    ['4 attributes.a.template: must be text: write "7" in quotes'],
  ],
  [
    'a brace that opens nothing',
    'attributes: { a: { template: "a } b" } }',
    ['4 attributes.a.template: has a } without {; a brace of its own is written }}'],
  ],
  [
    'a part of a value that is none',
    'attributes: { a: { template: "{size|short}" }, b: { template: "{size|unit|label}" } }',
    [
      '4 attributes.a.template: {size|short}: after | stands label, amount, unit',
      '4 attributes.b.template: {size|unit|label}: after | stands label, amount, unit',
    ],
  ],
  ['an expression that is a list', 'attributes: { a: { expr: [a] } }', ['4 attributes.a.expr: must be text']],
]

describe('a mapping file for the hub', () => {
  it.each(refused)('with %s is refused with the line and what to write', (_what, lines, problems) => {
    const made = read(head + lines)
    expect(textsOf(made)).toEqual(problems)
    expect(made.mapping).toMatchObject({ name: 'shop.hub', output: 'shop' })
  })

  it('cannot be used without version, output and channel, which are asked for by name', () => {
    const made = read('product: { sku: sku }')
    expect(textsOf(made)).toEqual(['1 version: is missing', '1 output: is missing', '1 channel: is missing'])
    expect(made.mapping).toBeNull()
  })

  it.each(['"my shop"', '"-shop"', `"${'s'.repeat(64)}"`])('cannot have %s as its output', (output) => {
    const made = read(`version: 1\noutput: ${output}\nchannel: ecommerce`)
    expect(textsOf(made)).toEqual(['2 output: must be letters, digits, hyphens and underscores, at most 63'])
    expect(made.mapping).toBeNull()
  })

  it('names every address that a rule reads, those of its template and its condition too', () => {
    const { mapping, problems } = read(
      `${head}product:\n  name: { template: "{brand} {size|unit}", when: { filled: [note], empty: [old] } }\n  brand: { const: x }`,
    )
    expect(problems).toEqual([])
    const of = (name: 'name' | 'brand') => {
      const rule = mapping?.product[name]
      return rule ? addressesOf(rule).map(({ text }) => text) : null
    }
    expect(of('name')).toEqual(['brand', 'size', 'note', 'old'])
    expect(of('brand')).toEqual([])
  })
})

describe('a problem as a person reads it', () => {
  it('says file, line, severity, place and what is wrong', () => {
    const problem = { severity: 'error', line: 4, path: 'product.sku', message: 'must be text' } as const
    expect(problemText('a.yaml', problem)).toBe('a.yaml:4  product.sku: must be text')
    expect(problemText('a.yaml', { ...problem, severity: 'warning', path: '' })).toBe(
      'a.yaml:4  warning: must be text',
    )
  })
})
