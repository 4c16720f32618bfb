import { describe, expect, it } from 'vitest'
import { items, withAkeneo } from './api.ts'
import { failed, smallPim } from './small-pim.ts'

describe('channels, groups, association types', () => {
  it(
    'refuse what they cannot hold',
    smallPim(async (api) => {
      expect(
        (await api.post('/channels', { code: 'a', currencies: ['EUR'], locales: ['fr_FR'] })).body,
      ).toEqual(failed({ property: 'category_tree', message: 'This value should not be blank.' }))
      expect((await api.patch('/channels/ecommerce', { currencies: ['ADP'] })).body).toEqual(
        failed({ property: 'currencies', message: 'The currency "ADP" has to be activated.' }),
      )
      expect((await api.patch('/channels/ecommerce', { locales: {} })).body).toEqual(
        failed({ property: 'locales', message: 'This collection should contain 1 element or more.' }),
      )
      expect((await api.patch('/attribute-groups/other', { sort_order: -1 })).body).toEqual(
        failed({ property: 'sort_order', message: 'This value should be greater than or equal to 0.' }),
      )
      expect((await api.patch('/association-types/X_SELL', { is_quantified: true })).body).toEqual(
        failed({ property: 'is_quantified', message: 'This property cannot be changed.' }),
      )
    }),
  )

  it(
    'decide in which currencies prices are shown; the other amounts come back with their currency',
    smallPim(async (api) => {
      const prices = [
        { amount: '10.00', currency: 'EUR' },
        { amount: '12.00', currency: 'USD' },
      ]
      const shown = async () => {
        const { values } = (await api.get('/products/priced')).body as {
          values: Record<string, { data: unknown }[]>
        }
        return values['a_price']?.[0]?.data
      }
      await api.patch('/channels/ecommerce', { currencies: ['EUR', 'USD'] })
      const values = { a_price: [{ locale: null, scope: null, data: prices }] }
      expect((await api.post('/products', { identifier: 'priced', values })).status).toBe(201)
      expect(await shown()).toEqual(prices)
      await api.patch('/channels/ecommerce', { currencies: ['EUR'] })
      const others = items(await api.get('/channels')).filter(({ code }) => code !== 'ecommerce')
      expect(others.flatMap(({ currencies }) => currencies)).not.toContain('USD')
      expect(await shown()).toEqual([prices[0]])
      await api.patch('/channels/ecommerce', { currencies: ['USD'] })
      expect(await shown()).toEqual([prices[1]])
      await api.patch('/channels/ecommerce', { currencies: ['EUR', 'USD'] })
      expect(await shown()).toEqual(prices)
    }),
  )

  it(
    'move attributes between groups',
    smallPim(async (api) => {
      expect((await api.post('/attribute-groups', { code: 'texts', attributes: ['a_text'] })).status).toBe(
        201,
      )
      expect((await api.get('/attributes/a_text')).body['group']).toBe('texts')
      await api.patch('/attribute-groups/texts', { attributes: [] })
      expect((await api.get('/attributes/a_text')).body['group']).toBe('other')
    }),
  )
})

describe('a collection', () => {
  it(
    'answers every line in order, whatever became of the others',
    smallPim(async (api) => {
      const { status, headers, lines } = await api.patchLines('/families', [
        { code: 'familyC' },
        '{"code": "half',
        '',
        { identifier: 'x' },
        { code: 12 },
        { code: 'foo,' },
        { code: 'familyC', labels: { en_US: 'C' } },
      ])
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe('application/vnd.akeneo.collection+json')
      expect(lines).toEqual([
        { line: 1, code: 'familyC', status_code: 201 },
        { line: 2, status_code: 400, message: 'Invalid json message received' },
        { line: 3, status_code: 400, message: 'Invalid json message received' },
        { line: 4, status_code: 422, message: 'Code is missing.' },
        { line: 5, status_code: 422, message: 'code must be of type string.' },
        {
          line: 6,
          code: 'foo,',
          status_code: 422,
          message: 'Validation failed.',
          errors: [
            { property: 'code', message: 'Family code may contain only letters, numbers and underscores' },
          ],
        },
        { line: 7, code: 'familyC', status_code: 204 },
      ])
    }),
  )

  it('is refused whole beyond 100 lines, and line by line beyond a million bytes', async () => {
    await withAkeneo({}, async (api) => {
      const many = await api.patchLines(
        '/categories',
        Array.from({ length: 101 }, (_, index) => ({ code: `c${index}` })),
      )
      expect([many.status, many.body.message]).toEqual([
        413,
        'Too many resources to process, 100 is the maximum allowed.',
      ])
      expect(items(await api.get('/categories'))).toEqual([])
      const long = `{"code":"foo"}${' '.repeat(1_000_000)}`
      const { lines } = await api.patchLines('/categories', [long, { code: 'short' }, 'a'.repeat(1_000_000)])
      expect(lines).toEqual([
        { line: 1, status_code: 413, message: 'Line is too long.' },
        { line: 2, code: 'short', status_code: 201 },
        { line: 3, status_code: 400, message: 'Invalid json message received' },
      ])
    })
  })

  it('wants its own content type', async () => {
    await withAkeneo({}, async (api) => {
      const { status, body } = await api.patch('/categories', { code: 'a' })
      expect(status).toBe(415)
      expect(body.message).toBe(
        '"application/json" in "Content-Type" header is not valid. Only "application/vnd.akeneo.collection+json" is allowed.',
      )
    })
  })
})
