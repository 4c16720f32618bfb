import { describe, expect, it } from 'vitest'
import { withAkeneo, type Body } from './api.ts'

const PRODUCTS = '/api/rest/v1/products*'

describe('faults', () => {
  it('throttle with and without Retry-After, with or without a body', async () => {
    await withAkeneo({}, async (api) => {
      api.simulator.fault({ path: PRODUCTS, status: 429, retryAfter: 15, count: 1 })
      const first = await api.get('/products')
      expect([first.status, first.headers.get('retry-after'), first.body.message]).toEqual([
        429,
        '15',
        'You have exceeded the limit of API requests per second.',
      ])
      api.simulator.fault({ path: PRODUCTS, status: 429, body: 'empty', count: 1 })
      const second = await api.get('/products')
      expect([second.status, second.headers.get('retry-after'), second.text]).toEqual([429, null, ''])
      api.simulator.fault({ path: PRODUCTS, status: 503, body: 'html', count: 1 })
      expect((await api.get('/products')).text).toMatch(/^<html>/)
      expect((await api.get('/products')).status).toBe(200)
    })
  })

  it('strike after, every and until', async () => {
    await withAkeneo({}, async (api) => {
      api.simulator.fault({ path: PRODUCTS, status: 500, after: 1, every: 2 })
      const statuses: number[] = []
      for (let call = 0; call < 5; call++) statuses.push((await api.get('/products')).status)
      expect(statuses).toEqual([200, 200, 500, 200, 500])
      api.simulator.clearFaults()
      const until = new Date(api.simulator.clock.now().getTime() + 60_000).toISOString()
      api.simulator.fault({ status: 502, until })
      expect((await api.get('/products')).status).toBe(502)
      api.simulator.clock.advance(60_001)
      expect((await api.get('/products')).status).toBe(200)
    })
  })

  it('reset sockets, cut bodies and break JSON', async () => {
    await withAkeneo({}, async (api) => {
      for (const fault of [{ reset: true }, { cutAfterBytes: 10 }]) {
        api.simulator.fault({ ...fault, count: 1 })
        await expect(api.get('/attributes')).rejects.toThrow()
      }
      api.simulator.fault({ malformed: true, count: 1 })
      const { status, text } = await api.get('/attributes')
      expect(status).toBe(200)
      expect(() => JSON.parse(text) as unknown).toThrow()
    })
  })

  it('are refused with the field that cannot be meant so', async () => {
    await withAkeneo({}, async (api) => {
      const { url } = api.simulator
      const post = async (rules: unknown) => {
        const response = await fetch(`${url}/_simulator/faults`, {
          method: 'POST',
          body: JSON.stringify(rules),
        })
        return `${response.status} ${((await response.json()) as Body).message}`
      }
      expect(await post({ stauts: 500 })).toBe('400 fault rule: Unrecognized key: "stauts"')
      expect(await post([{ status: 503 }, { status: 'x' }])).toMatch(/^400 fault rule: status: /)
      expect(await post({ status: 99 })).toMatch(/^400 fault rule: status: /)
      expect(await post({ from: 'soon' })).toMatch(/^400 fault rule: from: an instant like /)
      expect(await post({ page: 'other' })).toMatch(/^400 fault rule: page: /)
      expect(await post('reset')).toMatch(/^400 fault rule: /)
      expect(() => api.simulator.fault({ probability: 2 })).toThrow('fault rule: probability: ')
      expect((await api.get('/products')).status).toBe(200)
    })
  })

  it('cut a collection’s answer after a line, with the work of all lines done', async () => {
    await withAkeneo({}, async (api) => {
      api.simulator.fault({ method: 'PATCH', cutAfterLine: 1, count: 1 })
      const lines = ['a', 'b', 'c'].map((code) => ({ code }))
      const outcome = await api.patchLines('/categories', lines).catch(() => undefined)
      expect(outcome?.lines.length ?? 0).toBeLessThan(3)
      await expect.poll(async () => (await api.get('/categories/c')).status).toBe(200)
    })
  })

  it('slow, cut and break the answers of collections as they do those of other calls', async () => {
    await withAkeneo({}, async (api) => {
      const lines = ['a', 'b', 'c'].map((code) => ({ code }))
      api.simulator.fault({ method: 'PATCH', malformed: true, count: 1 })
      const { status, text } = await api.patchLines('/categories', lines)
      expect(status).toBe(200)
      expect(() => text.split('\n').map((line) => JSON.parse(line) as unknown)).toThrow()

      api.simulator.fault({ method: 'PATCH', slowBodyMs: 30, count: 1 })
      const before = performance.now()
      expect((await api.patchLines('/categories', lines)).lines).toHaveLength(3)
      expect(performance.now() - before).toBeGreaterThan(80)

      const twoLines = '{"line":1,"code":"d","status_code":201}\n{"line":2,"code":"e","status_code":201}'
      api.simulator.fault({ method: 'PATCH', cutAfterBytes: twoLines.length - 5, count: 1 })
      const fresh = ['d', 'e', 'f'].map((code) => ({ code }))
      await expect(api.patchLines('/categories', fresh)).rejects.toThrow()
      await expect.poll(async () => (await api.get('/categories/f')).status).toBe(200)
    })
  })

  it('forget every token in the middle of a run', async () => {
    await withAkeneo({}, async (api) => {
      api.simulator.fault({ path: PRODUCTS, revokeTokens: true, count: 1 })
      expect((await api.get('/products')).body.message).toBe('The access token provided is invalid.')
      expect((await api.get('/products')).status).toBe(401)
    })
  })

  it('count calls that overlap, also those whose client has gone away', async () => {
    await withAkeneo({ latencyMs: 300 }, async (api) => {
      api.simulator.resetRequests()
      const gone = fetch(`${api.simulator.url}/api/rest/v1`, { signal: AbortSignal.timeout(50) }).catch(
        () => undefined,
      )
      await gone
      await Promise.all([api.get('/products'), api.get('/products'), api.get('/products')])
      expect(api.simulator.counters()).toMatchObject({ calls: 4, peakConcurrent: 4 })
      expect(api.simulator.counters().peakConcurrentByConnection).toEqual({ simulator: 3 })
    })
  })

  it('limit calls as documented when asked to', async () => {
    await withAkeneo({ limits: true, latencyMs: 100 }, async (api) => {
      const statuses = await Promise.all(
        Array.from({ length: 6 }, async () => (await api.get('/products')).status),
      )
      expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    })
  })
})

describe('the control API', () => {
  it('moves the clock, edits, shows the log and sets faults, outside of every count', async () => {
    await withAkeneo({}, async (api) => {
      const { url } = api.simulator
      const control = async (method: string, path: string, body?: unknown) => {
        const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
        const response = await fetch(`${url}/_simulator/${path}`, init)
        return { status: response.status, body: (await response.json()) as Body }
      }
      await api.post('/categories', { code: 'master' })
      const before = api.simulator.clock.now().getTime()
      const moved = (await control('POST', 'clock', { advanceMs: 600_000 })).body['now'] as string
      expect(Date.parse(moved) - before).toBeGreaterThanOrEqual(600_000)
      const edit = { resource: 'category', code: 'master', patch: { labels: { en_US: 'M' } } }
      expect((await control('POST', 'edits', { edits: [edit], at: '2029-12-31T23:59:00Z' })).status).toBe(200)
      expect((await api.get('/categories/master')).body['updated']).toBe('2029-12-31T23:59:00+00:00')
      const { calls } = (await control('GET', 'counters')).body as { calls: number }
      expect(calls).toBe(3)
      expect(((await control('GET', 'requests')).body as unknown as unknown[]).length).toBe(calls)
      await control('POST', 'faults', { status: 500, count: 1 })
      expect((await api.get('/categories')).status).toBe(500)
      expect((await control('POST', 'edits', [{ ...edit, code: 'nope' }])).status).not.toBe(200)
      expect((await control('GET', 'nope')).status).toBe(404)
    })
  })

  it('refuses what it cannot do, with what was wrong of it', async () => {
    await withAkeneo({}, async (api) => {
      const post = async (path: string, body: unknown) => {
        const url = `${api.simulator.url}/_simulator/${path}`
        const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
        return `${response.status} ${((await response.json()) as Body).message}`
      }
      const edit = { resource: 'category', code: 'master', patch: {} }
      expect(await post('edits', [{ ...edit, resource: 'family' }])).toMatch(/^400 edit: resource: /)
      expect(await post('edits', [{ ...edit, code: undefined }])).toMatch(/^400 edit: code: /)
      expect(await post('edits', [{ ...edit, patch: undefined }])).toMatch(/^400 edit: patch: /)
      expect(await post('edits', [{ ...edit, remove: true }])).toBe('400 edit: Unrecognized key: "remove"')
      expect(await post('edits', [5])).toMatch(/^400 edit: /)
      expect(await post('edits', { edits: [edit], at: 5 })).toBe('400 "at" is an instant as text.')
      expect(await post('edits', [edit])).toMatch(/^422 category "master" was refused: /)
      expect(await post('export', { folder: '/dev/null/out' })).toMatch(/^400 ENOTDIR: /)
    })
  })
})
