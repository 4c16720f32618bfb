import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { apiOf, INVENTED, itemOf, items, search, type Api, type Item } from './api.ts'
import { fillSmallPim } from './small-pim.ts'

const started: Api[] = []
let small: Api
let invented: Api

beforeAll(async () => {
  small = await apiOf(await startAkeneo())
  started.push(small)
  await fillSmallPim(small)
  invented = await apiOf(await startAkeneo({ catalog: INVENTED }))
  started.push(invented)
})

afterAll(async () => {
  for (const { simulator } of started) await simulator.close()
})

type Input = { locale: string | null; scope: string | null; data: string | null }

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((data) => data.trim() !== '')
const input = (locale: fc.Arbitrary<string | null>, scope: string | null) =>
  fc.record({ locale, scope: fc.constant(scope), data: fc.option(text, { nil: null }) })
const locale = fc.constantFrom('en_US', 'fr_FR')
const values = fc.record(
  {
    a_text: fc.tuple(input(fc.constant(null), null)),
    a_localized_text: fc.uniqueArray(input(locale, null), {
      selector: (value) => value.locale,
      minLength: 1,
    }),
    a_scoped_text: fc.uniqueArray(input(locale, 'ecommerce'), {
      selector: (value) => value.locale,
      minLength: 1,
    }),
  },
  { requiredKeys: [] },
)

/** The documented rule, written down once more and as plainly as it can be. */
function merge(before: Map<string, Input>, patch: Record<string, Input[] | undefined>): Map<string, Input> {
  const after = new Map(before)
  for (const [attribute, inputs] of Object.entries(patch)) {
    for (const value of inputs ?? []) {
      const key = `${attribute} ${value.locale} ${value.scope}`
      if (value.data === null) after.delete(key)
      else after.set(key, value)
    }
  }
  return after
}

describe('properties', () => {
  it('PATCH then GET agrees with the documented merge rule', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 4 }), async (patches) => {
        const path = `/products/merge-${number++}`
        let expected = new Map<string, Input>()
        for (const patch of patches) {
          const answer = await small.patch(path, { values: patch })
          expect([201, 204]).toContain(answer.status)
          expected = merge(expected, patch)
        }
        const { values: shown } = itemOf(await small.get(path))
        const found = Object.entries(shown)
          .filter(([attribute]) => attribute !== 'sku')
          .flatMap(([attribute, entries]) =>
            entries.map((entry): [string, Input] => [
              `${attribute} ${entry.locale} ${entry.scope}`,
              entry as Input,
            ]),
          )
        expect(new Map(found)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('paging returns each item once, for every page size and in both modes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom('products-uuid', 'products', 'product-models', 'categories', 'attributes'),
        fc.boolean(),
        async (limit, list, byCursor) => {
          const cursor = byCursor && list.startsWith('product') ? '&pagination_type=search_after' : ''
          const seen: string[] = []
          for (let path: string | undefined = `/${list}?limit=${limit}${cursor}`; path !== undefined;) {
            const page = await invented.get(path)
            expect(page.status).toBe(200)
            seen.push(...items(page).map((item) => (item['_links'] as { self: { href: string } }).self.href))
            path = page.body._links?.['next']?.href
          }
          const whole = items(await invented.get(`/${list}?limit=100`)).length
          expect(new Set(seen).size).toBe(seen.length)
          expect(seen.length).toBeGreaterThanOrEqual(whole)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('filter results equal a naive filter', async () => {
    const all: Item[] = []
    for (let path: string | undefined = '/products?limit=100'; path !== undefined;) {
      const page = await invented.get(path)
      all.push(...items(page))
      path = page.body._links?.['next']?.href
    }
    const second = (at: unknown) => Date.parse(String(at)) / 1000
    const asDate = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')
    const instant = fc.integer({ min: second('2026-01-05T08:00:00Z'), max: second('2026-01-05T08:00:16Z') })
    const dataOf = (item: Item, code: string) => item.values[code]?.[0]?.data
    const criterion = fc.oneof(
      fc.boolean().map((value) => ({
        property: 'enabled',
        operator: '=',
        value,
        holds: (item: Item) => item['enabled'] === value,
      })),
      fc.subarray(['lamps', 'jackets', 'kits'], { minLength: 1 }).map((value) => ({
        property: 'family',
        operator: 'IN',
        value,
        holds: (item: Item) => value.includes(String(item['family'])),
      })),
      fc.constantFrom('EMPTY', 'NOT EMPTY').map((operator) => ({
        property: 'parent',
        operator,
        value: null,
        holds: (item: Item) => (item.parent === null) === (operator === 'EMPTY'),
      })),
      fc.tuple(instant, fc.constantFrom('<', '>', '=', '!=')).map(([at, operator]) => ({
        property: 'created',
        operator,
        value: asDate(at),
        holds: (item: Item) => {
          const created = second(item['created'])
          return { '<': created < at, '>': created > at, '=': created === at, '!=': created !== at }[operator]
        },
      })),
      fc.constantFrom('northlamp', 'fjordlys').map((brand) => ({
        property: 'brand',
        operator: 'IN',
        value: [brand],
        holds: (item: Item) => dataOf(item, 'brand') === brand,
      })),
      fc.integer({ min: 0, max: 300 }).map((bound) => ({
        property: 'stock_main',
        operator: '>=',
        value: bound,
        holds: (item: Item) =>
          dataOf(item, 'stock_main') !== undefined && Number(dataOf(item, 'stock_main')) >= bound,
      })),
      fc.constantFrom('light', 'Fjord', '7').map((part) => ({
        property: 'name',
        operator: 'CONTAINS',
        value: part,
        holds: (item: Item) => String(dataOf(item, 'name')).toLowerCase().includes(part.toLowerCase()),
      })),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(criterion, { selector: ({ property }) => property, minLength: 1, maxLength: 3 }),
        async (criteria) => {
          const query = search(
            Object.fromEntries(
              criteria.map(({ property, operator, value }) => [property, [{ operator, value }]]),
            ),
          )
          const answer = await invented.get(`/products?limit=100&with_count=true&${query}`)
          const expected = all.filter((item) => criteria.every(({ holds }) => holds(item)))
          expect(answer.body.items_count).toBe(expected.length)
          expect(items(answer).map(({ identifier }) => identifier)).toEqual(
            expected.slice(0, 100).map(({ identifier }) => identifier),
          )
        },
      ),
      { numRuns: 80 },
    )
  })
})
