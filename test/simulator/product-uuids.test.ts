import { describe, expect, it } from 'vitest'
import { itemOf, items } from './api.ts'
import { failed, message, smallPim, value } from './small-pim.ts'

describe('products by uuid', () => {
  const UUID = '0f4f2c3b-0000-4000-8000-000000000011'

  it(
    'share their data with the twin endpoint, which does not list those without identifier',
    smallPim(async (api) => {
      expect((await api.patch(`/products-uuid/${UUID.toUpperCase()}`, {})).status).toBe(201)
      expect(items(await api.get('/products'))).toEqual([])
      expect(items(await api.get('/products-uuid'))).toHaveLength(1)
      expect((await api.patch(`/products-uuid/${UUID}`, { values: { sku: value('foo') } })).status).toBe(204)
      expect((await api.get('/products/foo')).body['uuid']).toBe(UUID)
      const { values } = itemOf(await api.get(`/products-uuid/${UUID}`))
      expect(values['sku']).toEqual(value('foo'))
    }),
  )

  it(
    'refuse identifiers and uuids in the wrong place',
    smallPim(async (api) => {
      expect((await api.post('/products-uuid', { identifier: 'foo' })).body.message).toBe(
        message('Property "identifier" does not exist.'),
      )
      const other = UUID.replace('11', '12')
      expect((await api.patch(`/products-uuid/${UUID}`, { uuid: other })).body.message).toBe(
        `The uuid "${other}" provided in the request body must match the uuid "${UUID}" provided in the url.`,
      )
      await api.post('/products-uuid', { uuid: UUID })
      expect((await api.post('/products-uuid', { uuid: UUID })).body).toEqual(
        failed({ property: 'uuid', message: `The ${UUID} uuid is already used for another product.` }),
      )
      const { lines } = await api.patchLines('/products-uuid', [
        { uuid: '122345' },
        { values: {} },
        { uuid: UUID.toUpperCase() },
      ])
      expect(lines.map(({ status_code }) => status_code)).toEqual([422, 422, 204])
      expect(lines[0]?.['message']).toBe(message('This is not a valid UUID.'))
      expect(lines[1]).toEqual({ line: 2, status_code: 422, message: 'Uuid is missing.' })
      expect(lines[2]?.['uuid']).toBe(UUID)
    }),
  )

  it(
    'name their partners by uuid, the twin endpoint by identifier or null',
    smallPim(async (api) => {
      await api.post('/products-uuid', { uuid: UUID })
      await api.post('/products', { identifier: 'b' })
      const b = (await api.get('/products/b')).body['uuid']
      await api.post('/products-uuid', {
        values: { sku: value('a') },
        associations: { X_SELL: { products: [UUID, b] } },
        quantified_associations: { PACK: { products: [{ uuid: b, quantity: 3 }] } },
      })
      const a = (await api.get('/products/a')).body
      expect(a['associations']).toMatchObject({ X_SELL: { products: [null, 'b'] } })
      expect(a['quantified_associations']).toEqual({
        PACK: { products: [{ identifier: 'b', quantity: 3 }], product_models: [] },
      })
      const twin = (await api.get(`/products-uuid/${String(a['uuid'])}`)).body
      expect(twin['associations']).toMatchObject({ X_SELL: { products: [UUID, b] } })
    }),
  )
})

describe('associations', () => {
  it(
    'go both ways where their type does',
    smallPim(async (api) => {
      for (const identifier of ['a', 'b']) await api.post('/products', { identifier })
      await api.patch('/products/a', { associations: { TWIN: { products: ['b'] } } })
      expect((await api.get('/products/b')).body['associations']).toMatchObject({ TWIN: { products: ['a'] } })
      await api.patch('/products/b', { associations: { TWIN: { products: [] } } })
      expect((await api.get('/products/a')).body['associations']).toMatchObject({ TWIN: { products: [] } })
      expect(
        (await api.patch('/products/a', { associations: { TWIN: { products: ['a'] } } })).body.message,
      ).toBe('A 2-way association only allows two different products or product models to be associated')
    }),
  )

  it(
    'with quantities name what is wrong by its path',
    smallPim(async (api) => {
      await api.post('/products', { identifier: 'a' })
      const post = (links: object) =>
        api.post('/products', { identifier: 'set', quantified_associations: links })
      expect((await post({ NOPE: { products: [] } })).body).toEqual(
        failed({
          property: 'quantifiedAssociations.NOPE',
          message:
            "This association type doesn't exist. Please make sure it hasn't been deleted in the meantime.",
        }),
      )
      const links = [
        { identifier: 'a', quantity: 0 },
        { identifier: 'lost', quantity: 1 },
      ]
      expect((await post({ PACK: { products: links } })).body).toEqual(
        failed(
          {
            property: 'quantifiedAssociations.PACK.products[0].quantity',
            message: '"0" is an invalid quantity. Please, write a value between 1 and 2147483647.',
          },
          {
            property: 'quantifiedAssociations.PACK.products',
            message:
              "The following products don't exist: lost. Please make sure the products haven't been deleted in the meantime.",
          },
        ),
      )
    }),
  )

  it.each([
    ['product', '/products/set', '/products', { identifier: 'set' }],
    ['model', '/product-models/set', '/product-models', { code: 'set', family_variant: 'one_level' }],
  ])('of a %s go with the record they lead to, without a word and without a date', (_, path, list, body) =>
    smallPim(async (api) => {
      for (const identifier of ['a', 'b']) await api.post('/products', { identifier })
      await api.post('/product-models', { code: 'm', family_variant: 'one_level' })
      const links = ['a', 'b'].map((identifier) => ({ identifier, quantity: 2 }))
      const set = {
        ...body,
        associations: { X_SELL: { products: ['a', 'b'], product_models: ['m'] } },
        quantified_associations: {
          PACK: { products: links, product_models: [{ identifier: 'm', quantity: 1 }] },
        },
      }
      expect((await api.post(list, set)).status).toBe(201)
      api.simulator.clock.advance(60_000)
      for (const gone of ['/products/a', '/product-models/m']) await api.delete(gone)
      const { updated } = itemOf(await api.get(path))
      const same = {
        associations: { X_SELL: { products: ['b'], product_models: [] } },
        quantified_associations: { PACK: { products: links.slice(1) } },
      }
      expect((await api.patch(path, same)).status).toBe(204)
      expect(itemOf(await api.get(path)).updated).toBe(updated)
      const changed = await api.patch(path, { values: { an_integer: value(1) } })
      expect([changed.status, changed.text]).toEqual([204, ''])
      expect(itemOf(await api.get(path))).toMatchObject({
        quantified_associations: { PACK: { products: links.slice(1), product_models: [] } },
        values: { an_integer: value(1) },
      })
    })(),
  )
})
