import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkConnection } from '../../../connectors/akeneo/check.ts'
import { checkDatabase } from '../../../connectors/hub/check-database.ts'
import { openDatabase } from '../../../connectors/hub/database.ts'
import type { CheckReport } from '../../../domain/check-report.ts'
import { type AkeneoOptions, type AkeneoSimulator, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, json, standIn } from './helpers.ts'

const catalog = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const simulators: AkeneoSimulator[] = []
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((akeneo) => akeneo.close()))
})

async function simulator(options: AkeneoOptions = {}): Promise<AkeneoSimulator> {
  const akeneo = await startAkeneo({ catalog, ...options })
  simulators.push(akeneo)
  return akeneo
}

let connections = 0

async function check(
  url: string,
  credentials: AkeneoSimulator['credentials'],
  { version = 'auto', ...settings }: Record<string, unknown> & { version?: string } = {},
): Promise<CheckReport> {
  connections++
  const connection = connectionTo(url, { name: `connection-${connections}`, credentials, ...settings })
  return checkConnection({
    connection: { ...connection, version },
    akeneo: clientOf(database.sql, connection),
    database: await checkDatabase(database.sql, { prepare: true }),
    signal: new AbortController().signal,
  })
}

const line = ({ lines }: CheckReport, name: string) => lines.find((one) => one.name === name)

describe('check', () => {
  it('finds everything in order, and writes nothing', async () => {
    const akeneo = await simulator()
    const report = await check(akeneo.url, akeneo.credentials)
    expect(report.lines.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'database: ok',
      'address: ok',
      'clock: ok',
      'credentials: ok',
      'version: ok',
      'product ids: ok',
      'rights: ok',
      'search time zone: ok',
    ])
    expect(report.mayPoll).toBe(true)
    expect(report.rights?.locales.length).toBeGreaterThan(0)
    expect(report.rights?.categoryTrees.length).toBeGreaterThan(0)
    expect(
      akeneo.requests().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/token')),
    ).toEqual([])
  })

  it('gives the same fingerprint for the same rights', async () => {
    const akeneo = await simulator()
    const first = await check(akeneo.url, akeneo.credentials)
    expect((await check(akeneo.url, akeneo.credentials)).fingerprint).toBe(first.fingerprint)
  })

  it.each([
    ['a page', 200, '<html>', 'text/html'],
    ['other JSON', 200, '{"hello":1}', 'application/json'],
    ['nothing there', 404, 'not found', 'text/plain'],
  ])('says that there is no Akeneo where there is %s', async (_case, status, body, type) => {
    const other = await standIn((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    const report = await check(other.url, { clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' })
    expect(line(report, 'address')).toMatchObject({ status: 'failed' })
    expect(line(report, 'address')?.remedy).toContain('akeneo.url')
    expect(report.mayPoll).toBe(false)
    await other.close()
  })

  it('says that nobody answers', async () => {
    const report = await check('http://127.0.0.1:9', {
      clientId: 'a',
      clientSecret: 'b',
      username: 'c',
      password: 'd',
    })
    expect(line(report, 'address')?.remedy).toContain('Nothing listens')
  })

  it('says which credentials to look at', async () => {
    const akeneo = await simulator()
    const report = await check(akeneo.url, { ...akeneo.credentials, password: 'canary' })
    expect(line(report, 'credentials')).toMatchObject({ status: 'failed' })
    expect(line(report, 'credentials')?.remedy).toContain('akeneo.password')
    expect(JSON.stringify(report)).not.toContain('canary')
  })

  it('names the rights that are missing', async () => {
    const akeneo = await simulator()
    akeneo.fault({ path: '/api/rest/v1/families', status: 403 })
    akeneo.fault({ path: '/api/rest/v1/product-models', status: 403 })
    const report = await check(akeneo.url, akeneo.credentials)
    expect(line(report, 'rights')?.text).toContain('families')
    expect(line(report, 'rights')?.remedy).toContain('List families')
    expect(report.fingerprint).toBeNull()
  })

  it.each([
    ['UTC', 'UTC', 'ok', ''],
    ['Europe/Paris', 'Europe/Paris', 'ok', ''],
    ['Europe/Paris', 'UTC', 'failed', 'zone of Akeneo'],
    ['UTC', 'Asia/Tokyo', 'failed', 'akeneo.searchTimeZone: UTC'],
    ['America/New_York', 'Europe/Paris', 'failed', 'zone of Akeneo'],
  ])(
    'finds out that Akeneo reads dates in %s where %s is configured: %s',
    async (timezone, searchTimeZone, status, remedy) => {
      const akeneo = await simulator({ timezone })
      const report = await check(akeneo.url, akeneo.credentials, { searchTimeZone })
      expect(line(report, 'search time zone')).toMatchObject({ status })
      expect(line(report, 'search time zone')?.remedy ?? '').toContain(remedy)
      expect(report.mayPoll).toBe(status === 'ok')
    },
  )

  it('does not take a search index that is late for another zone', async () => {
    const akeneo = await simulator({ searchLagMs: 60_000 })
    const { pim } = akeneo
    for (const product of [...pim.catalog.products.afterUuid(undefined)])
      pim.saveProduct({ ...product, enabled: !product.enabled, updated: pim.writtenAt() })
    const report = await check(akeneo.url, akeneo.credentials)
    expect(line(report, 'search time zone')).toMatchObject({ status: 'warning' })
    expect(line(report, 'search time zone')?.text).toContain('its search index may be late')
  })

  it('warns of a clock that is off', async () => {
    const akeneo = await standIn((request, response) => {
      const date = { date: new Date(Date.now() + 600_000).toUTCString() }
      if (request.url === '/api/rest/v1') json(response, 200, { authentication: {}, routes: {} }, date)
      else json(response, 403, { code: 403, message: 'No.' })
    })
    const report = await check(akeneo.url, { clientId: 'a', clientSecret: 'b', username: 'c', password: 'd' })
    expect(line(report, 'clock')).toMatchObject({ status: 'warning' })
    expect(line(report, 'clock')?.text).toMatch(/(599|600) s ahead/)
    await akeneo.close()
  })

  it('says when the Akeneo is another than was expected', async () => {
    const old = await simulator({ version: '6.0.28', edition: 'CE' })
    expect(line(await check(old.url, old.credentials), 'version')).toMatchObject({ status: 'failed' })
    expect(line(await check(old.url, old.credentials, { version: '6.0' }), 'version')).toMatchObject({
      status: 'ok',
    })
    const saas = await simulator({ version: '20261101000000', edition: 'Serenity' })
    expect(line(await check(saas.url, saas.credentials), 'version')).toMatchObject({ status: 'ok' })
    expect(line(await check(saas.url, saas.credentials, { version: '7.0' }), 'version')).toMatchObject({
      status: 'warning',
    })
  })
})

describe('the check of the database', () => {
  it('tells a pooler by the backend numbers that it makes up', async () => {
    const pooler = await standInPooler(database.url)
    const sql = openDatabase(pooler.url, { max: 1, prepare: false })
    const found = await checkDatabase(sql, { prepare: true })
    expect(found.remedy).toContain('database.prepare: false')
    expect(await checkDatabase(sql, { prepare: false })).toMatchObject({ status: 'ok' })
    await sql.end()
    pooler.close()
  })

  it('says that the database does not answer', async () => {
    const sql = openDatabase('postgres://user:canary@127.0.0.1:9/none', { max: 1 })
    const found = await checkDatabase(sql, { prepare: true })
    expect(found).toMatchObject({ status: 'failed' })
    expect(found.remedy).toContain('DATABASE_URL')
    expect(JSON.stringify(found)).not.toContain('canary')
  })
})

/** Passes everything on, but gives the client a backend number of its own making, as poolers do. */
async function standInPooler(databaseUrl: string): Promise<{ url: string; close(): void }> {
  const url = new URL(databaseUrl)
  const upstreamPort = Number(url.port)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, url.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => client.write(withOtherBackend(chunk)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: url.href,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** BackendKeyData: `K`, length 12, process id, secret. */
function withOtherBackend(chunk: Buffer): Buffer {
  const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
  if (at >= 0) chunk.writeInt32BE(999_999, at + 5)
  return chunk
}
