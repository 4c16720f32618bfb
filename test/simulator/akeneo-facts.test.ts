import { describe, expect, it } from 'vitest'
import { drawLatencyMs, readLatency, type Latency } from '../../simulator/latency.ts'
import { itemOf, items, search, withAkeneo } from './api.ts'
import { smallPim, value } from './small-pim.ts'

/** Behaviours that only show against Akeneo's own end-to-end cases; each was seen to differ once. */
describe('requests', () => {
  it(
    'refuse query parameters that PHP would read as arrays',
    smallPim(async (api) => {
      const answer = await api.get('/categories?filter[]=a')
      expect(answer.body).toEqual({
        code: 400,
        message: 'Bracket syntax is not supported in query parameters.',
      })
    }),
  )

  it(
    'answer lines of a collection letter by letter as PHP prints JSON',
    smallPim(async (api) => {
      const { text } = await api.patchLines('/families', [{ code: 'nouvelle', é: 1 }])
      expect(text).toContain('"href":"http:\\/\\/api.akeneo.com\\/api-reference.html#patch_families__code_"')
      expect(text).toContain('Property \\"\\u00e9\\" does not exist.')
    }),
  )
})

describe('violations', () => {
  it(
    'name the first of several empty axes only, for they are the same sentence on the same path',
    smallPim(async (api) => {
      const axes = ['a_simple_select', 'a_yes_no']
      await api.post('/families/familyA/variants', {
        code: 'two_axes',
        variant_attribute_sets: [{ level: 1, axes, attributes: [] }],
      })
      await api.post('/product-models', { code: 'root', family_variant: 'two_axes' })
      const { body } = await api.post('/products', { identifier: 'child', parent: 'root' })
      expect(body.errors).toEqual([
        {
          property: 'attribute',
          message: 'Attribute "a_simple_select" cannot be empty, as it is defined as an axis for this entity',
        },
      ])
    }),
  )

  it(
    'of a new family with a taken code say nothing of the variants of the other',
    smallPim(async (api) => {
      const { body } = await api.post('/families', { code: 'familyA' })
      expect(body.errors).toEqual([{ property: 'code', message: 'This value is already used.' }])
    }),
  )

  it(
    'say twice what is wrong with codes that are no list',
    smallPim(async (api) => {
      const { body } = await api.get(`/categories?${search({ code: [{ operator: 'IN', value: 12 }] })}`)
      expect(body.message).toBe(
        'In order to search on category codes you must send an array of category codes as value, integer given. This value should be of type iterable.',
      )
    }),
  )
})

describe('structure', () => {
  it(
    'lists the attributes of a group as they were made, whatever their sort order',
    smallPim(async (api) => {
      await api.post('/attributes', { code: 'late', type: 'pim_catalog_text', group: 'other', sort_order: 5 })
      await api.post('/attributes', {
        code: 'early',
        type: 'pim_catalog_text',
        group: 'other',
        sort_order: 1,
      })
      const attributes = (await api.get('/attribute-groups/other')).body['attributes'] as string[]
      expect(attributes[0]).toBe('sku')
      expect(attributes.slice(-2)).toEqual(['late', 'early'])
    }),
  )

  it(
    'names no channel for which a family requires nothing',
    smallPim(async (api) => {
      await api.patch('/families/familyA', { attribute_requirements: { ecommerce: [] } })
      expect((await api.get('/families/familyA')).body['attribute_requirements']).toEqual({})
    }),
  )

  it(
    'merges the units of a channel by attribute, and null takes one out',
    smallPim(async (api) => {
      const units = async (conversion_units: object) => {
        expect((await api.patch('/channels/ecommerce', { conversion_units })).status).toBe(204)
        return (await api.get('/channels/ecommerce')).body['conversion_units']
      }
      expect(await units({ a_metric: 'WATT' })).toEqual({ a_metric: 'WATT' })
      expect(await units({})).toEqual({ a_metric: 'WATT' })
      expect(await units({ a_metric: null })).toEqual({})
    }),
  )
})

describe('values and links', () => {
  it(
    'of a price per channel show the currencies of that channel only',
    smallPim(async (api) => {
      await api.post('/channels', {
        code: 'euros',
        category_tree: 'master',
        currencies: ['EUR'],
        locales: ['fr_FR'],
      })
      await api.post('/attributes', {
        code: 'scoped_price',
        type: 'pim_catalog_price_collection',
        group: 'other',
        scopable: true,
        decimals_allowed: true,
      })
      const prices = [
        { amount: '1.00', currency: 'USD' },
        { amount: '2.00', currency: 'EUR' },
      ]
      await api.post('/products', {
        identifier: 'p',
        values: { scoped_price: value(prices, null, 'euros') },
      })
      const { values } = itemOf(await api.get('/products/p'))
      expect(values['scoped_price']).toEqual(value([{ amount: '2.00', currency: 'EUR' }], null, 'euros'))
    }),
  )

  it(
    'of a variant whose models have no quantified links keep the kind that is not sent',
    smallPim(async (api) => {
      await api.post('/products', { identifier: 'chair' })
      const model = { family_variant: 'one_level', values: {} }
      await api.post('/product-models', { code: 'root', ...model })
      await api.post('/product-models', { code: 'umbrella', ...model })
      const set = { identifier: 'set', parent: 'root', values: { a_simple_select: value('optionA') } }
      const links = (products: number) => [{ identifier: 'chair', quantity: products }]
      const product_models = [{ identifier: 'umbrella', quantity: 4 }]
      await api.post('/products', {
        ...set,
        quantified_associations: { PACK: { products: links(4), product_models } },
      })
      await api.patch('/products/set', { quantified_associations: { PACK: { products: links(6) } } })
      expect((await api.get('/products/set')).body['quantified_associations']).toEqual({
        PACK: { products: links(6), product_models },
      })
    }),
  )

  it(
    'find no model without variants by its completeness',
    smallPim(async (api) => {
      await api.post('/product-models', { code: 'alone', family_variant: 'one_level' })
      const criterion = { operator: 'ALL COMPLETE', scope: 'ecommerce', locales: ['en_US'] }
      expect(items(await api.get(`/product-models?${search({ completeness: [criterion] })}`))).toEqual([])
    }),
  )
})

describe('POST /products-uuid/search', () => {
  it(
    'takes the filters of the list from its body, paging from the query',
    smallPim(async (api) => {
      for (const identifier of ['a', 'b', 'c']) await api.post('/products', { identifier })
      const body = { search: JSON.stringify({ sku: [{ operator: 'IN', value: ['a', 'c'] }] }) }
      const answer = await api.post('/products-uuid/search?limit=1&with_count=true', body)
      expect(answer.status).toBe(200)
      expect(answer.body.items_count).toBe(2)
      expect(items(answer)).toHaveLength(1)
      expect((await api.post('/products-uuid/search', '{')).status).toBe(400)
    }),
  )
})

describe('latency', () => {
  it.each([
    ['50', 50],
    ['uniform:20:80', { uniform: [20, 80] }],
    ['lognormal:60:0.5', { lognormal: { medianMs: 60, sigma: 0.5 } }],
    ['uniform:80:20', undefined],
    ['often', undefined],
  ])('reads %s', (text, latency) => {
    expect(readLatency(text)).toEqual(latency)
  })

  it('draws within bounds, and half of a lognormal lies below its median', () => {
    const seeded = (state: number) => () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
    const draws = (latency: Latency) => {
      const random = seeded(7)
      return Array.from({ length: 2000 }, () => drawLatencyMs(latency, random))
    }
    const uniform = draws({ uniform: [20, 80] })
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(20)
    expect(Math.max(...uniform)).toBeLessThan(80)
    const below = draws({ lognormal: { medianMs: 60, sigma: 0.5 } }).filter((ms) => ms < 60).length
    expect(below).toBeGreaterThan(900)
    expect(below).toBeLessThan(1100)
  })

  it('counts items too', async () => {
    await withAkeneo({ itemLatencyMs: 30 }, async (api) => {
      const began = performance.now()
      await api.get('/attributes')
      expect(performance.now() - began).toBeGreaterThanOrEqual(29)
    })
  })
})
