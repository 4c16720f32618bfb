import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildStructure,
  compileOutput,
  coverage,
  defaultMapping,
  defaultOutput,
  previewRecord,
  suggestAdditions,
  translateProduct,
} from '../../../connectors/akeneo/translate/index.ts'
import { readMappingFile } from '../../../connectors/mapping-file.ts'
import type { TranslatedRecord } from '../../../contracts/hub.ts'
import { diffRecords, mustBeHeld } from '../../../domain/mapping/record-diff.ts'
import { costInParses } from '../../support/processor-cost.ts'
import { accepted, lamp, lampRecords, localized, noLinks, plain } from './lamps.ts'
import { shop, shopMapping } from './mapped-lamps.ts'

const documentOf = (lines: string) => shopMapping(lines).output.rules.document

describe('the default mapping', () => {
  const counts = {
    records: 240,
    filled: new Map([
      ['ean', 239],
      ['price', 240],
      ['description', 1],
    ]),
  }

  it('is a file that reads without a problem and gives the reason and the fill rate beside each line', () => {
    const text = defaultMapping(shop, { counts })
    expect(readMappingFile({ name: 'default.yaml', text }).problems).toEqual([])
    expect(text).toContain('barcode: { from: [ean], as: gtin }   # named like a barcode')
    expect(text).toContain('left out; filled in over 99 %')
    expect(text).toContain('prices: { list: price }   # a price collection; filled in 100 %')
    expect(text).toContain('description: description   # a text area of that name; filled in under 1 %')
    expect(text).toContain('#   PACK: { type: basic, whenIncomplete: skip-item }')
  })

  it('puts codes in quotes that YAML would read as something else', () => {
    const odd = buildStructure([
      ...lampRecords,
      {
        stream: 'attributes',
        source: { code: '007', type: 'pim_catalog_image', localizable: false, scopable: false },
      },
      {
        stream: 'attributes',
        source: { code: 'no', type: 'pim_catalog_file', localizable: false, scopable: false },
      },
    ])
    const { mapping, problems } = readMappingFile({ name: 'd.yaml', text: defaultMapping(odd) })
    expect(problems).toEqual([])
    const codes = mapping?.media.flatMap(({ addresses }) => addresses.map(({ text }) => text))
    expect(codes).toEqual(expect.arrayContaining(['007', 'no']))
    expect(defaultOutput(odd).problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('takes channel, locales with fallbacks and currencies from the configuration', () => {
    const output = { name: 'paper', channel: 'print', locales: { it_IT: [] }, currencies: [] }
    expect(defaultOutput(shop, output)).toMatchObject({
      name: 'paper',
      channel: 'print',
      locales: ['it_IT'],
      currencies: [],
    })
  })
})

describe('suggestions', () => {
  it('propose what names and types make likely, with the reason, and nothing that is used or left out', () => {
    const paths = suggestAdditions(documentOf(''), shop).map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'product.description',
        'product.barcode',
        'product.prices',
        'media',
        'related.X_SELL',
        'kits.PACK',
      ]),
    )
    const used = documentOf(
      'product: { description: description, barcode: ean, prices: { list: price } }\nrelated: all\nkits: { PACK: { type: basic } }\nmedia: [{ role: main, from: [picture, detail, back] }]\nattributes: { include: all, except: [notice] }',
    )
    expect(suggestAdditions(used, shop)).toEqual([])
  })

  it('are lines that can be put into the file as they are', () => {
    for (const { path, yaml } of suggestAdditions(documentOf(''), shop)) {
      const [section = ''] = path.split('.')
      const body =
        section === 'media' || section === 'units'
          ? `${section}:\n  ${yaml}`
          : section === 'inventory'
            ? yaml
            : `${section}:\n  ${yaml}`
      expect(shopMapping(body).problems.filter(({ severity }) => severity === 'error')).toEqual([])
    }
  })
})

describe('coverage', () => {
  it('tells mapped, through, ignored on purpose and unmapped apart', () => {
    const counts = { records: 10, filled: new Map([['note', 7]]) }
    const { attributes, totals, records } = coverage(
      documentOf('attributes: { include: all, except: [slogan] }\nmedia: [{ role: main, from: $image }]'),
      shop,
      counts,
    )
    const of = (code: string) => attributes.find((attribute) => attribute.code === code)
    expect(attributes[0]).toEqual({ code: 'note', type: 'text', state: 'through', targets: [], filled: 7 })
    expect(of('name')).toMatchObject({ state: 'mapped', targets: ['product.name'] })
    expect(of('sku')).toMatchObject({ state: 'mapped', targets: ['product.sku'] })
    expect(of('picture')).toMatchObject({ state: 'mapped', targets: ['media.main'] })
    expect(of('slogan')).toMatchObject({ state: 'ignored', filled: 0 })
    expect(of('detail')).toMatchObject({ state: 'unmapped' })
    expect(totals.mapped + totals.through + totals.ignored + totals.unmapped).toBe(attributes.length)
    expect(records).toBe(10)
  })
})

describe('a preview', () => {
  it('shows source, rule and result side by side, and the record', () => {
    const { output } = shopMapping(
      'product:\n  name: { from: [note, $label] }\nattributes:\n  tone: { from: color, map: { red: warm } }',
    )
    const { rows, record } = previewRecord(
      lamp({ name: localized({ en_US: 'Lamp' }), color: plain('red') }),
      null,
      shop,
      output,
      noLinks,
    )
    expect(rows.find(({ target }) => target === 'product.name')).toEqual({
      target: 'product.name',
      rule: '{ from: [note, $label] }',
      line: 7,
      reads: [
        { address: 'note', locale: null, value: null },
        { address: '$label', locale: 'en_US', value: 'Lamp' },
        { address: '$label', locale: 'fr_FR', value: 'Lamp' },
      ],
      applies: true,
      result: { en_US: 'Lamp', fr_FR: 'Lamp' },
    })
    expect(rows.find(({ target }) => target === 'attributes.tone')?.result).toBe('warm')
    expect(record).toMatchObject({ name: { en_US: 'Lamp' } })
  })
})

describe('a diff of two mappings', () => {
  const recordsBy = (lines: string, notes: string[]): TranslatedRecord[] =>
    notes.map((note) => {
      const { output } = shopMapping(lines)
      return accepted(translateProduct(lamp({ note: plain(note) }), null, shop, output, noLinks)).record
    })

  it('counts changed records by field and shows ten of them', () => {
    const notes = Array.from({ length: 20 }, (_, index) => (index < 15 ? 'a' : 'b'))
    const before = recordsBy('', notes)
    const after = recordsBy('attributes:\n  include: all\n  note: { from: note, map: { a: x, b: b } }', notes)
    const diff = diffRecords(before.map((record, index) => ({ before: record, after: after[index] ?? null })))
    expect(diff).toMatchObject({
      compared: 20,
      changed: 15,
      share: 0.75,
      fields: [{ field: 'attributes.note', records: 15 }],
      statuses: [],
    })
    expect(diff.examples).toHaveLength(10)
    expect(diff.examples[0]).toEqual({
      kind: 'product',
      name: 'L-1',
      changes: [
        {
          field: 'attributes.note',
          before: { type: 'text', value: 'a' },
          after: { type: 'text', value: 'x' },
        },
      ],
    })
    expect(mustBeHeld(diff, 0.2)).toBe(true)
    expect(mustBeHeld(diff, 0.75)).toBe(false)
  })

  it('counts what would be withheld or refused', () => {
    const [before = null] = recordsBy('', ['a'])
    const [after = null] = recordsBy('product: { barcode: { from: ean, required: true } }', ['a'])
    expect(diffRecords([{ before, after }]).statuses).toEqual([
      { before: 'active', after: 'withheld', records: 1 },
    ])
    expect(diffRecords([{ before, after: null }])).toMatchObject({
      changed: 1,
      statuses: [{ before: 'active', after: null, records: 1 }],
    })
  })
})

describe('a compiled output', () => {
  const lines = `product: { name: [note, $label], barcode: ean, prices: { list: price } }
attributes:
  include: all
  weight: { from: weight, unit: GRAM }
  size_text: { template: "{bulbs} x {color|label}" }`

  it('gives the same record every time and leaves its input as it was', () => {
    const { output } = shopMapping(lines)
    const text = fc.string()
    const values = fc.record(
      {
        note: text.map(plain),
        ean: text.map(plain),
        bulbs: fc.integer().map(plain),
        color: fc.constantFrom('red', 'blue', 'nobody').map(plain),
        name: fc.dictionary(fc.constantFrom('en_US', 'fr_FR', 'it_IT'), text).map(localized),
        weight: fc
          .record({ amount: fc.integer().map(String), unit: fc.constantFrom('GRAM', 'KILOGRAM', 'STONE') })
          .map(plain),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(values, (some) => {
        const source = lamp(some)
        const before = structuredClone(source)
        const one = translateProduct(deepFreeze(source), null, shop, output, noLinks)
        expect(translateProduct(structuredClone(before), null, shop, output, noLinks)).toEqual(one)
        expect(source).toEqual(before)
      }),
    )
  })

  it('follows a structure that was read later: a deleted attribute stops one field and no record', () => {
    const { output } = shopMapping('product: { brand: { from: color, as: label } }')
    const without = buildStructure(
      lampRecords.filter(({ source }) => (source as { code: string }).code !== 'color'),
    )
    const { record } = accepted(translateProduct(lamp({ note: plain('n') }), null, without, output, noLinks))
    expect(record).not.toHaveProperty('brand')
    expect(record).toMatchObject({ attributes: { note: { value: 'n' } } })
    const problems = compileOutput(output.rules.document, without).problems
    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ path: 'product.brand' }])
  })

  it('translates a product of 74 values for less than five times what parsing it costs', () => {
    const { output } = shopMapping(lines)
    const many = buildStructure([
      ...lampRecords,
      ...Array.from({ length: 70 }, (_, index) => ({
        stream: 'attributes' as const,
        source: {
          code: `a_${index}`,
          type: 'pim_catalog_text',
          localizable: index % 2 === 0,
          scopable: false,
        },
      })),
    ])
    const texts = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [
        `a_${index}`,
        index % 2 === 0 ? localized({ en_US: 'a', fr_FR: 'b' }) : plain('c'),
      ]),
    )
    const source = lamp({ ...texts, note: plain('n'), bulbs: plain(2), color: plain('red') })
    expect(Object.keys(source.values)).toHaveLength(74)
    const cost = costInParses(JSON.stringify(source), () =>
      translateProduct(source, null, many, output, noLinks),
    )
    // Measured: 1.7 to 3.0, the latter on a busy machine.
    expect(cost).toBeLessThan(5)
  })
})

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
