import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordsOf, lastSeq } from '../../connectors/hub/records.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { startFeedServer } from '../../workers/feed-server.ts'
import { project, type TestProject } from '../client/harness.ts'
import { gate } from '../client/stubs.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import { oracleFromState } from '../oracle/from-simulator.ts'
import { apiOf } from '../simulator/api.ts'
import { backUp } from '../support/backup.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { createWorkersFor, openPipeline, type Pipeline } from '../support/pipeline.ts'
import { pagesAfterTheFirst, rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

const output = 'ecommerce'

let proxy: RewritingProxy
let shop: TestDestination
let pipeline: Pipeline
let restored: FreshDatabase
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  proxy = await rewritingProxy()
  shop = await startDestination()
  restored = await freshDatabase()
  pipeline = await openPipeline({
    worker: false,
    settings: { akeneo: { url: proxy.url }, destinations: [shop.settings] },
  })
  proxy.target = pipeline.akeneo.url
  closing.push(
    () => pipeline.close(),
    () => restored.drop(),
    () => shop.close(),
    () => proxy.close(),
  )
}, 60_000)
afterAll(async () => {
  for (const close of closing) await close()
})

const run = (type: string, process: 'reconcile' | 'deliver', input: object = {}) =>
  pipeline.execute(type, workflowId(pipeline.connection, process), {
    connection: pipeline.connection,
    ...input,
  })
const reconcile = () => run(workflowTypes.reconcileCatalog, 'reconcile')

/** Runs start deliveries of their own; one that is at work already is waited for. */
async function deliver({ sql }: FreshDatabase): Promise<void> {
  await run(workflowTypes.deliverChanges, 'deliver', { destination: 'shop' })
  const hasAll = async () => {
    const last = await lastSeq(sql, pipeline.connection, output)
    return (
      (await sql`select 1 from delivery where position = ${last}::bigint and workflow_run_id is null`)
        .length > 0
    )
  }
  await until(hasAll, 'the shop has been sent everything')
}

async function held({ sql }: FreshDatabase): Promise<HubRecord[]> {
  const records: HubRecord[] = []
  for await (const record of recordsOf(sql, pipeline.connection, output)) records.push(record)
  return records
}

/** What destinations compare: all but what they are called elsewhere. */
const byId = (records: Iterable<{ id: string }>) =>
  new Map([...records].map((record) => [record.id, { ...record, externalIds: null }]))

it('brings everything, and nothing twice, after the steps that docs/recovery.md tells', async () => {
  const { akeneo, connection, taskQueue, config, database } = pipeline
  const stopFirst = await createWorkersFor(pipeline, pipeline.deps)
  await pipeline.initializeCategories()
  await pipeline.load()
  await deliver(database)

  // The backup is taken while everything is read again: no worker stops for it.
  const taken = gate()
  let isInTheMiddle = false
  proxy.hold = (url) => {
    if (!pagesAfterTheFirst(url)) return undefined
    isInTheMiddle = true
    return taken.opened
  }
  const load = pipeline.load()
  await until(() => Promise.resolve(isInTheMiddle), 'a page of products was read, and another is asked for')
  const backup = await backUp(database)
  taken.open()
  await load

  // What happens until the database is lost.
  const api = await apiOf(akeneo)
  await api.patch('/products/NL-DL7-W', { enabled: false })
  expect((await api.post('/products', { identifier: 'NL-NEW', family: 'accessories' })).status).toBe(201)
  expect((await api.delete('/products/NL-DL7-B')).status).toBe(204)
  await pipeline.poll()
  await reconcile()
  await deliver(database)
  const lost = await lastSeq(database.sql, connection, output)
  await stopFirst()

  // 1. Restored, and the workers run on it.
  await backup.restoreInto(restored)
  const last = await lastSeq(restored.sql, connection, output)
  expect(last).toBeLessThan(lost)
  const deps = await openDependencies({ ...config, database: { ...config.database, url: restored.url } }, [])
  closing.unshift(() => deps.close())
  closing.unshift(await createWorkersFor(pipeline, deps))
  const cli: TestProject = await project({
    connections: [connection],
    taskQueue,
    databaseUrl: restored.url,
    akeneo: { url: proxy.url, ...akeneo.credentials },
    sections: { destinations: [{ name: 'shop', url: shop.url, secret: '${SHOP_SECRET}' }] },
  })
  closing.unshift(() => cli.remove())
  cli.env['SHOP_SECRET'] = deliverySecret
  cli.env['PIMFLOW_TOKEN_KEY'] = config.tokenKeys[0]?.reveal() ?? ''

  // 2. Before the first poll: a reader that is ahead is told so, the destination gets new keys.
  const feed = await startFeedServer({ sql: restored.sql, connection, host: '127.0.0.1', port: 0 })
  closing.unshift(() => feed.close())
  expect((await fetch(`${feed.url}/changes?after=${lost}`)).status).toBe(410)
  expect((await cli.run('resend', '--since', String(last))).code).toBe(0)
  // 3. and 4. What the destination made since then is what the hub will make anew; and it forgets versions.
  const created = [...shop.receiver().shop.items.values()].find(({ record }) => record['sku'] === 'NL-NEW')
  expect(created).toBeDefined()
  const ids = join(dirname(cli.config), 'ids.csv')
  await writeFile(ids, `sku;id\nNL-NEW;${created?.externalId}\n`)
  await cli.run('adopt', ids)
  await rm(ids)
  for (const { record } of shop.receiver().shop.items.values()) record.version = 0
  const effects = shop.receiver().shop.effects.length

  // 5. and 6.
  await pipeline.poll()
  await reconcile()
  await deliver(restored)
  // The load that the backup saw half-way is history; this test needs no schedules.
  const { value } = await cli.json('doctor')
  const { connections } = value as { connections: [{ ailments: { code: string }[] }] }
  expect(new Set(connections[0].ailments.map(({ code }) => code))).toEqual(
    new Set(['schedule-missing', 'claim-without-holder', 'transfers-without-run']),
  )

  const now = await held(restored)
  const { differences } = compareDump(
    oracleFromState(akeneo.pim.catalog),
    now.filter(({ status }) => status !== 'retired').map((record): Dumped => ({ ...record })),
  )
  expect(differences).toEqual([])
  const { items } = shop.receiver().shop
  const there = byId([...items.values()].map(({ record }) => record))
  for (const [id, record] of byId(now))
    expect({ ...there.get(id), version: 0 }).toEqual({ ...record, version: 0 })
  // The one that was made since then under another id of the hub is the same item to the shop.
  const named = [...items.values()].filter(({ record }) => record['sku'] === 'NL-NEW')
  expect(new Set(named.map(({ externalId }) => externalId))).toEqual(new Set([created?.externalId]))
  expect(shop.receiver().shop.effects.length - effects).toBe(
    Number((await lastSeq(restored.sql, connection, output)) - last),
  )
}, 180_000)
