import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WorkflowFailedError } from '@temporalio/client'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { pruneFeed } from '../../connectors/hub/prune-feed.ts'
import { findRecords, lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { DeliverChangesInput, DeliveryReport } from '../../contracts/processes.ts'
import { Secret } from '../../domain/secret.ts'
import { startCommand } from '../client/harness.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { historiesOf, payloadTexts } from '../support/histories.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { categoryRecord, groupRecord, productRecord, publish } from '../support/published.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

/** So that what is tried again is tried at once. */
const retry = { initialIntervalMs: 20, maximumIntervalMs: 100 }

interface Delivering {
  pipeline: Pipeline
  shop: TestDestination
  publish: (records: Parameters<typeof publish>[2]) => Promise<string[]>
  start: (input?: Partial<DeliverChangesInput>) => ReturnType<Pipeline['client']['workflow']['start']>
  deliver: (input?: Partial<DeliverChangesInput>) => Promise<DeliveryReport>
}

/** A connection with one destination, over real servers. */
async function delivering(
  settings: Record<string, unknown> = {},
  { worker = true, ...destination }: Record<string, unknown> & { worker?: boolean } = {},
): Promise<Delivering> {
  const shop = await startDestination(destination)
  const pipeline = await openPipeline({
    worker,
    settings: { destinations: [shop.settings], akeneo: { retry }, ...settings },
  })
  onTestFinished(async () => {
    await pipeline.close()
    await shop.close()
  })
  const { client, connection, taskQueue, database } = pipeline
  const start: Delivering['start'] = (input = {}) =>
    client.workflow.start(workflowTypes.deliverChanges, {
      workflowId: workflowId(connection, 'deliver', 'shop'),
      taskQueue,
      args: [{ connection, destination: 'shop', ...input }],
    })
  return {
    pipeline,
    shop,
    publish: (records) => publish(database.sql, connection, records),
    start,
    deliver: async (input) => (await (await start(input)).result()) as DeliveryReport,
  }
}

/** Seqs that the receiver answered to, in the order in which they came. */
const seqsOf = ({ requests }: TestDestination) =>
  requests.filter(({ status }) => status === 200).flatMap(({ entries }) => entries.map(({ seq }) => seq))

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

const nameOf = (shop: TestDestination, id: string | undefined) =>
  shop.receiver().shop.items.get(id ?? '')?.record['name']

describe('a run that published', () => {
  it('starts the delivery to each destination, a quiet poll none', async () => {
    const { pipeline, shop } = await delivering()
    await pipeline.load()
    const handle = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'deliver', 'shop'))
    await until(
      () =>
        handle.describe().then(
          () => true,
          () => false,
        ),
      'the load has started a delivery',
    )
    expect(await handle.result()).toMatchObject({ outcome: 'done' })
    const { runId } = await handle.describe()
    expect(seqsOf(shop)).toEqual(
      upTo(Number(await lastSeq(pipeline.database.sql, pipeline.connection, 'ecommerce'))),
    )
    await pipeline.poll()
    expect((await handle.describe()).runId).toBe(runId)
  }, 60_000)
})

describe('deliverChanges', () => {
  it('brings the whole feed in order and without a gap, so that the destination holds what the hub holds', async () => {
    const { pipeline, shop, deliver } = await delivering({}, { batchSize: 37 })
    const { sql } = pipeline.database
    await pipeline.initializeCategories()
    await pipeline.load()
    // The load has started it.
    const started = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'deliver', 'shop'))
    const report = (await started.result()) as DeliveryReport
    const last = Number(await lastSeq(sql, pipeline.connection, 'ecommerce'))
    expect(report).toMatchObject({ outcome: 'done', delivered: last, refused: 0, parked: 0 })
    expect(seqsOf(shop)).toEqual(upTo(last))
    const held: Record<string, unknown> = {}
    for await (const { externalIds, ...record } of recordsOf(sql, pipeline.connection, 'ecommerce')) {
      held[record.id] = record
      expect(externalIds).toEqual({ shop: shop.receiver().shop.items.get(record.id)?.externalId })
    }
    const there = [...shop.receiver().shop.items].map(
      ([
        id,
        {
          record: { externalIds: _, ...record },
        },
      ]) => [id, record],
    )
    expect(Object.fromEntries(there)).toEqual(held)

    expect(await deliver()).toMatchObject({ outcome: 'done', delivered: 0 })
    expect(seqsOf(shop)).toHaveLength(last)
    const runs = await historiesOf(pipeline.client, [
      { workflowId: workflowId(pipeline.connection, 'deliver', 'shop') },
    ])
    const seen = runs.flatMap(({ history }) => payloadTexts(history)).join('\n')
    expect(seen).not.toContain(deliverySecret)
    expect(seen).not.toContain('Northlamp')
  }, 120_000)

  it('sends a change once more after a worker was killed between request and commit, and it has one effect', async () => {
    const { pipeline, shop, publish: add, start } = await delivering({}, { worker: false })
    await add(upTo(30).map((n) => productRecord(`SKU-${n}`)))
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      { retry },
      {
        sections: {
          destinations: [
            { name: 'shop', url: shop.url, secret: '${SHOP_SECRET}', batchSize: 10, timeoutMs: 1000 },
          ],
        },
        env: { SHOP_SECRET: deliverySecret },
      },
    )
    onTestFinished(() => workers.close())
    const worker = await workers.start()
    let killed: Promise<void> | undefined
    shop.fault = async (entries) => {
      if (killed !== undefined || entries[0]?.seq !== 11) return undefined
      killed = workers.kill(worker)
      await killed
      return 'lost'
    }
    const handle = await start()
    await until(() => Promise.resolve(killed !== undefined), 'the worker was killed')
    await workers.start()
    expect(await handle.result()).toMatchObject({ outcome: 'done', delivered: 30, parked: 0 })
    const [, second, third] = shop.requests
    expect(third?.key).toBe(second?.key)
    expect(seqsOf(shop)).toEqual([...upTo(10), ...upTo(20, 11), ...upTo(30, 11)])
    expect(shop.receiver().shop.effects).toHaveLength(30)
    expect(new Set(shop.receiver().shop.effects).size).toBe(30)
  }, 120_000)

  it('parks what is refused with its reason, lets the others pass, and later delivers the newest body', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering()
    const ids = await add(upTo(5).map((n) => productRecord(`SKU-${n}`)))
    const bad = ids[2] ?? ''
    shop.refuse = ({ id }) => (id === bad ? 'its name is taken' : undefined)
    expect(await deliver()).toMatchObject({
      outcome: 'done with rejections',
      delivered: 4,
      refused: 1,
      parked: 1,
    })
    const rows = await pipeline.database.sql`select id, reason, attempts from delivery_queue`
    expect([...rows]).toEqual([{ id: bad, reason: 'its name is taken', attempts: 1 }])

    // Not due yet, and nothing new: it is left alone.
    expect(await deliver()).toMatchObject({ delivered: 0, refused: 0, parked: 1 })

    await add([{ id: bad, record: productRecord('SKU-3', { name: 'newer' }) }])
    expect(await deliver()).toMatchObject({ delivered: 0, refused: 1, parked: 1 })
    await add([{ id: bad, record: productRecord('SKU-3', { name: 'newest' }) }])
    shop.refuse = () => undefined
    expect(await deliver({ retryRefused: true })).toMatchObject({ outcome: 'done', parked: 0 })
    expect(nameOf(shop, bad)).toEqual({ en_US: 'newest' })
    expect(shop.receiver().shop.effects.filter((effect) => effect.startsWith(bad))).toEqual([`${bad} 3`])
  }, 60_000)

  it('parks variants and subcategories behind what they belong to, and sends them when that is taken', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering({}, { batchSize: 2 })
    const group: string = randomUUID()
    const root: string = randomUUID()
    shop.refuse = ({ id }) => ([group, root].includes(id) ? 'no room' : undefined)
    await add([
      { id: root, record: categoryRecord('root') },
      categoryRecord('other'),
      categoryRecord('below', ['root']),
      categoryRecord('far-below', ['root', 'below']),
      { id: group, record: groupRecord('model') },
      productRecord('PLAIN'),
      productRecord('VARIANT-1', { groupId: group }),
      productRecord('VARIANT-2', { groupId: group }),
    ])
    expect(await deliver()).toMatchObject({ delivered: 2, refused: 2, parked: 6 })
    // What waits is not even sent.
    expect(seqsOf(shop)).toEqual([1, 2, 5, 6])

    shop.refuse = () => undefined
    expect(await deliver({ retryRefused: true })).toMatchObject({ outcome: 'done', delivered: 6, parked: 0 })
    expect(shop.receiver().shop.items.size).toBe(8)
    const [left] = await pipeline.database.sql<{ n: number }[]>`select count(*)::int as n from delivery_queue`
    expect(left?.n).toBe(0)
  }, 60_000)

  it('lets a retired variant leave although its group was refused', async () => {
    const { shop, publish: add, deliver } = await delivering()
    const group = randomUUID()
    const [, variant = ''] = await add([
      { id: group, record: groupRecord('model') },
      productRecord('VARIANT', { groupId: group }),
    ])
    await deliver()
    shop.refuse = ({ kind }) => (kind === 'group' ? 'no room' : undefined)
    await add([{ id: group, record: { ...groupRecord('model'), status: 'withheld' } }])
    await deliver()
    await add([
      { id: variant, record: { ...productRecord('VARIANT', { groupId: group }), status: 'retired' } },
    ])
    await deliver()
    expect(shop.receiver().shop.items.get(variant)?.record.status).toBe('retired')
  }, 60_000)

  it('waits as long as a 429 says, then goes on where it was', async () => {
    const { shop, publish: add, deliver } = await delivering({}, { batchSize: 2 })
    await add(upTo(6).map((n) => productRecord(`SKU-${n}`)))
    shop.fault = () =>
      shop.requests.length === 1 ? { status: 429, headers: { 'retry-after': '2' } } : undefined
    expect(await deliver()).toMatchObject({ outcome: 'done', delivered: 6 })
    const [, refused, next] = shop.requests
    expect(refused?.status).toBe(429)
    // Temporal's timers have a resolution of some tenths of a second.
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(1900)
    expect(seqsOf(shop)).toEqual(upTo(6))
  }, 60_000)

  it('goes on by itself when a destination that was down is up again', async () => {
    const { pipeline, shop, publish: add, start } = await delivering()
    await add(upTo(3).map((n) => productRecord(`SKU-${n}`)))
    await shop.down()
    const handle = await start()
    await until(async () => {
      const { raw } = await pipeline.client.workflow.getHandle(handle.workflowId).describe()
      return (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 0) >= 3)
    }, 'it was tried three times')
    await shop.up()
    expect(await handle.result()).toMatchObject({ outcome: 'done', delivered: 3 })
    expect(seqsOf(shop)).toEqual(upTo(3))
  }, 60_000)

  it('stops with a sentence for the operator when the destination does not take the signature', async () => {
    const { shop, publish: add, deliver } = await delivering({}, { secret: new Secret('x'.repeat(32)) })
    await add([productRecord('SKU-1')])
    for (let attempt = 1; attempt <= 2; attempt++) {
      const failure = await deliver().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(WorkflowFailedError)
      expect(String((failure as WorkflowFailedError).cause?.cause)).toContain('same secret')
    }
    expect(shop.receiver().shop.items.size).toBe(0)
  }, 60_000)

  it('leaves a destination to the run that is at it, whatever its id', async () => {
    const { pipeline, shop, publish: add, start } = await delivering()
    await add([productRecord('SKU-1')])
    let open: (() => void) | undefined
    shop.fault = () =>
      new Promise((resolve) => {
        open = () => resolve(undefined)
      })
    const first = await start()
    await until(() => Promise.resolve(open !== undefined), 'the first run sends')
    const second = (await pipeline.client.workflow.execute(workflowTypes.deliverChanges, {
      workflowId: `by-hand-${pipeline.connection}`,
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection, destination: 'shop' }],
    })) as DeliveryReport
    expect(second.outcome).toBe('already running')
    open?.()
    expect(await first.result()).toMatchObject({ outcome: 'done', delivered: 1 })
  }, 60_000)

  it('without a destination delivers to each, and one that is refused there harms no other', async () => {
    const other = await startDestination({ name: 'search' })
    onTestFinished(() => other.close())
    const shop = await startDestination()
    onTestFinished(() => shop.close())
    const pipeline = await openPipeline({
      settings: { destinations: [shop.settings, other.settings], akeneo: { retry } },
    })
    onTestFinished(() => pipeline.close())
    const [id = ''] = await publish(pipeline.database.sql, pipeline.connection, [
      productRecord('SKU-1'),
      productRecord('SKU-2'),
    ])
    shop.refuse = (record) => (record.id === id ? 'no' : undefined)
    const report = (await pipeline.client.workflow.execute(workflowTypes.deliverChanges, {
      workflowId: workflowId(pipeline.connection, 'deliver'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection }],
    })) as DeliveryReport
    expect(report).toMatchObject({
      outcome: 'done with rejections',
      destinations: ['shop', 'search'],
      delivered: 3,
      refused: 1,
      parked: 1,
    })
    const [record] = await findRecords(pipeline.database.sql, pipeline.connection, 'SKU-2')
    expect(Object.keys(record?.externalIds ?? {}).sort()).toEqual(['search', 'shop'])
  }, 60_000)

  it('brings everything anew, parents first, to a destination that the feed does not reach back to', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering()
    const { sql } = pipeline.database
    const [root = '', below = ''] = await add([categoryRecord('root'), categoryRecord('below', ['root'])])
    await add([{ id: below, record: categoryRecord('below', ['root'], 'Below') }])
    await add([{ id: root, record: categoryRecord('root', [], 'Root') }])
    await sql`update feed set at = now() - interval '40 days'`
    expect(await pruneFeed(sql, pipeline.connection, 30, Date.now() + 10_000)).toBe(2)
    expect(await deliver()).toMatchObject({ outcome: 'done', delivered: 2, parked: 0 })
    expect([...shop.receiver().shop.items.keys()]).toEqual([root, below])
    await add([productRecord('NEW')])
    expect(await deliver()).toMatchObject({ delivered: 1 })
  }, 60_000)
})

/** The command line on a configuration file with the destination. */
async function commands({ pipeline, shop }: Delivering) {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-deliver-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const config = join(folder, 'pimflow.config.yaml')
  const akeneo = { clientId: '${X}', clientSecret: '${X}', username: '${X}', password: '${X}' }
  const connection = {
    name: pipeline.connection,
    akeneo: { url: pipeline.akeneo.url, ...akeneo },
    destinations: [{ name: 'shop', url: shop.url, secret: '${X}' }],
  }
  await writeFile(
    config,
    stringify({ version: 1, temporal: { taskQueue: pipeline.taskQueue }, connections: [connection] }),
  )
  const env = {
    X: deliverySecret,
    PIMFLOW_CONFIG: config,
    PIMFLOW_TOKEN_KEY: Buffer.alloc(32).toString('base64'),
    DATABASE_URL: pipeline.database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  }
  return {
    folder,
    start: (...argv: string[]) => startCommand(argv, env),
    run: (...argv: string[]) => startCommand(argv, env).ended,
    json: async (...argv: string[]) => {
      const { code, out } = await startCommand([...argv, '--json'], env).ended
      return { code, value: JSON.parse(out) as unknown }
    },
  }
}

describe('pimflow deliver, resend and adopt', () => {
  it('tell what was refused and end with 3; after it was mended with 0', async () => {
    const at = await delivering()
    const { run, json } = await commands(at)
    await at.publish([productRecord('SKU-1'), productRecord('SKU-2')])
    at.shop.refuse = (record) => (record['sku'] === 'SKU-2' ? 'its name is taken' : undefined)
    const first = await run('deliver')
    expect(first.code).toBe(3)
    expect(first.out).toContain('1 delivered, 1 refused, 1 parked')
    expect((await run('deliver', '--refused')).out).toContain('SKU-2  product, shop: its name is taken')
    at.shop.refuse = () => undefined
    expect(await json('deliver')).toMatchObject({
      code: 0,
      value: { report: { outcome: 'done', delivered: 1 } },
    })
    expect((await run('deliver', '--destination', 'shp')).code).toBe(2)
  }, 60_000)

  it('send again what is asked for: single records as they stand now, or all after a number of the feed', async () => {
    const at = await delivering()
    const { run, json } = await commands(at)
    const [, second = ''] = await at.publish(upTo(4).map((n) => productRecord(`SKU-${n}`)))
    await at.deliver()
    await at.publish([{ id: second, record: productRecord('SKU-2', { name: 'newer' }) }])
    await at.deliver()

    expect(await json('resend', 'sku-2')).toMatchObject({ code: 0, value: { report: { delivered: 1 } } })
    const [entry] = at.shop.requests.at(-1)?.entries ?? []
    expect(entry).toMatchObject({ key: 'ecommerce/5/1', seq: 5, record: { name: { en_US: 'newer' } } })

    expect(await json('resend', '--since', '3')).toMatchObject({
      code: 0,
      value: { report: { delivered: 2 } },
    })
    expect(at.shop.requests.at(-1)?.entries.map(({ key }) => key)).toEqual(['ecommerce/4/2', 'ecommerce/5/2'])
    expect((await run('resend')).code).toBe(2)
    expect(await run('resend', 'SKU-2', 'NO-SUCH')).toMatchObject({ code: 1 })
  }, 60_000)

  it('adopt the ids of an existing shop, before or after the records are there, so that nothing is created twice', async () => {
    const at = await delivering()
    const { folder, run, json } = await commands(at)
    const csv = join(folder, 'ids.csv')
    await writeFile(csv, 'sku;id\nSKU-1;gid-1\nsku-2;gid-2\nSKU-3;\nSKU-1;gid-9\n')
    expect(await json('adopt', csv)).toEqual({
      code: 3,
      value: {
        destination: 'shop',
        adopted: 0,
        waiting: 2,
        unchanged: 0,
        refused: [
          { line: 4, reason: 'has no id for SKU-3' },
          { line: 5, reason: 'names SKU-1, which stands above already' },
        ],
      },
    })
    await at.publish(upTo(3).map((n) => productRecord(`SKU-${n}`)))
    const [record] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'SKU-2')
    expect(record?.externalIds).toEqual({ shop: 'gid-2' })

    const ndjson = join(folder, 'ids.ndjson')
    await writeFile(
      ndjson,
      '{"sku":"SKU-3","id":3003}\n{"sku":"SKU-1","id":"gid-2"}\n{"sku":"SKU-1","id":"gid-1"}\n',
    )
    const again = await run('adopt', ndjson)
    expect(again).toMatchObject({ code: 3 })
    expect(again.out).toContain('names gid-2, but sku-2 has this id')

    await at.deliver()
    const there = [...at.shop.receiver().shop.items.values()].map(({ externalId }) => externalId)
    expect(there).toEqual(['gid-1', 'gid-2', '3003'])
    const [shown] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'SKU-3')
    expect(shown?.externalIds).toEqual({ shop: '3003' })
  }, 60_000)

  it('keep an adopted id when the record gets another SKU', async () => {
    const at = await delivering()
    const { folder, run } = await commands(at)
    const csv = join(folder, 'ids.csv')
    await writeFile(csv, 'sku,id\nOLD,gid-1\n')
    expect(await run('adopt', csv)).toMatchObject({ code: 0 })
    const [id = ''] = await at.publish([productRecord('OLD')])
    await at.deliver()
    await at.publish([{ id, record: productRecord('NEW') }])
    const [record] = await findRecords(at.pipeline.database.sql, at.pipeline.connection, 'NEW')
    expect(record?.externalIds).toEqual({ shop: 'gid-1' })
  }, 60_000)
})
