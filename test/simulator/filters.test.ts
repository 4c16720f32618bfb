import { describe, expect, it } from 'vitest'
import { INVENTED, items, search, withAkeneo } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const refusals: [query: string, status: number, message: string][] = [
  ['scope=nope', 422, 'Scope "nope" does not exist.'],
  ['pagination_type=unknown', 422, 'Pagination type does not exist.'],
  ['locales=nope', 422, 'Locale "nope" does not exist or is not activated.'],
  ['locales=nope, jambon', 422, 'Locales "nope, jambon" do not exist or are not activated.'],
  ['scope=ecommerce&locales=de_DE', 422, 'Locale "de_DE" is not activated for the scope "ecommerce".'],
  [
    'scope=ecommerce&locales=de_DE, zh_CN',
    422,
    'Locales "de_DE, zh_CN" are not activated for the scope "ecommerce".',
  ],
  ['attributes=nope', 422, 'Attribute "nope" does not exist.'],
  ['attributes=nope,jambon', 422, 'Attributes "nope, jambon" do not exist.'],
  ['page=string', 422, '"string" is not a valid page number.'],
  ['page=0', 422, '"0" is not a valid page number.'],
  ['limit=101', 422, 'You cannot request more than 100 items.'],
  ['limit=abc', 422, '"abc" is not a valid limit number.'],
  [
    'with_count=x',
    422,
    'Parameter "with_count" has to be a boolean. Only "true" or "false" allowed, "x" given.',
  ],
  ['search=string', 400, 'Search query parameter should be valid JSON.'],
  ['search={"a_text":{"key"}}', 400, 'Search query parameter should be valid JSON.'],
  [
    'search={"a_text":{"operator":"="}}',
    422,
    'Structure of filter "a_text" should respect this structure: {"a_text":[{"operator": "my_operator", "value": "my_value"}]}',
  ],
  ['search={"a_text":[{"value":"text"}]}', 422, 'Operator is missing for the property "a_text".'],
  ['search={"a_text":[{"operator":["="],"value":"x"}]}', 422, 'Operator has to be a string, "array" given.'],
  [
    'search={"a_text":[{"operator":"BETWEEN","value":"x"}]}',
    422,
    'Filter on property "a_text" is not supported or does not support operator "BETWEEN"',
  ],
  [
    'search={"a_localized_text":[{"operator":"CONTAINS","value":"x"}]}',
    422,
    'Attribute "a_localized_text" expects a locale, none given.',
  ],
  [
    'search={"a_scoped_text":[{"operator":"CONTAINS","value":"x","locale":"en_US"}]}',
    422,
    'Attribute "a_scoped_text" expects a scope, none given.',
  ],
  [
    'search={"a_scoped_text":[{"operator":"CONTAINS","value":"x","locale":"en_US","scope":"nope"}]}',
    422,
    'Attribute "a_scoped_text" expects an existing scope, "nope" given.',
  ],
  [
    'search={"a_localized_text":[{"operator":"CONTAINS","value":"x","locale":"nope"}]}',
    422,
    'Locale "nope" does not exist or is not activated.',
  ],
  [
    'search_locale=zh_HK&search={"a_localized_text":[{"operator":"EMPTY"}]}',
    422,
    'Locale "zh_HK" does not exist or is not activated.',
  ],
  [
    'search={"completeness":[{"operator":"GREATER THAN ON ALL LOCALES","scope":"ecommerce","value":100}]}',
    422,
    'Property "completeness" expects an array with the key "locales".',
  ],
  [
    'search={"completeness":[{"operator":"GREATER THAN ON ALL LOCALES","scope":"ecommerce","value":100,"locales":"fr_FR"}]}',
    422,
    'Property "completeness" expects an array with the key "locales".',
  ],
  ['search={"categories":[{"operator":"IN","value":["nope"]}]}', 422, 'Category "nope" does not exist.'],
  ['search={"categories":[{"operator":"IN","value":["a","b"]}]}', 422, 'Categories "a, b" do not exist.'],
  [
    'search={"family":[{"operator":"IN","value":["nope"]}]}',
    422,
    'Object "family" with code "nope" does not exist',
  ],
  [
    'search={"enabled":[{"operator":"=","value":"yes"}]}',
    422,
    'Property "enabled" expects a boolean as data, "string" given.',
  ],
  [
    'search={"updated":[{"operator":">","value":"2026-01-05T08:00:00"}]}',
    422,
    'Property "updated" expects a string with the format "yyyy-mm-dd H:i:s" as data, "" given.',
  ],
  [
    'search={"updated":[{"operator":"SINCE LAST N DAYS","value":"4"}]}',
    422,
    'Property "updated" expects an integer as data, "string" given.',
  ],
]

describe('lists of products', () => {
  it('refuse what Akeneo refuses, in its words', async () => {
    await withAkeneo({}, async (api) => {
      await fillSmallPim(api)
      for (const [query, status, message] of refusals) {
        const { body } = await api.get(
          `/products?${new URLSearchParams(query.replaceAll('+', '%2B')).toString()}`,
        )
        expect(body, query).toEqual({ code: status, message })
      }
    })
  })

  it('answer an unknown property with 404 by identifier and 422 by uuid', async () => {
    await withAkeneo({}, async (api) => {
      const query = search({ nope: [{ operator: 'EMPTY' }] })
      const message = '"nope" does not exist or you do not have permission to access it.'
      expect((await api.get(`/products?${query}`)).body).toEqual({ code: 404, message })
      expect((await api.get(`/product-models?${query}`)).body).toEqual({ code: 404, message })
      expect((await api.get(`/products-uuid?${query}`)).body).toEqual({ code: 422, message })
    })
  })

  it('stop at the 10,000th item by page', async () => {
    await withAkeneo({}, async (api) => {
      expect((await api.get('/products?page=100&limit=100')).status).toBe(200)
      const { status, body } = await api.get('/products?page=101&limit=100')
      expect(status).toBe(422)
      expect(body.message).toMatch(/^You have reached the maximum number of pages/)
    })
  })

  it('repeat the query in their links, save `search_locale`', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const query = search({ enabled: [{ operator: '=', value: true }] })
      const { body } = await api.get(
        `/products-uuid?limit=2&search_locale=en_US&scope=ecommerce&attributes=name&${query}`,
      )
      expect(body._links?.['next']?.href).toBe(
        `${api.simulator.url}/api/rest/v1/products-uuid?page=2&with_count=false&pagination_type=page&limit=2&search=%7B%22enabled%22:%5B%7B%22operator%22:%22%3D%22,%22value%22:true%7D%5D%7D&scope=ecommerce&attributes=name`,
      )
    })
  })

  it('hide what is in no category once a scope is given', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const count = async (query: string) =>
        (await api.get(`/products?with_count=true&${query}`)).body.items_count
      expect(await count('')).toBe(240)
      expect(await count(search({ categories: [{ operator: 'UNCLASSIFIED' }] }))).toBe(1)
      expect(await count('scope=ecommerce')).toBe(239)
    })
  })

  it('tell children from descendants by the operator on `parent`', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const count = async (operator: string, value: unknown) =>
        (await api.get(`/products?with_count=true&${search({ parent: [{ operator, value }] })}`)).body
          .items_count
      expect(await count('=', 'JACKET_FELL')).toBe(12)
      expect(await count('IN', ['jacket_fell'])).toBe(0)
      expect(await count('IN', ['jacket_fell_sage'])).toBe(4)
      expect(await count('EMPTY', null)).toBe(130)
    })
  })
})

describe('lists of structure', () => {
  it.each([
    ['/categories', 'string', 'The search query parameter must be a valid JSON: Syntax error'],
    ['/families', 'string', 'The search query parameter must be a valid JSON.'],
    [
      '/categories',
      '{"nope":[{"operator":"="}]}',
      'Available search filters are "code, parent, is_root, updated" and you tried to search on unavailable filter "nope"',
    ],
    ['/categories', '{"parent":[{"operator":"=","value":"nope"}]}', 'Parent code nope does not exist.'],
    [
      '/categories',
      '{"updated":[{"operator":">","value":"2026-01-05 08:00:00"}]}',
      'This value is not in a valid ISO 8601 standard datetime format',
    ],
    [
      '/families',
      '{"code":[{"operator":"NOT IN","value":["a"]}]}',
      'In order to search on family codes you must use "IN" operator, "NOT IN" given.',
    ],
  ])('%s refuses %s with 400', async (path, text, message) => {
    await withAkeneo({}, async (api) => {
      expect((await api.get(`${path}?search=${encodeURIComponent(text)}`)).body).toEqual({
        code: 400,
        message,
      })
    })
  })

  it('find whole subtrees, roots, and families with products', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const codes = async (path: string, criteria: Record<string, unknown[]>) =>
        items(await api.get(`${path}?limit=100&${search(criteria)}`)).map(({ code }) => code)
      expect(await codes('/categories', { parent: [{ operator: '=', value: 'lamps' }] })).toEqual([
        'desk_lamps',
        'floor_lamps',
        'pendant_lights',
      ])
      expect(await codes('/categories', { is_root: [{ operator: '=', value: true }] })).toEqual([
        'master',
        'sales',
      ])
      expect(await codes('/families', { has_products: [{ operator: '=', value: false }] })).toEqual([])
      expect(await codes('/attributes', { type: [{ operator: 'IN', value: ['pim_catalog_date'] }] })).toEqual(
        ['release_date'],
      )
      expect(await codes('/locales', { enabled: [{ operator: '=', value: true }] })).toEqual([
        'de_DE',
        'en_US',
        'fr_FR',
      ])
    })
  })
})

describe('quality scores', () => {
  it('are found by letter for a channel and locale', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const listed = await api.get('/products?limit=100&with_quality_scores=true')
      const scored = items(listed).map((item) => {
        const scores = item['quality_scores'] as { scope: string; locale: string; data: string }[]
        return [
          item.identifier,
          scores.find((one) => one.scope === 'ecommerce' && one.locale === 'en_US')?.data,
        ]
      })
      const expected = scored.filter(([, data]) => data === 'A').map(([identifier]) => identifier)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.length).toBeLessThan(scored.length)
      const criterion = { operator: 'IN', value: ['A'], scope: 'ecommerce', locale: 'en_US' }
      const found = items(await api.get(`/products?limit=100&${search({ quality_score: [criterion] })}`))
      // The list was cut at 100, so a longer one may follow it.
      expect(found.slice(0, expected.length).map(({ identifier }) => identifier)).toEqual(expected)
      const wrong = search({ quality_score: [{ ...criterion, value: ['Z'] }] })
      expect((await api.get(`/products?${wrong}`)).body.message).toBe(
        'Property "quality_score" expects values among "A", "B", "C", "D", "E".',
      )
    })
  })
})
