import { describe, expect, it } from 'vitest'
import { startAkeneo } from '../../simulator/akeneo/index.ts'
import { apiOf, items, search, withAkeneo, type Api } from './api.ts'

const named = (property: string, operator: string, value: unknown) =>
  search({ [property]: [{ operator, value }] })

const identifiers = async (api: Api, query: string, path = 'products') =>
  items(await api.get(`/${path}?${query}`)).map(({ identifier, uuid }) => identifier ?? uuid)

describe('a search that names products', () => {
  it('finds them in the order of the list, in any letter case, stored and generated alike', async () => {
    await withAkeneo({ shape: 'small:300' }, async (api) => {
      const all = items(await api.get('/products-uuid?pagination_type=search_after&limit=100'))
      const wanted = [70, 3, 41].map((at) => all[at]?.uuid ?? '')
      expect((await api.patch(`/products-uuid/${wanted[0]}`, { enabled: false })).status).toBe(204)
      const inOrder = [wanted[1], wanted[2], wanted[0]]
      const loud = wanted.map((uuid) => uuid.toUpperCase())
      const stranger = '0f4f2c3b-0000-4000-8000-00000000ffff'
      const query = named('uuid', 'IN', [...loud, stranger, ...wanted])
      expect(await identifiers(api, query, 'products-uuid')).toEqual(inOrder)

      const after = `pagination_type=search_after&limit=2&search_after=${inOrder[0]}`
      expect(await identifiers(api, `${after}&${query}`, 'products-uuid')).toEqual(inOrder.slice(1))
      const counted = await api.get(`/products-uuid?with_count=true&limit=1&page=2&${query}`)
      expect(counted.body.items_count).toBe(3)
      expect(items(counted).map(({ uuid }) => uuid)).toEqual([inOrder[1]])

      const codes = ['p0000200', 'P0000007', 'nobody']
      for (const property of ['identifier', 'sku']) {
        const found = await identifiers(api, named(property, 'IN', codes))
        expect(found.map((code) => code?.toLowerCase())).toEqual(['p0000007', 'p0000200'])
        expect(await identifiers(api, named(property, '=', 'p0000007'))).toEqual([found[0]])
      }
    })
  })

  it('keeps to its other conditions, and to what is there', async () => {
    await withAkeneo({ shape: 'small:300' }, async (api) => {
      const [first, second] = items(await api.get('/products-uuid?limit=2'))
      const uuids = [first?.uuid ?? '', second?.uuid ?? '']
      const both = (more: object) => search({ uuid: [{ operator: 'IN', value: uuids }], ...more })
      expect((await api.patch(`/products-uuid/${uuids[0]}`, { enabled: false })).status).toBe(204)
      const off = both({ enabled: [{ operator: '=', value: false }] })
      expect(await identifiers(api, off, 'products-uuid')).toEqual([uuids[0]])
      expect((await api.delete(`/products-uuid/${uuids[0]}`)).status).toBe(204)
      expect(await identifiers(api, both({}), 'products-uuid')).toEqual([uuids[1]])
      expect(await identifiers(api, named('uuid', 'IN', []), 'products-uuid')).toEqual([])
    })
  })

  it('goes by the identifier that the search index knows', async () => {
    const simulator = await startAkeneo({ searchLagMs: 60_000 })
    try {
      const api = await apiOf(simulator)
      await api.post('/products', { identifier: 'before' })
      expect(await identifiers(api, named('identifier', '=', 'before'))).toEqual([])
      simulator.clock.advance(60_000)
      expect(await identifiers(api, named('identifier', '=', 'before'))).toEqual(['before'])
      expect((await api.patch('/products/before', { identifier: 'behind' })).status).toBe(204)
      expect(await identifiers(api, named('sku', 'IN', ['before']))).toHaveLength(1)
      expect(await identifiers(api, named('sku', 'IN', ['behind']))).toEqual([])
      simulator.clock.advance(60_000)
      expect(await identifiers(api, named('sku', 'IN', ['before']))).toEqual([])
      expect(await identifiers(api, named('sku', 'IN', ['behind']))).toEqual(['behind'])
    } finally {
      await simulator.close()
    }
  })
})
