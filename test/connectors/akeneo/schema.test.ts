import { describe, expect, it } from 'vitest'
import {
  AkeneoAttribute,
  AkeneoCategory,
  AkeneoMeasurementFamily,
  AkeneoProductByIdentifier,
  AkeneoProductByUuid,
} from '../../../connectors/akeneo/schema.ts'
import { costInParses } from '../../support/processor-cost.ts'

/** A product as the "medium" shape of Akeneo's own benchmarks has it: 74 values. */
function productOf74Values(n: number) {
  const values = Object.fromEntries(
    Array.from({ length: 74 }, (_, index) => [
      `attribute_${index}`,
      [
        {
          locale: index % 3 === 0 ? 'en_US' : null,
          scope: index % 5 === 0 ? 'ecommerce' : null,
          data: `value ${n} ${index}`,
        },
      ],
    ]),
  )
  return {
    _links: { self: { href: `https://acme.test/api/rest/v1/products-uuid/${n}` } },
    uuid: `8f1d2c3b-0000-4000-8000-${String(n).padStart(12, '0')}`,
    enabled: true,
    family: 'lamps',
    categories: ['a', 'b', 'c'],
    groups: [],
    parent: null,
    values,
    created: '2026-01-01T00:00:00+00:00',
    updated: '2026-01-01T00:00:00+00:00',
    associations: Object.fromEntries(
      ['X_SELL', 'UPSELL', 'PACK'].map((type) => [type, { products: [], product_models: [], groups: [] }]),
    ),
    quantified_associations: {},
    completenesses: ['ecommerce', 'print'].map((scope) => ({ scope, locale: 'en_US', data: 80 })),
  }
}

describe('the schema of a product', () => {
  it('costs less than parsing a product of 74 values, so that validation never is what limits a load', () => {
    const products = Array.from({ length: 2000 }, (_, n) => productOf74Values(n))
    for (const product of products.slice(0, 500)) AkeneoProductByUuid.parse(product)
    const text = JSON.stringify(productOf74Values(0))
    const cost = costInParses(text, (time) => AkeneoProductByUuid.parse(products[time]))
    expect(cost).toBeLessThan(1)
  })

  it('keeps every field that it does not know', () => {
    const product = { ...productOf74Values(1), workflow_execution_statuses: [{ uuid: 'x' }] }
    expect(AkeneoProductByUuid.parse(product)).toEqual(product)
  })

  it('leaves out partners that cannot be named by identifier', () => {
    const { uuid: _, ...product } = productOf74Values(1)
    const associations = { X_SELL: { products: ['a', null, 'b'], product_models: [], groups: [] } }
    const parsed = AkeneoProductByIdentifier.parse({ ...product, identifier: 'sku', associations })
    expect(parsed.associations?.['X_SELL']?.products).toEqual(['a', 'b'])
  })

  it.each(['uuid', 'enabled', 'values', 'created', 'updated'])('does not do without %s', (field) => {
    const product = { ...productOf74Values(1), [field]: undefined }
    expect(AkeneoProductByUuid.safeParse(product).success).toBe(false)
  })
})

describe('the schema of', () => {
  it.each([undefined, null, [], {}])('a category may have no values as %j', (values) => {
    const parsed = AkeneoCategory.parse({ code: 'lamps', parent: null, labels: {}, values })
    expect(Object.keys(parsed.values ?? {})).toEqual([])
  })

  it('an attribute takes numbers as text or number, and null for what does not apply', () => {
    const attribute = {
      code: 'a',
      type: 'pim_catalog_number',
      localizable: false,
      scopable: false,
      labels: [],
      group_labels: null,
    }
    for (const numberMin of ['0.5', 0.5, null]) {
      expect(
        AkeneoAttribute.parse({ ...attribute, number_min: numberMin, max_file_size: '10' }),
      ).toMatchObject({ labels: {} })
    }
  })

  it('a measurement family gives conversions as text, whatever they came as', () => {
    const unit = {
      code: 'GRAM',
      labels: [],
      convert_from_standard: [{ operator: 'mul', value: 0.001 }],
      symbol: 'g',
    }
    const parsed = AkeneoMeasurementFamily.parse({
      code: 'Weight',
      labels: [],
      standard_unit_code: 'KILOGRAM',
      units: { GRAM: unit },
    })
    expect(parsed.units['GRAM']?.convert_from_standard[0]?.value).toBe('0.001')
  })
})
