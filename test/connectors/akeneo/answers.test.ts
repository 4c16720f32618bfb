import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ContractError, RefusedError, TransientError } from '../../../connectors/errors.ts'
import { createHttp } from '../../../connectors/http.ts'
import { answering, page } from './answering.ts'
import { failureOf, json, once } from './helpers.ts'

const { answers, clientTo, readFamilies, sql } = answering()

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
    const akeneo = await answers((_request, response) =>
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
      const html = await answers((_request, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>canary maintenance</html>')
      })
      const failure = await failureOf(readFamilies(html.url))
      expect(failure).toBeInstanceOf(TransientError)
      expect((failure as Error).message).not.toContain('canary')
    }
  })

  it('is against the contract when it is JSON without the envelope of a page', async () => {
    const akeneo = await answers((_request, response) => json(response, 200, { hello: 'canary' }))
    const failure = await failureOf(readFamilies(akeneo.url))
    expect(failure).toBeInstanceOf(ContractError)
    expect((failure as Error).message).not.toContain('canary')
  })

  it.each([
    ['seconds', () => '3', 2900, 3000],
    ['an HTTP date', () => new Date(Date.now() + 30_000).toUTCString(), 25_000, 31_000],
    ['nothing', () => undefined, 300, 1000],
  ])('429 with %s says when to come again', async (_case, retryAfterOf, least, most) => {
    const akeneo = await answers((_request, response) => {
      const retryAfter = retryAfterOf()
      json(response, 429, {}, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    })
    const [before] = await sql()<{ at: Date }[]>`select clock_timestamp() as at`
    const failure = await failureOf(readFamilies(akeneo.url, { retry: { initialIntervalMs: 500 } }))
    expect(failure).toMatchObject({ code: 'too-many-requests', benign: true })
    const { retryAfterMs } = failure as TransientError
    expect(retryAfterMs).toBeGreaterThanOrEqual(least)
    expect(retryAfterMs).toBeLessThanOrEqual(most)
    const [host] = await sql()<{ notBefore: Date }[]>`
      select not_before as "notBefore" from akeneo_host where host = ${new URL(akeneo.url).host}`
    expect(host?.notBefore.getTime()).toBeGreaterThanOrEqual((before?.at.getTime() ?? Infinity) + least)
  })

  it('asks twice, not more, when every token is refused', async () => {
    const akeneo = await answers((_request, response) => json(response, 401, { code: 401, message: 'No.' }))
    await failureOf(readFamilies(akeneo.url))
    expect(akeneo.asked).toHaveLength(2)
  })

  it('is passing when nobody answers, and says what to look at', async () => {
    const akeneo = await answers((request) => request.socket.destroy())
    expect(await failureOf(readFamilies(akeneo.url))).toMatchObject({ code: 'unreachable' })
    const { url } = akeneo
    await akeneo.close()
    const failure = await failureOf(readFamilies(url))
    expect(failure).toBeInstanceOf(TransientError)
    expect((failure as Error).message).toMatch(/^Nothing listens at this address: check host and port/)
  })

  it('that does not come in time frees its caller, but not its lane', async () => {
    const akeneo = await answers(() => undefined)
    const client = clientTo(akeneo.url, { name: 'impatient', timeoutMs: 300, throttle: { concurrency: 1 } })
    const failure = await failureOf(once(client, (calls) => calls.readPage('families', { cursor: null })))
    expect(failure).toMatchObject({ code: 'timeout' })
    const [lane] = await sql()`
      select 1 from lane where scope = 'connection' and owner = 'impatient' and busy_until > clock_timestamp()`
    expect(lane).toBeDefined()
  })

  it('cut in the middle of its body is passing', async () => {
    const akeneo = await answers((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"_embedded":')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await failureOf(readFamilies(akeneo.url))).toBeInstanceOf(TransientError)
  })

  it('of a redirect is refused: the address has to be put right', async () => {
    const akeneo = await answers((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    })
    expect(await failureOf(readFamilies(akeneo.url))).toMatchObject({ code: 'redirected' })
  })

  it('that grows beyond its limit when it is unpacked is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024, 32))
    const akeneo = await answers((_request, response) => {
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
    const akeneo = await answers((_request, response) =>
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
    const akeneo = await answers((request, response) => {
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
      const akeneo = await answers((_request, response) => json(response, 200, page([], href as string)))
      expect(await failureOf(readFamilies(akeneo.url))).toBeInstanceOf(ContractError)
    },
  )

  it('is not asked for at a stored cursor that leads out of the API', async () => {
    const akeneo = await answers((_request, response) => json(response, 200, page([])))
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
    const akeneo = await answers((request, response) => {
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
    const akeneo = await answers((_request, response) => json(response, 200, page([product])))
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
    const akeneo = await answers((_request, response) => json(response, 200, page(wrong.map(product))))
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

const family = (code: string) => ({ code, attributes: ['sku'], labels: {}, attribute_requirements: {} })
