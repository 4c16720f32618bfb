import { describe, expect, it } from 'vitest'
import { lamp, localized, plain, productOf, uuid } from './lamps.ts'

describe('identity', () => {
  it('takes the SKU from the main identifier and leaves further identifiers among the attributes', () => {
    const { product } = productOf(lamp({ erp_number: plain('E-77') }))
    expect(product.sku).toBe('L-1')
    expect(product.attributes).toEqual({ erp_number: { type: 'identifier', value: 'E-77' } })
  })

  it('takes the SKU beside the values where Akeneo does not show it among them', () => {
    const { sku: _sku, ...values } = lamp({}).values
    expect(productOf(lamp({}, { values, identifier: 'L-9' })).product.sku).toBe('L-9')
  })

  it('keeps where the record comes from: uuid, code, UTC to the second, mapping', () => {
    const { product } = productOf(lamp({}, { updated: '2026-11-20T09:15:30+01:00' }))
    expect(product.source).toEqual({
      uuid,
      code: 'L-1',
      updated: '2026-11-20T08:15:30Z',
      mapping: 'default@1',
    })
  })

  it('is physical, counted by itself and sold by the piece, and says nothing about stock, tax or brand', () => {
    const { product } = productOf(lamp({}))
    expect(product).toMatchObject({
      type: 'physical',
      trackBy: 'product',
      units: [{ code: 'each', conversion: '1', base: true }],
    })
    for (const field of ['inventory', 'taxClass', 'brand', 'groupId', 'axisValues', 'reasons', 'pending']) {
      expect(product).not.toHaveProperty(field)
    }
  })

  it('lists categories of every tree in the order in which Akeneo gives them', () => {
    const categories = ['sales_lamps', 'lamps', 'a_tree']
    expect(productOf(lamp({}, { categories })).product.categories).toEqual(categories)
  })
})

describe('status', () => {
  it('withholds a disabled product', () => {
    const { product } = productOf(lamp({}, { enabled: false }))
    expect(product.status).toBe('withheld')
    expect(product.reasons).toMatchObject([{ code: 'disabled', remedy: 'Enable it in Akeneo' }])
  })

  it('withholds a product without identifier, which has no code and goes by its uuid', () => {
    const { product } = productOf(lamp({}, { values: {} }))
    expect(product).toMatchObject({ status: 'withheld', sku: null, source: { code: null, uuid } })
    expect(product.reasons?.map(({ code }) => code)).toEqual(['no-sku'])
    expect(product.name).toEqual({ en_US: uuid, fr_FR: uuid })
  })
})

describe('name', () => {
  it("is the family's label, in each locale of the output and no other", () => {
    const { product } = productOf(
      lamp({ name: localized({ fr_FR: 'Lampe', it_IT: 'Lampada', en_US: 'Lamp' }) }),
    )
    expect(product.name).toEqual({ en_US: 'Lamp', fr_FR: 'Lampe' })
    expect(product.attributes).not.toHaveProperty('name')
  })

  it('is the code in exactly those locales that have no label', () => {
    expect(productOf(lamp({ name: localized({ en_US: 'Lamp' }) })).product.name).toEqual({
      en_US: 'Lamp',
      fr_FR: 'L-1',
    })
  })

  it('is the code where the label is blank', () => {
    expect(productOf(lamp({ name: localized({ en_US: ' ', fr_FR: '' }) })).product.name).toEqual({
      en_US: 'L-1',
      fr_FR: 'L-1',
    })
  })

  it('keeps outer blanks of a label', () => {
    expect(productOf(lamp({ name: localized({ en_US: 'Lamp ' }) })).product.name['en_US']).toBe('Lamp ')
  })

  it('is the code without a family, and the value of what would be the label stays an attribute', () => {
    const { product, warnings } = productOf(lamp({ name: localized({ en_US: 'Lamp' }) }, { family: null }))
    expect(product.name).toEqual({ en_US: 'L-1', fr_FR: 'L-1' })
    expect(product.attributes['name']).toEqual({ type: 'text', values: { en_US: 'Lamp' } })
    expect(warnings).toEqual([])
  })
})

describe('description', () => {
  it("is in the output's channel only", () => {
    const { product } = productOf(
      lamp({
        description: [
          { locale: 'en_US', scope: 'print', data: 'On paper' },
          { locale: 'en_US', scope: 'ecommerce', data: '<p>Warm</p>' },
          { locale: 'it_IT', scope: 'ecommerce', data: 'Caldo' },
        ],
      }),
    )
    expect(product.description).toEqual({ en_US: '<p>Warm</p>' })
    expect(product.attributes).toEqual({})
  })

  it('is left out where only another channel has one', () => {
    const { product } = productOf(
      lamp({ description: [{ locale: 'en_US', scope: 'print', data: 'On paper' }] }),
    )
    expect(product).not.toHaveProperty('description')
    expect(product.attributes).toEqual({})
  })
})

describe('barcode', () => {
  it('is a GTIN with a right check digit, and no attribute any more', () => {
    const { product, warnings } = productOf(lamp({ ean: plain('4006381333931') }))
    expect(product.barcode).toBe('4006381333931')
    expect(product.attributes).toEqual({})
    expect(warnings).toEqual([])
  })

  it('is refused for its check digit, stays an attribute and is reported', () => {
    const { product, warnings } = productOf(lamp({ ean: plain('4006381333932') }))
    expect(product).not.toHaveProperty('barcode')
    expect(product.attributes).toEqual({ ean: { type: 'text', value: '4006381333932' } })
    expect(warnings).toMatchObject([
      { code: 'gtin-check-digit', field: 'ean', remedy: 'Correct it in Akeneo' },
    ])
  })
})

describe('prices', () => {
  const prices = plain([
    { amount: '49.90', currency: 'EUR' },
    { amount: 55, currency: 'USD' },
    { amount: '60', currency: 'CHF' },
  ])

  it("are list prices in the output's currencies, exactly", () => {
    const { product } = productOf(lamp({ price: prices }))
    expect(product.prices).toEqual({ EUR: { list: '49.9' }, USD: { list: '55' } })
    expect(product.attributes).toEqual({})
  })

  it('come from `price`, and further price collections stay attributes', () => {
    const { product } = productOf(
      lamp({ price: prices, case_price: plain([{ amount: '539', currency: 'EUR' }]) }),
    )
    expect(product.prices?.['EUR']).toEqual({ list: '49.9' })
    expect(product.attributes).toEqual({ case_price: { type: 'prices', value: { EUR: '539' } } })
  })

  it('are left out where no currency of the output has an amount', () => {
    const { product } = productOf(lamp({ price: plain([{ amount: null, currency: 'EUR' }]) }))
    expect(product).not.toHaveProperty('prices')
  })
})

describe('media', () => {
  it('are the main image, further images, then files, whatever the order of the values', () => {
    const { product } = productOf(
      lamp({
        notice: plain('7/0/c/d/70cd000000000000000000000000000000000000_user_guide.pdf'),
        detail: plain('4/1/a/c/41ac000000000000000000000000000000000000_detail.jpg'),
        picture: plain('4/1/a/b/41ab000000000000000000000000000000000000_dl7.jpg'),
      }),
    )
    expect(product.media).toEqual([
      { role: 'main', code: '4/1/a/b/41ab000000000000000000000000000000000000_dl7.jpg', fileName: 'dl7.jpg' },
      {
        role: 'gallery',
        code: '4/1/a/c/41ac000000000000000000000000000000000000_detail.jpg',
        fileName: 'detail.jpg',
      },
      {
        role: 'manual',
        code: '7/0/c/d/70cd000000000000000000000000000000000000_user_guide.pdf',
        fileName: 'user_guide.pdf',
      },
    ])
    expect(product.attributes).toEqual({})
  })

  it('of a localizable attribute are carried once each, in the order of the locales', () => {
    const back = localized({ fr_FR: 'b/b_fr.jpg', en_US: 'a/a_en.jpg', it_IT: 'c/c_it.jpg' })
    expect(productOf(lamp({ back })).product.media.map(({ fileName }) => fileName)).toEqual([
      'en.jpg',
      'fr.jpg',
    ])
    const same = localized({ fr_FR: 'a/a_en.jpg', en_US: 'a/a_en.jpg' })
    expect(productOf(lamp({ back: same })).product.media).toHaveLength(1)
  })
})
