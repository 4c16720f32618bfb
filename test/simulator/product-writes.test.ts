import { describe, expect, it } from 'vitest'
import { items, withAkeneo, type Api, type Item } from './api.ts'
import { fillSmallPim, value } from './small-pim.ts'

const failed = (...errors: object[]) => ({ code: 422, message: 'Validation failed.', errors })
const axis = (message: string) => failed({ property: 'attribute', message })

const smallPim = (test: (api: Api) => Promise<void>) => () =>
  withAkeneo({}, async (api) => {
    await fillSmallPim(api)
    await test(api)
  })

const message = (text: string) => `${text} Check the expected format on the API documentation.`

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
      const { values } = (await api.get('/products/foo')).body as unknown as Item
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
      const { values } = (await api.get('/products/foo')).body as unknown as Item
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
      const { values } = (await api.get(`/products-uuid/${UUID}`)).body as unknown as Item
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
})

describe('variants', () => {
  const variants = (test: (api: Api) => Promise<void>) =>
    smallPim(async (api) => {
      for (const body of [
        {
          code: 'root',
          family_variant: 'two_levels',
          categories: ['shoes'],
          values: { a_number: value('5') },
        },
        {
          code: 'sub',
          family_variant: 'two_levels',
          parent: 'root',
          values: { a_simple_select: value('optionA'), a_text: value('sub') },
        },
        { code: 'flat', family_variant: 'one_level' },
      ]) {
        const answer = await api.post('/product-models', body)
        if (answer.status !== 201) throw new Error(answer.text)
      }
      await test(api)
    })

  it(
    'store their own level and drop the rest without a word',
    variants(async (api) => {
      const { status } = await api.post('/products', {
        identifier: 'v',
        parent: 'SUB',
        values: {
          a_yes_no: value(true),
          a_text: value('dropped'),
          a_number: value('7'),
          a_text_area: value('own'),
        },
      })
      expect(status).toBe(201)
      const { body } = await api.get('/products/v')
      const { values } = body as unknown as Item
      expect(body['family']).toBe('familyA')
      expect(body['parent']).toBe('sub')
      expect(values['a_text']).toEqual(value('sub'))
      expect(values['a_number']).toEqual(value('5.0000'))
      expect(values['a_text_area']).toEqual(value('own'))
    }),
  )

  it(
    'need their axes, their family and a parent of the last level',
    variants(async (api) => {
      const post = (body: object) => api.post('/products', { identifier: 'v', ...body })
      expect((await post({ parent: 'sub' })).body).toEqual(
        axis('Attribute "a_yes_no" cannot be empty, as it is defined as an axis for this entity'),
      )
      expect((await post({ parent: 'sub', family: null, values: { a_yes_no: value(true) } })).body).toEqual(
        failed({
          property: 'family',
          message:
            'The family cannot be "null" because your product with the v identifier is a variant product.',
        }),
      )
      expect(
        (await post({ parent: 'sub', family: 'familyB', values: { a_yes_no: value(true) } })).body,
      ).toEqual(
        failed({
          property: 'family',
          message: 'The variant product family must be the same than its parent',
        }),
      )
      expect(
        (await post({ parent: 'root', values: { a_simple_select: value('optionB'), a_yes_no: value(true) } }))
          .body,
      ).toEqual(
        failed(
          {
            property: 'parent',
            message:
              'The variant product cannot have product model "root" as parent, (this product model can only have other product models as children)',
          },
          {
            property: 'attribute',
            message: 'Cannot set the property "sku" to this entity as it is not in the attribute set',
          },
        ),
      )
    }),
  )

  it(
    'differ from their siblings',
    variants(async (api) => {
      await api.post('/products', { identifier: 'v1', parent: 'sub', values: { a_yes_no: value(true) } })
      const { lines } = await api.patchLines('/products', [
        { identifier: 'v1', parent: 'sub', values: { a_yes_no: value(true) } },
        { identifier: 'v2', parent: 'sub', values: { a_yes_no: value(true) } },
      ])
      expect(lines[0]?.['status_code']).toBe(204)
      expect(lines[1]).toMatchObject({
        errors: [
          {
            property: 'attribute',
            message:
              'Cannot set value "1" for the attribute axis "a_yes_no" on variant product "v2", as the variant product "v1" already has this value',
          },
        ],
      })
      expect(
        (
          await api.patch('/product-models/sub2', {
            parent: 'root',
            values: { a_simple_select: value('optionA') },
          })
        ).body,
      ).toEqual(
        axis(
          'Cannot set value "[optionA]" for the attribute axis "a_simple_select" on product model "sub2", as the product model "sub" already has this value',
        ),
      )
    }),
  )

  it(
    'become simple products with all they inherited, and simple products become variants',
    variants(async (api) => {
      await api.post('/products', { identifier: 'v', parent: 'sub', values: { a_yes_no: value(true) } })
      expect((await api.patch('/products/v', { parent: null })).status).toBe(204)
      const { body } = await api.get('/products/v')
      expect([body['parent'], body['categories']]).toEqual([null, ['shoes']])
      expect((body as unknown as Item).values['a_text']).toEqual(value('sub'))

      await api.post('/products', {
        identifier: 's',
        family: 'familyA',
        values: { a_simple_select: value('optionC') },
      })
      expect((await api.patch('/products/s', { parent: 'mayonnaise' })).body).toEqual({
        code: 422,
        message: 'The given product model "mayonnaise" does not exist',
      })
      expect((await api.patch('/products/s', { parent: 'flat' })).status).toBe(201)
    }),
  )

  it(
    'go with their model',
    variants(async (api) => {
      await api.post('/products', { identifier: 'v', parent: 'sub', values: { a_yes_no: value(true) } })
      expect((await api.delete('/product-models/root')).status).toBe(204)
      expect((await api.get('/product-models/sub')).status).toBe(404)
      expect((await api.get('/products/v')).status).toBe(404)
      expect((await api.delete('/product-models/root')).status).toBe(404)
    }),
  )

  it.each([
    [{ code: 'm', family_variant: null }, 'Property "family_variant" does not expect an empty value.'],
    [
      { code: 'm', parent: 'root', family_variant: 'one_level' },
      'The parent is not a product model of the family variant "one_level" but belongs to the family "two_levels".',
    ],
    [
      { code: 'm', parent: 'sub', family_variant: 'two_levels' },
      'Property "parent" expects a valid parent code. The new parent of the product model must be a root product model, "sub" given.',
    ],
    [
      { code: 'm', family: 'nope', family_variant: 'two_levels' },
      'The family "nope" does not match the family of the variant "two_levels".',
    ],
    [
      { code: 'm', family_variant: 'two_levels', values: { nope: value('x') } },
      'Property "nope" does not exist.',
    ],
    [{ code: 'm', quality_scores: [] }, 'Property "quality_scores" does not exist.'],
  ])('are not made from the model %j', async (body, expected) => {
    await variants(async (api) => {
      expect((await api.post('/product-models', body)).body.message).toBe(message(expected))
    })()
  })

  it(
    'do not move their model where it cannot be',
    variants(async (api) => {
      expect((await api.post('/product-models', { values: {} })).body).toEqual(
        failed(
          { property: 'code', message: 'The product model code must not be empty.' },
          { property: 'family_variant', message: 'The product model family variant must not be empty.' },
        ),
      )
      expect((await api.patch('/product-models/sub', { parent: null })).body.message).toBe(
        message('Property "parent" cannot be modified, "NULL" given.'),
      )
      expect((await api.patch('/product-models/root', { parent: 'flat' })).body.message).toBe(
        message('Property "parent" cannot be modified, "flat" given.'),
      )
      expect((await api.patch('/product-models/below', { parent: 'flat', values: {} })).body).toEqual(
        failed({ property: 'parent', message: 'The product model "below" cannot have a parent' }),
      )
      expect((await api.patch('/product-models/wrong', { code: 'right' })).body.message).toBe(
        'The code "right" provided in the request body must match the code "wrong" provided in the url.',
      )
    }),
  )
})
