import { describe, expect, it } from 'vitest'
import { cloudPim, smallPim, smallPimOf, value } from './small-pim.ts'

/** What builds of Akeneo do differently, behind switches. */
describe('builds', () => {
  it(
    'answer empty maps as maps, or as lists where the switch says so',
    smallPim(async (api) => {
      await api.post('/products', { identifier: 'foo', family: 'familyB' })
      const plain = (await api.get('/products/foo?with_completenesses=true')).text
      expect(plain).toContain('"quantified_associations":{}')
      expect((await api.get('/association-types/X_SELL')).text).toContain('"labels":{}')
    }),
  )

  it(
    'answer empty maps as lists and empty completenesses as a map',
    smallPimOf({ emptyMapsAsLists: true }, async (api) => {
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
    smallPim(async (api) => {
      const read = [{ ...value('optionA')[0], linked_data: { code: 'optionA' }, attribute_type: 'x' }]
      expect((await api.patch('/products/foo', { values: { a_simple_select: read } })).status).toBe(201)
    }),
  )

  it(
    'refuse further keys of a value where the switch says so, on products and models',
    smallPimOf({ refuseExtraValueKeys: true }, async (api) => {
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

  it(
    'let the cloud add and remove single categories, which releases know nothing of',
    cloudPim(async (api) => {
      await api.post('/products', { identifier: 'foo', categories: ['shoes'] })
      const categories = async () => (await api.get('/products/foo')).body['categories']
      expect((await api.patch('/products/foo', { add_categories: ['boots', 'shoes'] })).status).toBe(204)
      expect(await categories()).toEqual(['boots', 'shoes'])
      const uuid = (await api.get('/products/foo')).body['uuid'] as string
      const { lines } = await api.patchLines('/products-uuid', [
        { uuid, remove_categories: ['shoes'], add_categories: ['master'] },
        { uuid, categories: ['boots'], add_categories: ['shoes'] },
        { uuid, add_categories: ['nope'] },
      ])
      expect(lines.map(({ status_code }) => status_code)).toEqual([204, 422, 422])
      expect(await categories()).toEqual(['boots', 'master'])
    }),
  )

  it(
    'refuse in a release what only the cloud knows',
    smallPim(async (api) => {
      expect((await api.patch('/products/foo', { add_categories: ['shoes'] })).body.message).toBe(
        'Property "add_categories" does not exist. Check the expected format on the API documentation.',
      )
      expect((await api.delete('/families/familyB')).status).toBe(405)
    }),
  )

  it(
    'let the cloud delete families that nothing uses',
    smallPimOf({ edition: 'GE' }, async (api) => {
      await api.post('/products', { identifier: 'foo', family: 'familyB' })
      expect((await api.delete('/families/familyB')).status).toBe(422)
      await api.patch('/products/foo', { family: null })
      expect((await api.delete('/families/familyB')).status).toBe(204)
      expect((await api.get('/families/familyB')).status).toBe(404)
      expect((await api.delete('/families/familyB')).status).toBe(404)
      expect((await api.delete('/families/familyA')).status).toBe(204)
      expect((await api.get('/families/familyA/variants')).status).toBe(404)
    }),
  )

  it(
    'name the root model of a variant when asked, by uuid only',
    smallPim(async (api) => {
      await api.post('/product-models', { code: 'root', family_variant: 'two_levels' })
      const values = { a_simple_select: value('optionA') }
      await api.post('/product-models', { code: 'sub', family_variant: 'two_levels', parent: 'root', values })
      await api.post('/products', { identifier: 'v', parent: 'sub', values: { a_yes_no: value(true) } })
      const { body } = await api.get('/products/v?with_root_parent=true')
      expect(body).not.toHaveProperty('root_parent')
      const uuid = String(body['uuid'])
      expect((await api.get(`/products-uuid/${uuid}?with_root_parent=true`)).body).toMatchObject({
        parent: 'sub',
        root_parent: 'root',
      })
      expect((await api.get(`/products-uuid/${uuid}`)).body).not.toHaveProperty('root_parent')
      const listed = (await api.get('/products-uuid?with_root_parent=true&limit=1')).text
      expect(listed).toContain('"root_parent":"root"')
      expect(listed).toContain('with_root_parent=true')
    }),
  )
})
