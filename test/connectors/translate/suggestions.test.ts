import { describe, expect, it } from 'vitest'
import {
  buildStructure,
  defaultMapping,
  suggestAdditions,
} from '../../../connectors/akeneo/translate/index.ts'
import { lampRecords } from './lamps.ts'
import { shopMapping } from './mapped-lamps.ts'

const attribute = (code: string, type: string, more: object = {}) => ({
  stream: 'attributes' as const,
  source: { code, type: `pim_catalog_${type}`, localizable: false, scopable: false, labels: {}, ...more },
})
const trade = buildStructure([
  ...lampRecords,
  attribute('brand', 'simpleselect'),
  attribute('case_quantity', 'number'),
  attribute('mpn', 'text'),
  attribute('rrp', 'price_collection'),
  attribute('sale_price', 'price_collection'),
  attribute('stock', 'number'),
  attribute('length', 'metric', { metric_family: 'Length', default_metric_unit: 'CENTIMETER' }),
  attribute('odd', 'metric', { metric_family: 'Length', default_metric_unit: 'ELL' }),
])
const documentOf = (lines: string) => shopMapping(lines).output.rules.document
const suggested = (lines: string, counts: Parameters<typeof suggestAdditions>[2] = null) =>
  new Map(suggestAdditions(documentOf(lines), trade, counts).map((one) => [one.path, one]))

describe('suggestions', () => {
  it('are made of what a trade calls its attributes', () => {
    const found = suggested('related: { X_SELL: crossSell }\nkits: { UPSELL: { type: addOn, quantity: 1 } }')
    expect(Object.fromEntries([...found].map(([path, { yaml }]) => [path, yaml]))).toMatchObject({
      'product.brand': 'brand: { from: brand, as: label }',
      'product.alternateIds': 'alternateIds: { mpn: mpn }',
      'product.prices.sale': 'sale: sale_price',
      'product.prices.msrp': 'msrp: rrp',
      inventory: 'inventory: { levels: [{ location: main, unit: each, quantity: stock }] }',
      units: '- { code: case, conversion: case_quantity, when: { filled: [case_quantity] } }',
      'attributes.length': 'length: { from: length, unit: CENTIMETER }',
    })
    // In a unit that its family does not have, nothing could be shown; what is related or a kit already is.
    for (const path of ['attributes.odd', 'related.X_SELL', 'related.UPSELL'])
      expect(found.has(path), path).toBe(false)
  })

  it('are not made again of what the file leaves out on purpose', () => {
    const found = suggested(
      'attributes: { include: all, except: [description, price, ean, picture, brand, length] }',
    )
    for (const path of [
      'product.description',
      'product.prices',
      'product.barcode',
      'product.brand',
      'attributes.length',
    ]) {
      expect(found.has(path), path).toBe(false)
    }
    const own = suggested('attributes: { include: all, length: { from: height, unit: INCH } }')
    expect(own.has('attributes.length')).toBe(false)
  })

  it('say how many records have a value, where somebody counted', () => {
    const filled = (records: number, by: [string, number][]) => {
      const found = suggested('', { records, filled: new Map(by) })
      return ['product.brand', 'attributes.length', 'kits.PACK'].map((path) => found.get(path)?.filled)
    }
    expect(
      filled(1000, [
        ['brand', 500],
        ['length', 1],
      ]),
    ).toEqual(['50 %', 'under 1 %', null])
    expect(filled(1000, [])).toEqual(['0 %', '0 %', null])
    expect(filled(0, [])).toEqual([null, null, null])
  })
})

describe('a default mapping', () => {
  it('of a small catalogue proposes no kits, relations and barcodes that it does not have', () => {
    const small = buildStructure([
      { stream: 'channels', source: { code: 'shop', locales: ['en_US'], currencies: ['EUR'] } },
      attribute('sku', 'identifier'),
    ])
    const text = defaultMapping(small)
    expect(text).toContain('related: all   # every plain association type under its own code\n')
    for (const absent of ['kits', 'barcode', 'description:', 'prices', 'filled'])
      expect(text).not.toContain(absent)
  })

  it('cannot be made before the structure was read', () => {
    expect(() => defaultMapping(buildStructure([]))).toThrow('Read the structure before the first record')
  })

  it('gives no fill rate of a catalogue without records', () => {
    expect(defaultMapping(trade, { counts: { records: 0, filled: new Map() } })).not.toContain('filled in')
  })
})
