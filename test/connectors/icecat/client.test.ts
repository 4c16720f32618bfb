import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../../domain/secret.ts'
import { byId, clientOf, found, icecat } from './helpers.ts'

describe('sheets', () => {
  it('that are no JSON, cut, or of another form pass or are named', async () => {
    const simulator = await icecat()
    const client = clientOf(simulator)
    simulator.fault({ malformed: true, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'not-readable',
    })
    simulator.fault({ malformed: true, count: 1 })
    await expect(client.sheetByXml(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'not-readable',
    })
    simulator.fault({ truncatedGzip: true, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({ name: 'TransientError' })
    simulator.fault({ cutAfterBytes: 100, count: 1 })
    await expect(client.sheet(byId('900000123'), 'EN')).rejects.toMatchObject({ name: 'TransientError' })
    expect(found(await client.sheet(byId('900000123'), 'EN')).icecatId).toBe('900000123')
  })

  it('with entities of their own are refused, and nothing of them is expanded', async () => {
    const simulator = await icecat()
    simulator.fault({ entities: true })
    await expect(clientOf(simulator).sheetByXml(byId('900000123'), 'EN')).rejects.toMatchObject({
      name: 'ContractError',
      code: 'xml-declarations',
    })
  })

  it.each([
    ['a NUL character', '"a\\u0000b"'],
    ['half a character', '"a\\ud800b"'],
    ['nesting without end', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('with %s are refused, because nothing could keep them', async (_what, title) => {
    const server = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"msg":"OK","data":{"GeneralInfo":{"IcecatId":1,"Title":${title}}}}`),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    await expect(clientOf({ url: `http://127.0.0.1:${port}` }).sheet(byId('1'), 'EN')).rejects.toMatchObject({
      name: 'ContractError',
      code: 'off-contract',
    })
  })

  it('are given up after the timeout', async () => {
    const simulator = await icecat()
    simulator.fault({ slowBodyMs: 200 })
    await expect(
      clientOf(simulator, { timeoutMs: 300 }).sheet(byId('900000123'), 'EN'),
    ).rejects.toMatchObject({
      code: 'timeout',
    })
  })
})

/** A server that answers each path with this body. */
async function answering(bodies: Record<string, [status: number, body: string]>) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x.example.test').pathname
    const [status, body] = bodies[path] ?? [404, '']
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('an answer of 200', () => {
  it.each([
    ['no data', '{}', 'data'],
    ['data that are a number', '{"data":5}', 'data'],
    ['a sheet of nothing', '{"data":{}}', 'GeneralInfo'],
    ['a sheet without its number', '{"data":{"GeneralInfo":{"Brand":"x"}}}', 'data.GeneralInfo.IcecatId'],
    ['a sheet whose number is nothing', '{"data":{"GeneralInfo":{"IcecatId":[]}}}', 'GeneralInfo'],
  ])('with %s is no sheet, and the part is named', async (_what, body, part) => {
    const client = clientOf(await answering({ '/api': [200, body] }))
    await expect(client.sheet(byId('1'), 'EN', new AbortController().signal)).rejects.toMatchObject({
      name: 'ContractError',
      code: 'off-contract',
      message: expect.stringContaining(`of another form: ${part}`) as string,
    })
  })

  it('with XML of something else is no sheet, and comes again', async () => {
    const client = clientOf(await answering({ '/xml_s3/xml_server3.cgi': [200, '<ICECAT-interface/>'] }))
    await expect(client.sheetByXml(byId('1'), 'EN')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'not-readable',
      message: expect.stringContaining('200 with XML that holds no product') as string,
    })
  })
})

describe('the subscription', () => {
  const session = '/restful/v3/Session'
  const profile = '/rest/user-profile'
  const opened: [number, string] = [200, '{"Data":{"SessionId":"s"}}']

  it('is none where Icecat names a level that is not known', async () => {
    const level = (SubscriptionLevel: unknown): [number, string] => [
      200,
      JSON.stringify({ Data: { SubscriptionLevel } }),
    ]
    const of = async (found: unknown) => {
      const client = clientOf(await answering({ [session]: opened, [profile]: level(found) }))
      return client.subscription(new AbortController().signal)
    }
    expect([await of(0), await of('4'), await of(6), await of([])]).toEqual(['none', 'full', 'open', 'none'])
  })

  it.each([
    ['a session without its id', { [session]: [200, '{"Data":{}}'] }, 'Data.SessionId'],
    [
      'a profile without a level',
      { [session]: opened, [profile]: [200, '{"Data":5}'] },
      'Data.SubscriptionLevel',
    ],
  ] as [string, Record<string, [number, string]>, string][])(
    'is not guessed from %s',
    async (_what, bodies, part) => {
      await expect(clientOf(await answering(bodies)).subscription()).rejects.toMatchObject({
        code: 'off-contract',
        message: expect.stringContaining(part) as string,
      })
    },
  )

  it('is asked for again later when Icecat cannot say', async () => {
    const client = clientOf(await answering({ [session]: opened, [profile]: [503, ''] }))
    await expect(client.subscription()).rejects.toMatchObject({ name: 'TransientError' })
  })
  it('is what Icecat says of the account', async () => {
    const simulator = await icecat()
    expect(await clientOf(simulator).subscription()).toBe('full')
    simulator.subscribe('full-shop', 'open')
    expect(await clientOf(simulator).subscription()).toBe('open')
    const wrong = clientOf(simulator, { password: new Secret('wrong') })
    await expect(wrong.subscription()).rejects.toMatchObject({ code: 'credentials' })
  })
})

describe('secrets', () => {
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  it('stand in no error, whatever the other side answers', async () => {
    const server = createServer((request, response) => {
      response.statusCode = Number(/status(?:=|%3D)(\d+)/.exec(request.url ?? '')?.[1] ?? 400)
      response.end(JSON.stringify({ Message: 'no' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const canaries = ['canary-password', 'canary-api-token', 'canary-app-key', 'canary-content']
    const [password, apiToken, appKey, contentToken] = canaries.map((text) => new Secret(text))
    if (!password || !apiToken || !appKey || !contentToken) throw new Error('four canaries')
    const client = clientOf({ url }, { password, apiToken, appKey, contentToken })
    const failures = await Promise.allSettled([
      client.sheet({ by: 'gtin', gtin: 'status=500' }, 'EN'),
      client.sheet({ by: 'gtin', gtin: 'status=401' }, 'EN'),
      client.sheetByXml({ by: 'gtin', gtin: 'status=503' }, 'EN'),
      client.openIndex('files', 'EN'),
      client.asset(`${url}/x.jpg?status=403`, { path: '/nowhere', maxBytes: 1 }),
      client.subscription(),
      client.sheet({ by: 'gtin', gtin: '1' }, 'EN'),
    ])
    const shown = failures.map((failure) => inspect(failure, { depth: 10, showHidden: true })).join('\n')
    for (const canary of canaries) {
      expect(shown).not.toContain(canary)
      expect(shown).not.toContain(Buffer.from(`full-shop:${canary}`).toString('base64'))
    }
    expect(failures.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(3)
  })
})
