import { describe, expect, it } from 'vitest'
import { INVENTED, itemOf, items, search, withAkeneo, type Api, type Item } from './api.ts'

async function everyPage(api: Api, first: string): Promise<Item[]> {
  const found: Item[] = []
  for (let path: string | undefined = first; path !== undefined;) {
    const page = await api.get(path)
    found.push(...items(page))
    path = page.body._links?.['next']?.href
  }
  return found
}

describe('a loaded catalogue', () => {
  it('is paged once through by cursor, whatever the page size', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      for (const limit of [7, 40, 100]) {
        const found = await everyPage(api, `/products-uuid?pagination_type=search_after&limit=${limit}`)
        expect(new Set(found.map(({ uuid }) => uuid)).size).toBe(240)
        expect(found).toHaveLength(240)
      }
    })
  })

  it('answers a full last page with a link to an empty one', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const last = await api.get('/products?limit=60&page=4&with_count=true')
      expect(last.body.items_count).toBe(240)
      const empty = await api.get(last.body._links?.['next']?.href ?? '')
      expect(items(empty)).toEqual([])
      expect(empty.body._links).not.toHaveProperty('next')
    })
  })

  it('shows a variant with the values and categories of both its models', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const { parent, categories, values } = itemOf(await api.get('/products/CAL-FELL-SAGE-XL'))
      expect(parent).toBe('jacket_fell_sage')
      expect(categories).toEqual(['clearance', 'jackets', 'sales_jackets'])
      expect(values['material']?.[0]?.data).toBe('wool')
      expect(values['color']?.[0]?.data).toBe('sage')
      expect(values['size']?.[0]?.data).toBe('xl')
    })
  })

  it('finds the variants of a changed model by its date, while their own date stays', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const before = await api.get('/products/FJ-FJORD-WHITE')
      const patch = { values: { name: [{ locale: null, scope: null, data: 'Fjord, new' }] } }
      api.simulator.edit(
        [{ resource: 'product-model', code: 'fjord_pendant', patch }],
        new Date('2026-02-01T10:00:00Z'),
      )
      const changed = search({ updated: [{ operator: '>', value: '2026-02-01 09:59:59' }] })
      const found = items(await api.get(`/products-uuid?limit=100&${changed}`))
      expect(found).toHaveLength(5)
      expect(found.map(({ updated }) => updated)).not.toContain('2026-02-01T10:00:00+00:00')
      expect((await api.get('/products/FJ-FJORD-WHITE')).body['updated']).toBe(before.body['updated'])
    })
  })

  it('lets lists trail writes, and variants trail their model still longer', async () => {
    await withAkeneo({ catalog: INVENTED, searchLagMs: 2_000, variantLagMs: 60_000 }, async (api) => {
      const { simulator } = api
      const at = simulator.clock.now()
      const patch = { values: { name: [{ locale: null, scope: null, data: 'Fjord, new' }] } }
      simulator.edit([{ resource: 'product-model', code: 'fjord_pendant', patch }])
      const since = new Date(at.getTime() - 1_000).toISOString().slice(0, 19).replace('T', ' ')
      const changed = search({ updated: [{ operator: '>', value: since }] })
      const counts = async () => [
        items(await api.get(`/product-models?${changed}`)).length,
        items(await api.get(`/products-uuid?${changed}`)).length,
      ]
      expect((await api.get('/product-models/fjord_pendant')).body['updated']).not.toMatch(/^2026-01-05/)
      expect(await counts()).toEqual([0, 0])
      simulator.clock.advance(2_000)
      expect(await counts()).toEqual([1, 0])
      simulator.clock.advance(58_000)
      expect(await counts()).toEqual([1, 5])
    })
  })

  it('lists categories parent first, by tree', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const found = items(await api.get('/categories?limit=100&with_position=true'))
      expect(found).toHaveLength(12)
      const seen = new Set<string | undefined>()
      for (const { code, parent } of found) {
        if (parent !== null) expect(seen).toContain(parent)
        seen.add(code)
      }
      expect(found[2]?.['position']).toBe(1)
    })
  })

  it('dates its answers by its own clock', async () => {
    await withAkeneo({}, async (api) => {
      api.simulator.clock.set(new Date('2031-05-06T07:08:09Z'))
      const { headers } = await api.get('')
      expect(headers.get('date')).toBe('Tue, 06 May 2031 07:08:09 GMT')
    })
  })

  it('reads search dates in its time zone', async () => {
    await withAkeneo({ catalog: INVENTED, timezone: 'Europe/Paris' }, async (api) => {
      const find = async (value: string) =>
        items(await api.get(`/products?limit=1&${search({ created: [{ operator: '=', value }] })}`)).length
      expect(await find('2026-01-05 09:00:02')).toBe(1)
      expect(await find('2026-01-05 08:00:02')).toBe(0)
      expect((await api.get('/products/NL-DL7-W')).body['created']).toMatch(/\+01:00$/)
    })
  })
})
