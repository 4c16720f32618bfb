import { describe, expect, it } from 'vitest'
import { itemOf, type Api } from './api.ts'
import { failed, message, smallPim, value } from './small-pim.ts'

const axis = (message: string) => failed({ property: 'attribute', message })

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
      const { family, parent, values } = itemOf(await api.get('/products/v'))
      expect([family, parent]).toEqual(['familyA', 'sub'])
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
      const { parent, categories, values } = itemOf(await api.get('/products/v'))
      expect([parent, categories]).toEqual([null, ['shoes']])
      expect(values['a_text']).toEqual(value('sub'))

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
    "come back to their model by identifier without what is the models', which is refused by uuid",
    variants(async (api) => {
      await api.post('/products', { identifier: 'v', parent: 'sub', values: { a_yes_no: value(true) } })
      await api.patch('/products/v', { parent: null })
      await api.patch('/products/v', { values: { a_text: value('simple'), a_text_area: value('own') } })
      const { uuid, values } = itemOf(await api.get('/products/v'))
      expect(values['a_text']).toEqual(value('simple'))
      const byUuid = await api.patch(`/products-uuid/${uuid}`, { parent: 'sub' })
      expect(byUuid.body.errors?.[0]?.message).toMatch(/^Cannot set the property "[a-z_]+" to this entity/)
      expect((await api.patch('/products/v', { parent: 'sub' })).status).toBe(201)
      const variant = itemOf(await api.get('/products/v'))
      expect(variant.values['a_text']).toEqual(value('sub'))
      expect(variant.values['a_text_area']).toEqual(value('own'))
      expect(variant.values['a_yes_no']).toEqual(value(true))
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
