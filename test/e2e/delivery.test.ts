import { WorkflowFailedError } from '@temporalio/client'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { pruneFeed } from '../../connectors/hub/prune-feed.ts'
import { findRecords, lastSeq, recordsOf } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { DeliveryReport } from '../../contracts/reports.ts'
import { Secret } from '../../domain/secret.ts'
import { delivering, retry, seqsOf, upTo } from '../support/delivering.ts'
import { deliverySecret, startDestination } from '../support/destination.ts'
import { historiesOf, payloadTexts } from '../support/histories.ts'
import { openPipeline } from '../support/pipeline.ts'
import { categoryRecord, productRecord, publish } from '../support/published.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

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
    const last = Number(await lastSeq(sql, pipeline.connection, 'ecommerce'))
    await until(
      () => Promise.resolve(seqsOf(shop).length >= last),
      'what the two have started brought everything',
    )
    // The last of them.
    const started = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'deliver', 'shop'))
    expect(await started.result()).toMatchObject({ outcome: 'done', refused: 0, parked: 0 })
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
