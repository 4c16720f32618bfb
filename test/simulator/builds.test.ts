import { describe, expect, it } from 'vitest'
import type { AkeneoOptions } from '../../simulator/akeneo/index.ts'
import { withAkeneo, type Api } from './api.ts'
import { fillSmallPim, value } from './small-pim.ts'

const smallPim = (options: AkeneoOptions, test: (api: Api) => Promise<void>) => () =>
  withAkeneo(options, async (api) => {
    await fillSmallPim(api)
    await test(api)
  })

/** What builds of Akeneo do differently, behind switches. */
describe('builds', () => {
  it(
    'answer empty maps as maps, or as lists where the switch says so',
    smallPim({}, async (api) => {
      await api.post('/products', { identifier: 'foo', family: 'familyB' })
      const plain = (await api.get('/products/foo?with_completenesses=true')).text
      expect(plain).toContain('"quantified_associations":{}')
      expect((await api.get('/association-types/X_SELL')).text).toContain('"labels":{}')
    }),
  )

  it(
    'answer empty maps as lists and empty completenesses as a map',
    smallPim({ emptyMapsAsLists: true }, async (api) => {
      await api.post('/products', { identifier: 'foo' })
      const { text, body } = await api.get('/products/foo?with_completenesses=true')
      expect(text).toContain('"quantified_associations":[]')
      expect(text).toContain('"completenesses":{}')
      expect(body['categories']).toEqual([])
      expect((await api.get('/association-types/X_SELL')).body['labels']).toEqual([])
      expect((await api.get('/channels/ecommerce')).body['conversion_units']).toEqual([])
      expect((await api.get('/products?limit=1')).text).toContain('"quantified_associations":[]')
    }),
  )

  it(
    'ignore further keys of a value, or refuse them',
    smallPim({}, async (api) => {
      const read = [{ ...value('optionA')[0], linked_data: { code: 'optionA' }, attribute_type: 'x' }]
      expect((await api.patch('/products/foo', { values: { a_simple_select: read } })).status).toBe(201)
    }),
  )

  it(
    'refuse further keys of a value where the switch says so, on products and models',
    smallPim({ refuseExtraValueKeys: true }, async (api) => {
      const read = [{ ...value('optionA')[0], linked_data: { code: 'optionA' } }]
      const message =
        'Property "a_simple_select" does not expect the "linked_data" field. Check the expected format on the API documentation.'
      expect(await api.patch('/products/foo', { values: { a_simple_select: read } })).toMatchObject({
        status: 422,
        body: { message },
      })
      expect((await api.get('/products/foo')).status).toBe(404)
      const model = { code: 'm', family_variant: 'one_level', values: { a_simple_select: read } }
      expect((await api.post('/product-models', model)).body.message).toBe(message)
      const plain = { a_simple_select: value('optionA') }
      expect((await api.patch('/products/foo', { values: plain })).status).toBe(201)
    }),
  )
})
