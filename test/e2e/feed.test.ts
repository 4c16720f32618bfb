import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { RefusedError } from '../../connectors/errors.ts'
import { pruneFeed } from '../../connectors/hub/prune-feed.ts'
import { lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import type { FeedEntry, HubRecord } from '../../contracts/hub.ts'
import { Secret } from '../../domain/secret.ts'
import { type FeedServer, startFeedServer } from '../../workers/feed-server.ts'
import { project } from '../client/harness.ts'
import { gate } from '../client/stubs.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { openPipeline } from '../support/pipeline.ts'
import { productRecord, publish } from '../support/published.ts'
import { pagesAfterTheFirst, rewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

interface Changes {
  entries: FeedEntry[]
  next: number
  more: boolean
}

async function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Changes }> {
  const answer = await fetch(url, { headers })
  return { status: answer.status, body: (await answer.json()) as Changes }
}

/** As a reader takes it: line by line, and whole only with its last line. */
async function snapshotOf(url: string): Promise<{ seq: number; records: HubRecord[] }> {
  const { body } = await fetch(`${url}/snapshot`)
  if (!body) throw new Error('The snapshot has no body')
  let seq = -1
  let end = -1
  const records: HubRecord[] = []
  // Node's fetch and its streams have two types for the same body.
  for await (const text of createInterface({ input: Readable.fromWeb(body as never) })) {
    const line = JSON.parse(text) as { seq?: number; record?: HubRecord; end?: true; records?: number }
    if (line.record) records.push(line.record)
    else if (line.end) end = line.records ?? -1
    else seq = line.seq ?? -1
  }
  expect(end).toBe(records.length)
  return { seq, records }
}

describe('a reader of the feed', () => {
  it('has exactly what the hub has after a snapshot and the changes since, although a load writes meanwhile', async () => {
    const proxy = await rewritingProxy()
    onTestFinished(() => proxy.close())
    const pipeline = await openPipeline({
      akeneo: { latencyMs: 150 },
      settings: { akeneo: { url: proxy.url } },
    })
    onTestFinished(() => pipeline.close())
    proxy.target = pipeline.akeneo.url
    const { connection, database } = pipeline
    const { sql } = database
    const server = await startFeedServer({ sql, connection, host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close())
    await pipeline.initializeCategories()
    const before = await lastSeq(sql, connection, 'ecommerce')
    const snapshotTaken = gate()
    proxy.hold = (url) => (pagesAfterTheFirst(url) ? snapshotTaken.opened : undefined)
    let loaded = false
    const load = pipeline.load().then(() => {
      loaded = true
    })
    await until(async () => (await lastSeq(sql, connection, 'ecommerce')) > before, 'the load publishes')
    const { seq, records } = await snapshotOf(server.url)
    snapshotTaken.open()
    const seen = new Map(records.map((record) => [record.id, record]))
    const seqs: number[] = []
    let after = seq
    for (let last = false; !last;) {
      last = loaded
      const { body } = await get(`${server.url}/changes?after=${after}&limit=50`)
      for (const entry of body.entries) {
        seqs.push(entry.seq)
        seen.set(entry.id, entry.record)
      }
      after = body.next
      last &&= !body.more
    }
    await load
    const end = Number(await lastSeq(sql, connection, 'ecommerce'))
    expect(seq).toBeLessThan(end)
    expect(seqs).toEqual(Array.from({ length: end - seq }, (_, index) => seq + 1 + index))
    const hub: [string, HubRecord][] = []
    for await (const record of recordsOf(sql, connection, 'ecommerce')) hub.push([record.id, record])
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(hub))
  }, 120_000)
})

describe('the feed over HTTP', () => {
  let database: FreshDatabase
  let server: FeedServer
  const connection = 'acme'
  const open = (options: { token?: Secret; host?: string } = {}) =>
    startFeedServer({ sql: database.sql, connection, host: '127.0.0.1', port: 0, ...options })

  beforeAll(async () => {
    database = await freshDatabase()
    server = await open()
  })
  afterAll(async () => {
    await server.close()
    await database.drop()
  })

  it('says that there is nothing yet before anything was published', async () => {
    expect(await get(`${server.url}/changes`)).toMatchObject({ status: 503 })
    expect(await get(`${server.url}/snapshot`)).toMatchObject({ status: 503 })
  })

  it('gives pages with the number to go on from', async () => {
    await publish(
      database.sql,
      connection,
      ['A', 'B', 'C'].map((sku) => productRecord(sku)),
    )
    const first = await get(`${server.url}/changes?limit=2`)
    expect(first.body).toMatchObject({ next: 2, more: true, entries: [{ seq: 1 }, { seq: 2 }] })
    const second = await get(`${server.url}/changes?after=2`)
    expect(second.body).toMatchObject({ next: 3, more: false, entries: [{ seq: 3, record: { sku: 'C' } }] })
    expect((await get(`${server.url}/changes?after=3`)).body).toMatchObject({ next: 3, entries: [] })
    expect(await get(`${server.url}/changes?after=-1`)).toMatchObject({ status: 400 })
  })

  it('answers 410 to a reader that is older than what is kept, and to one that is ahead of a restored hub', async () => {
    const { sql } = database
    const [id = ''] = await publish(sql, connection, [productRecord('D')])
    await publish(sql, connection, [{ id, record: productRecord('D', { name: 'newer' }) }])
    await sql`update feed set at = now() - interval '40 days'`
    expect(await pruneFeed(sql, connection, 30, Date.now() + 10_000)).toBe(1)
    // The second time on the same day it does not even look.
    await publish(sql, connection, [{ id, record: productRecord('D', { name: 'newest' }) }])
    await sql`update feed set at = now() - interval '40 days'`
    expect(await pruneFeed(sql, connection, 30, Date.now() + 10_000)).toBe(0)
    for (const after of [3, 99]) {
      expect(await get(`${server.url}/changes?after=${after}`)).toMatchObject({
        status: 410,
        body: { snapshot: '/snapshot?output=ecommerce' },
      })
    }
    expect(await get(`${server.url}/changes?after=4`)).toMatchObject({ status: 200 })
    const { seq, records } = await snapshotOf(server.url)
    expect(seq).toBe(6)
    expect(records).toHaveLength(4)
  })

  it('asks which output is meant when there are several', async () => {
    await publish(database.sql, connection, [productRecord('A')], 'print')
    expect(await get(`${server.url}/changes`)).toMatchObject({ status: 400 })
    expect(await get(`${server.url}/changes?output=print`)).toMatchObject({
      status: 200,
      body: { output: 'print' },
    })
  })

  it('asks for the token where one is set, and is not opened to others without one', async () => {
    const guarded = await open({ token: new Secret('the-token') })
    onTestFinished(() => guarded.close())
    const ask = (authorization?: string) =>
      get(`${guarded.url}/changes?output=print`, authorization === undefined ? {} : { authorization })
    expect(await ask()).toMatchObject({ status: 401 })
    expect(await ask('Bearer another')).toMatchObject({ status: 401 })
    expect(await ask('Bearer the-token')).toMatchObject({ status: 200 })
    await expect(open({ host: '0.0.0.0' })).rejects.toBeInstanceOf(RefusedError)
  })

  it('is served by `pimflow feed` until Ctrl-C', async () => {
    const at = await project({
      databaseUrl: database.url,
      connections: [connection],
      temporalAddress: inject('temporalAddress'),
    })
    onTestFinished(() => at.remove())
    const running = at.start('feed', '--port', '0')
    await running.untilPrinted('http://')
    expect(await get(`${running.out().trim()}/changes?output=print`)).toMatchObject({ status: 200 })
    running.interrupt()
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(await at.run('feed', '--host', '0.0.0.0')).toMatchObject({ code: 2 })
  })
})
