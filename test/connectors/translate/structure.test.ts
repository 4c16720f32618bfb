import { describe, expect, it } from 'vitest'
import {
  buildStructure,
  defaultOutput,
  translateProduct,
} from '../../../connectors/akeneo/translate/index.ts'
import { accepted, ecommerce, lamp, lampRecords, lamps, noLinks, plain } from './lamps.ts'

const collection = (code: string, localizable = false) => ({
  stream: 'attributes' as const,
  source: { code, type: 'pim_catalog_price_collection', localizable, scopable: false },
})
const text = (code: string) => ({
  stream: 'attributes' as const,
  source: { code, type: 'pim_catalog_text', localizable: false, scopable: false },
})
const without = (...codes: string[]) =>
  lampRecords.filter(({ source }) => !codes.includes((source as { code: string }).code))

describe('defaultOutput', () => {
  it('is the first channel by code with all its locales and currencies', () => {
    const { name, channel, locales, currencies, mapping } = ecommerce
    expect({ name, channel, locales, currencies, mapping }).toEqual({
      name: 'ecommerce',
      channel: 'ecommerce',
      locales: ['en_US', 'fr_FR'],
      currencies: ['EUR', 'USD'],
      mapping: 'default@1',
    })
  })

  it('says what to do while no channel has been read', () => {
    expect(() => defaultOutput(buildStructure([]))).toThrow('Read the structure before the first record')
  })
})

describe('buildStructure', () => {
  it('finds codes in any letter case and passes over what is no structure', () => {
    const structure = buildStructure([...lampRecords, { stream: 'products', source: lamp({}) }])
    expect(structure.attributes.get('WEIGHT')).toMatchObject({ code: 'weight' })
    expect(structure.families.has('Lamps')).toBe(true)
  })

  it("orders an attribute's options by sort order, then code", () => {
    expect(lamps.options.get('color')?.map(({ code }) => code)).toEqual(['red', 'blue', 'white'])
  })
})

describe('which attribute becomes a field of its own', () => {
  const recordOf = (records: typeof lampRecords, values: Parameters<typeof lamp>[0]) =>
    accepted(translateProduct(lamp(values), null, buildStructure(records), ecommerce, noLinks)).record
  const amounts = [{ amount: '1', currency: 'EUR' }]
  const euro = plain(amounts)

  it('is the first price collection by code where none is called price', () => {
    const records = [...without('price', 'case_price'), collection('msrp'), collection('base_price')]
    expect(recordOf(records, { msrp: euro, base_price: euro })).toMatchObject({
      prices: { EUR: { list: '1' } },
      attributes: { msrp: { type: 'prices', value: { EUR: '1' } } },
    })
  })

  it('is no price collection that differs by locale', () => {
    const records = [...without('price', 'case_price'), collection('local_price', true)]
    const record = recordOf(records, {
      local_price: [{ locale: 'en_US', scope: null, data: amounts }],
    })
    expect(record).not.toHaveProperty('prices')
    expect(record).toMatchObject({ attributes: { local_price: { values: { en_US: { EUR: '1' } } } } })
  })

  it.each(['EAN', 'gtin', 'product_UPC', 'barcode', 'main_ean'])(
    'is a code such as %s for the barcode',
    (code) => {
      expect(recordOf([...without('ean'), text(code)], { [code]: plain('4006381333931') })).toMatchObject({
        barcode: '4006381333931',
      })
    },
  )

  it('is not the barcode of a case while there is one of the piece', () => {
    const record = recordOf([...lampRecords, text('case_ean')], { case_ean: plain('4006381333931') })
    expect(record).not.toHaveProperty('barcode')
    expect(record).toMatchObject({ attributes: { case_ean: { type: 'text' } } })
  })

  it('is the first with a value of several barcodes', () => {
    expect(recordOf([...lampRecords, text('upc')], { upc: plain('036000291452') })).toMatchObject({
      barcode: '036000291452',
    })
  })
})
