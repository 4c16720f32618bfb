import { describe, expect, it } from 'vitest'
import { translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, ecommerce, lamp, lamps, localized, noLinks, plain, productOf } from './lamps.ts'

const attributesOf = (values: Parameters<typeof lamp>[0]) => productOf(lamp(values)).product.attributes
const rejection = (values: Parameters<typeof lamp>[0]) => {
  const translation = translateProduct(lamp(values), null, lamps, ecommerce, noLinks)
  return translation.outcome === 'rejected' ? translation.problem : null
}

describe('by type', () => {
  it.each([
    ['text, outer blanks kept', 'note', ' dry ', { type: 'text', value: ' dry ' }],
    ['a number as text', 'bulbs', '2.0000', { type: 'number', value: '2' }],
    ['a number as number', 'bulbs', 2, { type: 'number', value: '2' }],
    ['zero', 'bulbs', 0, { type: 'number', value: '0' }],
    [
      'a measure in the unit that it was entered in',
      'weight',
      { amount: '1300.0000', unit: 'GRAM', symbol: 'g' },
      { type: 'measure', value: { amount: '1300', unit: 'GRAM' } },
    ],
    ['true', 'dimmable', true, { type: 'boolean', value: true }],
    ['false, which is a value', 'dimmable', false, { type: 'boolean', value: false }],
    [
      'a date, cut from its text',
      'release_date',
      '2025-02-14T00:00:00+05:00',
      { type: 'date', value: '2025-02-14' },
    ],
    ['an option by its code', 'color', 'white', { type: 'option', value: 'white' }],
    [
      "options in Akeneo's order",
      'collection',
      ['winter', 'autumn'],
      { type: 'options', value: ['winter', 'autumn'] },
    ],
    [
      "prices in the output's currencies",
      'case_price',
      [
        { amount: '539.00', currency: 'EUR' },
        { amount: '1', currency: 'CHF' },
      ],
      { type: 'prices', value: { EUR: '539' } },
    ],
    ['a reference entity record', 'designer', 'starck', { type: 'entity', value: 'starck' }],
    [
      'reference entity records',
      'materials',
      ['oak', 'brass'],
      { type: 'entities', value: ['oak', 'brass'] },
    ],
    ['reference data', 'fabric', 'linen', { type: 'entity', value: 'linen' }],
    ['several reference data', 'finishes', ['matt'], { type: 'entities', value: ['matt'] }],
    ['assets', 'photos', ['a1', 'a2'], { type: 'assets', value: ['a1', 'a2'] }],
    [
      'a table as it is',
      'nutrition',
      [{ row: 'x', n: '1' }],
      { type: 'table', value: [{ row: 'x', n: '1' }] },
    ],
    [
      'a product link as it is',
      'manual_of',
      { type: 'product', id: 'u' },
      { type: 'link', value: { type: 'product', id: 'u' } },
    ],
  ])('carries %s', (_what, code, data, expected) => {
    expect(attributesOf({ [code]: plain(data) })).toEqual({ [code]: expected })
  })

  it.each([
    ['note', null],
    ['note', ''],
    ['collection', []],
    ['nutrition', []],
    ['weight', { amount: null, unit: 'GRAM' }],
    ['case_price', [{ amount: '1', currency: 'CHF' }]],
    ['case_price', [{ amount: null, currency: 'EUR' }]],
    ['release_date', null],
    ['bulbs', null],
    ['dimmable', null],
  ])('leaves %s out when its data is %j', (code, data) => {
    expect(attributesOf({ [code]: plain(data) })).toEqual({})
  })

  it.each([
    ['description', 5, 'description is not a text, which pim_catalog_textarea stands for'],
    ['name', true, 'name is not a text, which pim_catalog_text stands for'],
    ['sku', 7, 'sku is not a text, which pim_catalog_identifier stands for'],
    ['picture', {}, 'picture is not a media file, which pim_catalog_image stands for'],
    ['price', 'cheap', 'price is not a list of prices, which pim_catalog_price_collection stands for'],
    ['note', 5, 'note is not a text, which pim_catalog_text stands for'],
    ['bulbs', 'two', 'bulbs is not a number, which pim_catalog_number stands for'],
    ['weight', '5 kg', 'weight is not an amount with a unit, which pim_catalog_metric stands for'],
    [
      'weight',
      { amount: 'heavy', unit: 'GRAM' },
      'weight is not an amount with a unit, which pim_catalog_metric stands for',
    ],
    ['release_date', '2025-02-30', 'release_date is not a date, which pim_catalog_date stands for'],
    ['dimmable', 'yes', 'dimmable is not true or false, which pim_catalog_boolean stands for'],
    ['collection', 'winter', 'collection is not a list of codes, which pim_catalog_multiselect stands for'],
    [
      'case_price',
      [{ amount: '1' }],
      'case_price is not a list of prices, which pim_catalog_price_collection stands for',
    ],
  ])('rejects the record when %s is %j', (code, data, text) => {
    const { localizable, scopable } = lamps.attributes.get(code) ?? {}
    const entry = { locale: localizable ? 'en_US' : null, scope: scopable ? 'ecommerce' : null, data }
    expect(rejection({ [code]: [entry] })).toMatchObject({ code: 'value-unreadable', field: code, text })
  })
})

describe('by locale and channel', () => {
  it('gives a localizable attribute by locale of the output', () => {
    expect(
      attributesOf({ care_note: localized({ fr_FR: 'Chiffon sec', it_IT: 'Panno', en_US: 'Dry cloth' }) }),
    ).toEqual({ care_note: { type: 'text', values: { en_US: 'Dry cloth', fr_FR: 'Chiffon sec' } } })
  })

  it('leaves a localizable attribute out that has no value in a locale of the output', () => {
    expect(attributesOf({ care_note: localized({ it_IT: 'Panno', en_US: '' }) })).toEqual({})
  })

  it("gives a scopable attribute in the output's channel only", () => {
    const slogan = [
      { locale: null, scope: 'print', data: 'Printed' },
      { locale: null, scope: 'ecommerce', data: 'Online' },
    ]
    expect(attributesOf({ slogan })).toEqual({ slogan: { type: 'text', value: 'Online' } })
    expect(attributesOf({ slogan: slogan.slice(0, 1) })).toEqual({})
  })

  it('passes over entries that Akeneo made itself, such as converted measures', () => {
    const weight = [
      { locale: 'en_US', scope: 'ecommerce', data: { amount: '1', unit: 'KILOGRAM' } },
      ...plain({ amount: '1000', unit: 'GRAM' }),
    ]
    expect(attributesOf({ weight })).toEqual({
      weight: { type: 'measure', value: { amount: '1000', unit: 'GRAM' } },
    })
  })
})

describe('units', () => {
  it('rejects the record for a unit that its measurement family does not have', () => {
    expect(rejection({ weight: plain({ amount: '2', unit: 'STONE' }) })).toEqual({
      code: 'unit-unknown',
      field: 'weight',
      text: 'unit "STONE" is not in Weight',
      remedy: 'Fix it in Akeneo, then: pimflow rejections retry',
    })
  })

  it('takes no inherited property of an object for a unit', () => {
    expect(rejection({ weight: plain({ amount: '2', unit: 'constructor' }) })?.code).toBe('unit-unknown')
  })
})

describe('structure that has changed since it was read', () => {
  it('leaves an unknown attribute out and asks for it', () => {
    const translation = accepted(
      translateProduct(lamp({ brand_new: plain('x'), note: plain('y') }), null, lamps, ecommerce, noLinks),
    )
    expect(translation.record).toMatchObject({ attributes: { note: { type: 'text', value: 'y' } } })
    expect(translation.warnings).toMatchObject([{ code: 'attribute-unknown', field: 'brand_new' }])
    expect(translation.missing).toEqual([{ stream: 'attributes', code: 'brand_new' }])
  })

  it('names a product of an unknown family by its code and asks for the family', () => {
    const translation = accepted(
      translateProduct(
        lamp({ name: localized({ en_US: 'X' }) }, { family: 'brand_new' }),
        null,
        lamps,
        ecommerce,
        noLinks,
      ),
    )
    expect(translation.record).toMatchObject({ name: { en_US: 'L-1' } })
    expect(translation.warnings).toMatchObject([{ code: 'family-unknown', field: 'family' }])
    expect(translation.missing).toEqual([{ stream: 'families', code: 'brand_new' }])
  })

  it('carries an unknown option and asks for the options of its attribute', () => {
    const translation = accepted(
      translateProduct(lamp({ color: plain('mauve') }), null, lamps, ecommerce, noLinks),
    )
    expect(translation.record).toMatchObject({ attributes: { color: { value: 'mauve' } } })
    expect(translation.missing).toEqual([{ stream: 'attribute-options', code: 'color' }])
  })

  it('carries a measure unchecked while its measurement family is unknown', () => {
    const translation = accepted(
      translateProduct(
        lamp({ weight: plain({ amount: '2', unit: 'STONE' }) }),
        null,
        { ...lamps, measurementFamilies: new Map() },
        ecommerce,
        noLinks,
      ),
    )
    expect(translation.warnings).toMatchObject([{ code: 'measurement-family-unknown', field: 'weight' }])
    expect(translation.missing).toEqual([{ stream: 'measurement-families', code: 'Weight' }])
  })

  it('leaves an attribute of a type that we do not know out, and says so', () => {
    const { product, warnings } = productOf(lamp({ hologram: plain('x') }))
    expect(product.attributes).toEqual({})
    expect(warnings).toMatchObject([{ code: 'attribute-type-unknown', field: 'hologram' }])
  })
})
