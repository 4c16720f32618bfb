import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ContractError, RefusedError, TransientError } from '../../../connectors/errors.ts'
import { createHttp } from '../../../connectors/http.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, failureOf, json, once, type StandIn, standIn } from './helpers.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

let akeneo: StandIn | undefined
afterEach(async () => {
  await akeneo?.close()
  akeneo = undefined
})

let connections = 0

/** A client of a connection of its own, so that tests do not wait for each other's lanes. */
function clientTo(url: string, settings: Record<string, unknown> = {}) {
  connections++
  return clientOf(
    database.sql,
    connectionTo(url, { name: `connection-${connections}`, productIdFormat: 'uuid', ...settings }),
  )
}

const readFamilies = (url: string, settings: Record<string, unknown> = {}) =>
  once(clientTo(url, settings), (calls) => calls.readPage('families', { cursor: null }))

const page = (items: unknown[], next?: string) => ({
  _links: { self: { href: 'x' }, ...(next === undefined ? {} : { next: { href: next } }) },
  _embedded: { items },
})

describe('an answer that is none', () => {
  it.each([
    [400, RefusedError, 'bad-request'],
    [401, RefusedError, 'unauthorized'],
    [403, RefusedError, 'forbidden'],
    [404, RefusedError, 'no-such-route'],
    [405, RefusedError, 'method-not-allowed'],
    [406, RefusedError, 'not-acceptable'],
    [408, TransientError, 'timeout'],
    [409, RefusedError, 'unexpected-status'],
    [415, RefusedError, 'media-type'],
    [422, RefusedError, 'unprocessable'],
    [429, TransientError, 'too-many-requests'],
    [500, TransientError, 'server-error'],
    [502, TransientError, 'server-error'],
    [503, TransientError, 'server-error'],
    [504, TransientError, 'server-error'],
  ])('with status %i is a %o: %s', async (status, kind, code) => {
    akeneo = await standIn((_request, response) =>
      json(response, status, { code: status, message: 'Says why.' }),
    )
    const failure = await failureOf(readFamilies(akeneo.url))
    expect(failure).toBeInstanceOf(kind)
    expect(failure).toMatchObject({ code })
    const { message } = failure as Error
    expect(message).toContain('GET /api/rest/v1/families of connection-')
    expect(message).toContain(`${status} "Says why."`)
    expect(message.split('\n')[0]).toMatch(/\.$/)
  })

  it('is passing when it is the page of a proxy, whatever its status', async () => {
    for (const status of [200, 502]) {
      const html = await standIn((_request, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>canary maintenance</html>')
      })
      const failure = await failureOf(readFamilies(html.url))
      expect(failure).toBeInstanceOf(TransientError)
      expect((failure as Error).message).not.toContain('canary')
      await html.close()
    }
  })

  it('is against the contract when it is JSON without the envelope of a page', async () => {
    akeneo = await standIn((_request, response) => json(response, 200, { hello: 'canary' }))
    const failure = await failureOf(readFamilies(akeneo.url))
    expect(failure).toBeInstanceOf(ContractError)
    expect((failure as Error).message).not.toContain('canary')
  })

  it.each([
    ['seconds', () => '3', 2900, 3000],
    ['an HTTP date', () => new Date(Date.now() + 30_000).toUTCString(), 25_000, 31_000],
    ['nothing', () => undefined, 300, 1000],
  ])('429 with %s says when to come again', async (_case, retryAfterOf, least, most) => {
    akeneo = await standIn((_request, response) => {
      const retryAfter = retryAfterOf()
      json(response, 429, {}, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    })
    const [before] = await database.sql<{ at: Date }[]>`select clock_timestamp() as at`
    const failure = await failureOf(readFamilies(akeneo.url, { retry: { initialIntervalMs: 500 } }))
    expect(failure).toMatchObject({ code: 'too-many-requests', benign: true })
    const { retryAfterMs } = failure as TransientError
    expect(retryAfterMs).toBeGreaterThanOrEqual(least)
    expect(retryAfterMs).toBeLessThanOrEqual(most)
    const [host] = await database.sql<{ notBefore: Date }[]>`
      select not_before as "notBefore" from akeneo_host where host = ${new URL(akeneo.url).host}`
    expect(host?.notBefore.getTime()).toBeGreaterThanOrEqual((before?.at.getTime() ?? Infinity) + least)
  })

  it('asks twice, not more, when every token is refused', async () => {
    akeneo = await standIn((_request, response) => json(response, 401, { code: 401, message: 'No.' }))
    await failureOf(readFamilies(akeneo.url))
    expect(akeneo.asked).toHaveLength(2)
  })

  it('is passing when nobody answers, and says what to look at', async () => {
    akeneo = await standIn((request) => request.socket.destroy())
    expect(await failureOf(readFamilies(akeneo.url))).toMatchObject({ code: 'unreachable' })
    const { url } = akeneo
    await akeneo.close()
    akeneo = undefined
    const failure = await failureOf(readFamilies(url))
    expect(failure).toBeInstanceOf(TransientError)
    expect((failure as Error).message).toMatch(/^Nothing listens at this address: check host and port/)
  })

  it('that does not come in time frees its caller, but not its lane', async () => {
    akeneo = await standIn(() => undefined)
    const client = clientTo(akeneo.url, { timeoutMs: 300, throttle: { concurrency: 1 } })
    const failure = await failureOf(once(client, (calls) => calls.readPage('families', { cursor: null })))
    expect(failure).toMatchObject({ code: 'timeout' })
    const [lane] = await database.sql`
      select 1 from lane where scope = 'connection' and owner = ${`connection-${connections}`} and busy_until > clock_timestamp()`
    expect(lane).toBeDefined()
  })

  it('cut in the middle of its body is passing', async () => {
    akeneo = await standIn((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"_embedded":')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await failureOf(readFamilies(akeneo.url))).toBeInstanceOf(TransientError)
  })

  it('of a redirect is refused: the address has to be put right', async () => {
    akeneo = await standIn((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    })
    expect(await failureOf(readFamilies(akeneo.url))).toMatchObject({ code: 'redirected' })
  })

  it('that grows beyond its limit when it is unpacked is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024, 32))
    akeneo = await standIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
    })
    const http = createHttp({
      caller: { service: 'akeneo', connection: 'acme' },
      timeoutMs: 5000,
      maxBodyBytes: 1024 * 1024,
    })
    const failure = await failureOf(http.send({ method: 'GET', url: new URL(akeneo.url), asked: 'a bomb' }))
    expect(failure).toMatchObject({ code: 'answer-too-large' })
  })
})

describe('a page', () => {
  it('with one broken record gives all others, and says what is wrong with that one', async () => {
    akeneo = await standIn((_request, response) =>
      json(
        response,
        200,
        page([family('good'), { ...family('bad'), attributes: ['a', 7] }, null, family('fine')]),
      ),
    )
    const { items, broken } = await readFamilies(akeneo.url)
    expect(items).toMatchObject([{ code: 'good' }, { code: 'fine' }])
    expect(broken).toMatchObject([
      { key: 'bad', path: 'attributes[1]' },
      { key: 'item 3 of the page', path: '' },
    ])
  })

  it('leads to the next one at the configured address, wherever its link points', async () => {
    akeneo = await standIn((request, response) => {
      const second = String(request.url).includes('page=2')
      json(
        response,
        200,
        page(
          [family(second ? 'b' : 'a')],
          second ? undefined : 'https://evil.test:444/api/rest/v1/families?page=2&limit=1',
        ),
      )
    })
    const codes = await once(clientTo(akeneo.url), async (calls) => {
      const first = await calls.readPage('families', { cursor: null })
      expect(first.next).toBe('/families?page=2&limit=1')
      return [first, await calls.readPage('families', { cursor: first.next })].flatMap(({ items }) => items)
    })
    expect(codes).toMatchObject([{ code: 'a' }, { code: 'b' }])
  })

  it.each(['https://acme.test/other/path', 'https://acme.test/api/rest/v1/../../admin', 'http://', 7, null])(
    'with a link that leads out of the API (%s) is against the contract',
    async (href) => {
      akeneo = await standIn((_request, response) => json(response, 200, page([], href as string)))
      expect(await failureOf(readFamilies(akeneo.url))).toBeInstanceOf(ContractError)
    },
  )

  it('is not asked for at a stored cursor that leads out of the API', async () => {
    akeneo = await standIn((_request, response) => json(response, 200, page([])))
    for (const cursor of ['/../../admin', '@evil.test/', '/..%2f../x/../../../../y']) {
      const failure = await failureOf(
        once(clientTo(akeneo.url), (calls) => calls.readPage('families', { cursor })),
      )
      expect(failure, cursor).toBeInstanceOf(ContractError)
    }
    expect(akeneo.asked).toEqual([])
  })

  it('that leads back to one before is refused, but may be read twice', async () => {
    const links = new Map([
      ['1', '2'],
      ['2', '3'],
      ['3', '2'],
    ])
    akeneo = await standIn((request, response) => {
      const number = new URL(String(request.url), 'http://x').searchParams.get('page') ?? '1'
      json(response, 200, page([], `http://x/api/rest/v1/families?page=${links.get(number) ?? ''}`))
    })
    await once(clientTo(akeneo.url), async (calls) => {
      const { next } = await calls.readPage('families', { cursor: null })
      await calls.readPage('families', { cursor: next })
      const again = await calls.readPage('families', { cursor: next })
      const failure = await failureOf(calls.readPage('families', { cursor: again.next }))
      expect(failure).toBeInstanceOf(ContractError)
    })
  })

  it('of products takes [] for {}, text for numbers, and fields that nobody knows yet', async () => {
    const product = {
      uuid: '8f1d2c3b-0000-4000-8000-000000000011',
      enabled: true,
      family: null,
      categories: [],
      groups: [],
      parent: null,
      values: [],
      created: '2026-01-01T00:00:00+00:00',
      updated: '2026-01-01T00:00:00+00:00',
      associations: [],
      quantified_associations: [],
      completenesses: {},
      brand_new: { from: 'SaaS' },
    }
    akeneo = await standIn((_request, response) => json(response, 200, page([product])))
    const { items, broken } = await once(clientTo(akeneo.url), (calls) =>
      calls.readPage('products', { cursor: null }),
    )
    expect(broken).toEqual([])
    expect(items).toMatchObject([
      { values: {}, associations: {}, quantified_associations: {}, brand_new: { from: 'SaaS' } },
    ])
  })

  it('names the value of a product that does not fit', async () => {
    const product = (values: unknown) => ({ uuid: 'u', enabled: true, values, created: 'x', updated: 'x' })
    const wrong = [
      { weight: [{ locale: null, scope: 7, data: 1 }] },
      { weight: { locale: null } },
      { weight: [{ locale: null, scope: null }] },
      'none',
    ]
    akeneo = await standIn((_request, response) => json(response, 200, page(wrong.map(product))))
    const { items, broken } = await once(clientTo(akeneo.url), (calls) =>
      calls.readPage('products', { cursor: null }),
    )
    expect(items).toEqual([])
    expect(broken.map(({ path }) => path)).toEqual([
      'values.weight[0].scope',
      'values.weight',
      'values.weight[0].data',
      'values',
    ])
  })
})

describe('a call', () => {
  it.each([
    ['slashes/stay', '/slashes/stay'],
    ['a b', '/a%20b'],
    ['é+%?#', '/%C3%A9%2B%25%3F%23'],
    ['..a/.b', '/..a/.b'],
  ])('puts the code %s into its path as Akeneo reads it', async (code, path) => {
    akeneo = await standIn((_request, response) =>
      json(response, 404, { code: 404, message: 'Family does not exist.' }),
    )
    const { item } = await once(clientTo(akeneo.url), (calls) => calls.readOne('families', code))
    expect(item).toBeNull()
    expect(akeneo.asked).toEqual([`GET /api/rest/v1/families${path}`])
  })

  it('is not made for a code that would lead to another record', async () => {
    akeneo = await standIn((_request, response) => json(response, 200, {}))
    const failure = await failureOf(
      once(clientTo(akeneo.url), (calls) => calls.readOne('families', 'a/../b')),
    )
    expect(failure).toMatchObject({ code: 'no-address' })
    expect(akeneo.asked).toEqual([])
  })

  it('tells a record that is not there from an address that is not there', async () => {
    akeneo = await standIn((_request, response) =>
      json(response, 404, { code: 404, message: 'No route found for "GET http://x"' }),
    )
    const failure = await failureOf(once(clientTo(akeneo.url), (calls) => calls.readOne('families', 'any')))
    expect(failure).toMatchObject({ code: 'no-such-route' })
  })

  it('that is under way when the work is cancelled is let to its end, but no other begins', async () => {
    const controller = new AbortController()
    akeneo = await standIn((_request, response) => {
      controller.abort()
      json(response, 200, page([]))
    })
    const ended = { first: false }
    const work = clientTo(akeneo.url).inLane('bulk', controller.signal, async (calls) => {
      await calls.readPage('families', { cursor: null })
      ended.first = true
      await calls.readPage('families', { cursor: null })
    })
    await failureOf(work)
    expect(ended.first).toBe(true)
    expect(akeneo.asked).toHaveLength(1)
  })

  it('follows the one before it in its lane, also when both were asked for at once', async () => {
    const inside = { now: 0, most: 0 }
    akeneo = await standIn((_request, response) => {
      inside.most = Math.max(inside.most, ++inside.now)
      setTimeout(() => {
        inside.now--
        json(response, 200, page([]))
      }, 50)
    })
    await once(clientTo(akeneo.url), (calls) =>
      Promise.all([1, 2, 3].map(() => calls.readPage('families', { cursor: null }))),
    )
    expect(inside.most).toBe(1)
  })
})

const family = (code: string) => ({ code, attributes: ['sku'], labels: {}, attribute_requirements: {} })
