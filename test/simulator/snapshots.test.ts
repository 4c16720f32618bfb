import { describe, expect, it } from 'vitest'
import { INVENTED, withAkeneo, type Api } from './api.ts'

/** What a client can see of the catalogue, dates included. */
async function everything(api: Api): Promise<unknown[]> {
  const paths = [
    '/products?limit=100&with_completenesses=true',
    '/product-models?limit=100',
    '/categories?limit=100&with_position=true',
    '/families?limit=100',
    '/attributes?limit=100',
    '/attribute-groups?limit=100',
    '/channels?limit=100',
    '/association-types?limit=100',
    '/media-files?limit=100',
    '/measurement-families',
    '/reference-entities',
  ]
  return Promise.all(paths.map(async (path) => (await api.get(path)).body))
}

async function control(api: Api, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api.simulator.url}/_simulator/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return answer.json()
}

describe('the control API', () => {
  it('answers no web page', async () => {
    await withAkeneo({}, async (api) => {
      const url = `${api.simulator.url}/_simulator/clock`
      const body = JSON.stringify({ advanceMs: 60_000 })
      const asPage = await fetch(url, { method: 'POST', body, headers: { origin: 'https://example.com' } })
      expect(asPage.status).toBe(403)
      expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
    })
  })
})

describe('a snapshot', () => {
  it('brings everything back, as often as it is asked', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      await api.patch('/reference-entities/brand', { labels: { en_US: 'Brand' } })
      const before = await everything(api)
      api.simulator.snapshot()
      for (let round = 0; round < 2; round++) {
        const [first] = (before[0] as { _embedded: { items: { identifier: string }[] } })._embedded.items
        await api.delete(`/products/${String(first?.identifier)}`)
        await api.post('/products', { identifier: `new ${round}`, categories: [] })
        await api.patch('/categories/master', { labels: { en_US: 'Changed' } })
        await api.post('/categories', { code: 'another', parent: 'master' })
        await api.post('/attributes', { code: 'another', type: 'pim_catalog_text', group: 'other' })
        await api.patch('/reference-entities/brand', { labels: { en_US: 'Changed' } })
        await api.patch('/reference-entities/brand/records', [{ code: 'kartell' }])
        const [model] = (before[1] as { _embedded: { items: { code: string }[] } })._embedded.items
        expect((await api.delete(`/product-models/${String(model?.code)}`)).status).toBe(204)
        expect(await everything(api)).not.toEqual(before)
        api.simulator.restore()
        expect(await everything(api)).toEqual(before)
      }
      expect((await api.get('/reference-entities/brand/records/kartell')).status).toBe(404)
    })
  })

  it('goes back under what is generated, and keeps what the index does not know yet', async () => {
    await withAkeneo({ shape: 'small', searchLagMs: 60_000 }, async (api) => {
      await api.patch('/products/P0000001', { enabled: false })
      const list = async () => (await api.get('/products?limit=2')).body
      const before = await list()
      api.simulator.snapshot('early')
      await api.delete('/products/P0000000')
      api.simulator.clock.advance(60_000)
      expect(await list()).not.toEqual(before)
      api.simulator.restore('early')
      expect((await api.get('/products/P0000000')).status).toBe(200)
      expect((await api.get('/products?with_count=true')).body.items_count).toBe(5_000)
    })
  })

  it('has a name over HTTP', async () => {
    await withAkeneo({}, async (api) => {
      await control(api, 'POST', 'snapshots', { name: 'empty' })
      await api.post('/categories', { code: 'a' })
      expect(await control(api, 'POST', 'snapshots')).toEqual({ snapshots: ['empty', 'default'] })
      expect(await control(api, 'POST', 'snapshots/restore', { name: 'empty' })).toEqual({
        restored: 'empty',
      })
      expect((await api.get('/categories/a')).status).toBe(404)
      await control(api, 'POST', 'snapshots/restore')
      expect((await api.get('/categories/a')).status).toBe(200)
      expect(await control(api, 'POST', 'snapshots/restore', { name: 'x' })).toMatchObject({ code: 404 })
      expect(() => api.simulator.restore('x')).toThrow('There is no snapshot "x".')
    })
  })
})
