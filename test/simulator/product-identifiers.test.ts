import { describe, expect, it } from 'vitest'
import { itemOf, withAkeneo } from './api.ts'
import { failed, fillSmallPim, message, smallPim, value } from './small-pim.ts'

describe('products by identifier', () => {
  it(
    'are created, shown and deleted',
    smallPim(async (api) => {
      const posted = await api.post('/products', {
        identifier: 'boot',
        family: 'familyA',
        categories: ['boots'],
      })
      expect([posted.status, posted.text]).toEqual([201, ''])
      expect(posted.headers.get('location')).toBe(`${api.simulator.url}/api/rest/v1/products/boot`)
      const { body } = await api.get('/products/BOOT')
      expect(body).toMatchObject({
        identifier: 'boot',
        enabled: true,
        family: 'familyA',
        categories: ['boots'],
        groups: [],
        parent: null,
        quantified_associations: {},
      })
      expect(body['associations']).toEqual({
        X_SELL: { groups: [], products: [], product_models: [] },
        TWIN: { groups: [], products: [], product_models: [] },
      })
      expect((await api.delete('/products/boot')).status).toBe(204)
      expect((await api.delete('/products/boot')).body.message).toBe(
        'The boot product does not exist in your PIM or you do not have permission to access it.',
      )
      expect((await api.get('/products/boot')).status).toBe(404)
    }),
  )

  it(
    'need an identifier of their own',
    smallPim(async (api) => {
      const missing =
        'Validation failed. The identifier field is required for this endpoint. If you want to manipulate products without identifiers, please use products-uuid endpoints.'
      expect((await api.post('/products', {})).body.message).toBe(missing)
      expect((await api.post('/products', { values: { sku: value('foo') } })).body.message).toBe(missing)
      await api.post('/products', { identifier: 'simple' })
      expect((await api.post('/products', { identifier: 'Simple' })).body).toEqual(
        failed({
          property: 'identifier',
          message: 'The Simple identifier is already used for another product.',
        }),
      )
      expect((await api.patch('/products/foo', { identifier: 'bar' })).body.message).toBe(
        'The identifier "bar" provided in the request body must match the identifier "foo" provided in the url.',
      )
      expect((await api.patch('/products/simple', { identifier: null })).body.message).toBe(missing)
      const renamed = await api.patch('/products/simple', { identifier: 'renamed' })
      expect([renamed.status, (await api.get('/products/renamed')).status]).toEqual([204, 200])
    }),
  )

  it.each([
    [{ extra: 'foo' }, message('Property "extra" does not exist.')],
    [{ enabled: null }, message('Property "enabled" expects a boolean as data, "NULL" given.')],
    [{ family: ['familyA'] }, message('Property "family" expects a scalar as data, "array" given.')],
    [{ family: 'nope' }, message('The nope family does not exist in your PIM.')],
    [{ categories: ['nope'] }, message('The nope category does not exist in your PIM.')],
    [{ values: { nope: value(true) } }, message('The nope attribute does not exist in your PIM.')],
    [
      { values: { a_text: value(['x']) } },
      message('The a_text attribute requires a string, a array was detected.'),
    ],
    [
      { values: { a_metric: { locale: null, scope: null, data: null } } },
      message('Property "a_metric" expects an array with valid data, one of the values is not an array.'),
    ],
    [
      { values: { a_text: [{ locale: null, data: 'x' }] } },
      message('Property "a_text" expects an array with the key "scope".'),
    ],
    [
      { values: { a_text: [...value('x'), ...value('y')] } },
      message(
        'You cannot update the same product value on the "a_text" attribute twice, with the same scope and locale.',
      ),
    ],
    [
      { values: { a_price: value(null) } },
      message(
        'The data format sent for the "a_price" attribute is wrong. Please, fill in one value per amount field.',
      ),
    ],
    [
      { values: { a_text: value('x', 'en_US') } },
      message(
        'The a_text attribute requires neither a channel (nothing was detected) nor a locale (en_US was detected).',
      ),
    ],
    [
      { associations: { X_SELL: { products: ['nope'] } } },
      message(
        'The “associations” property expects a valid product identifier. The nope product does not exist or your connection does not have permission to access it.',
      ),
    ],
    [
      { associations: { X_SELL: { product_models: ['nope'] } } },
      message(
        'Property "associations" expects a valid product model identifier. The product model does not exist, "nope" given.',
      ),
    ],
    [
      { associations: { PACK: { products: [] } } },
      message(
        'Property "associations" expects a valid association type code. The association type does not exist or is quantified, "PACK" given.',
      ),
    ],
    [
      { associations: { X_SELL: {} } },
      message(
        'Property "associations" expects an array with valid data, association format is not valid for the association type "X_SELL"..',
      ),
    ],
    [
      { parent: 'nope' },
      message(
        'Property "parent" expects a valid parent code. The parent product model does not exist, "nope" given.',
      ),
    ],
  ])('refuse %j', async (body, expected) => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const answer = await api.post('/products', { identifier: 'foo', ...body })
      expect([answer.status, answer.body.message]).toEqual([422, expected])
    })
  })

  it.each([
    ['a_number', '-1', 'The a_number attribute requires an equal or greater than 0 value.'],
    [
      'an_integer',
      1.5,
      'The an_integer attribute requires a non-decimal value, and 1.5 is not a valid value.',
    ],
    ['a_number', 'x', 'The a_number attribute requires a number, and the submitted x value is not.'],
    [
      'a_text',
      'x'.repeat(256),
      'The a_text attribute must not contain more than 255 characters. The submitted value is too long.',
    ],
    ['a_simple_select', 'nope', 'The nope value is not in the a_simple_select attribute option list.'],
    [
      'a_multi_select',
      ['optionA', 'Nope'],
      'The nope values are not in the a_multi_select attribute option list.',
    ],
    ['a_metric', { amount: 1, unit: 'STONE' }, 'Please specify a valid metric unit'],
  ])('say that %s cannot be %j', async (attribute, data, expected) => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      const { body } = await api.post('/products', {
        identifier: 'foo',
        values: { [attribute]: value(data) },
      })
      expect(body).toEqual(
        failed({ property: 'values', message: expected, attribute, locale: null, scope: null }),
      )
    })
  })

  it(
    'keep to the bounds of an attribute, which the messages print with four decimals',
    smallPim(async (api) => {
      const bounds = { number_min: -2.5, number_max: 10 }
      const type = { type: 'pim_catalog_number', decimals_allowed: true, negative_allowed: true }
      expect(
        (await api.post('/attributes', { code: 'share', group: 'other', ...type, ...bounds })).status,
      ).toBe(201)
      const said = async (data: number) =>
        (await api.patch('/products/foo', { values: { share: value(data) } })).body.errors?.[0]?.message
      expect(await said(10.5)).toBe('The share attribute requires an equal or lesser than 10.0000 value.')
      expect(await said(-3)).toBe('The share attribute requires an equal or greater than -2.5000 value.')
      expect(await said(10)).toBeUndefined()
    }),
  )

  it(
    'print amounts as Akeneo prints them, and options in their stored case',
    smallPim(async (api) => {
      await api.post('/products', {
        identifier: 'foo',
        values: {
          a_number: value(12.5),
          an_integer: value('42'),
          a_metric: value({ amount: '1.5', unit: 'kilowatt' }),
          a_price: value([
            { amount: '10', currency: 'USD' },
            { amount: 9.9, currency: 'EUR' },
          ]),
          a_date: value('2016-06-13T00:00:00+02:00'),
          a_simple_select: value('OPTIONA'),
          a_multi_select: value(['optionB', 'optionA']),
        },
      })
      const { values } = itemOf(await api.get('/products/foo'))
      const data = (code: string) => values[code]?.[0]?.data
      expect(data('a_number')).toBe('12.5000')
      expect(data('an_integer')).toBe(42)
      expect(data('a_metric')).toEqual({ amount: '1.5000', unit: 'KILOWATT' })
      expect(data('a_price')).toEqual([
        { amount: '9.90', currency: 'EUR' },
        { amount: '10.00', currency: 'USD' },
      ])
      expect(data('a_date')).toBe('2016-06-13T00:00:00+00:00')
      expect(data('a_simple_select')).toBe('optionA')
      expect(data('a_multi_select')).toEqual(['optionA', 'optionB'])
    }),
  )

  it(
    'merge values per locale and channel, and erase what is null',
    smallPim(async (api) => {
      const scoped = (locale: string, data: string | null) => ({ locale, scope: 'ecommerce', data })
      await api.post('/products', {
        identifier: 'foo',
        values: { a_scoped_text: [scoped('en_US', 'one'), scoped('fr_FR', 'un')] },
      })
      await api.patch('/products/foo', {
        values: { a_scoped_text: [scoped('fr_FR', null)], a_text: value('x') },
      })
      const { values } = itemOf(await api.get('/products/foo'))
      expect(values['a_scoped_text']).toEqual([scoped('en_US', 'one')])
      expect(values['a_text']).toEqual(value('x'))
    }),
  )

  it(
    'keep `updated` when a PATCH changes nothing',
    smallPim(async (api) => {
      const body = { family: 'familyA', values: { a_metric: value({ amount: 2, unit: 'WATT' }) } }
      await api.post('/products', { identifier: 'foo', ...body })
      const before = (await api.get('/products/foo')).body['updated']
      api.simulator.clock.advance(10_000)
      expect((await api.patch('/products/foo', body)).status).toBe(204)
      expect((await api.get('/products/foo')).body['updated']).toBe(before)
      await api.patch('/products/foo', { enabled: false })
      expect((await api.get('/products/foo')).body['updated']).not.toBe(before)
    }),
  )
})
