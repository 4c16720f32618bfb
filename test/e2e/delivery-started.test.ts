import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lastSeq } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { MediaReport } from '../../contracts/reports.ts'
import { apiOf } from '../simulator/api.ts'
import { type Delivering, delivering, seqsOf, upTo } from '../support/delivering.ts'
import { productRecord } from '../support/published.ts'
import { until } from '../support/until.ts'

/** Where the destination is; waits until that is the end of the feed. Nobody but the runs of the test starts a delivery. */
async function arrived({ pipeline, shop }: Delivering): Promise<number> {
  const { sql } = pipeline.database
  await until(async () => {
    const [row] = await sql<{ position: bigint }[]>`select position from delivery`
    return row?.position === (await lastSeq(sql, pipeline.connection, 'ecommerce'))
  }, 'the destination has the whole feed')
  const last = Number(await lastSeq(sql, pipeline.connection, 'ecommerce'))
  expect(seqsOf(shop)).toEqual(upTo(last))
  return last
}

const products = '/api/rest/v1/products-uuid'

const startPoll = ({ pipeline: { client, connection, taskQueue } }: Delivering) =>
  client.workflow.start(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'poll-products'),
    taskQueue,
    args: [{ connection, mode: 'delta' }],
  })

describe('what was published is delivered by itself', { timeout: 60_000 }, () => {
  it('after the categories, the load, and a sync', async () => {
    const here = await delivering()
    const { pipeline } = here
    await pipeline.initializeCategories()
    const categories = await arrived(here)
    await pipeline.load()
    const loaded = await arrived(here)
    expect(loaded).toBeGreaterThan(categories)
    pipeline.akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: false } }])
    await pipeline.sync('NL-DL7-W')
    expect(await arrived(here)).toBeGreaterThan(loaded)
  })

  it('after files were collected', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pimflow-delivery-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const here = await delivering({ media: { folder } })
    const { pipeline } = here
    await pipeline.initializeCategories()
    await pipeline.load()
    const files = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'media'))
    const { published } = (await files.result()) as MediaReport
    expect(published).toBeGreaterThan(0)
    await arrived(here)
  })

  it('after a reconcile that retired', async () => {
    const here = await delivering()
    const { pipeline, shop } = here
    await pipeline.initializeCategories()
    await pipeline.load()
    await arrived(here)
    await (await apiOf(pipeline.akeneo)).delete('/products/NL-DL7-B')
    const reconciled = await pipeline.reconcile()
    expect(reconciled).toMatchObject({ outcome: 'done', retired: 1 })
    await arrived(here)
    const gone = [...shop.receiver().shop.items.values()].filter(({ record }) => record.status === 'retired')
    expect(gone).toHaveLength(1)
  })

  it('by the next poll, quiet as it is, when the run that published could not start it; so is what was refused and is due', async () => {
    const here = await delivering()
    const { pipeline, shop, publish: add } = here
    await pipeline.load()
    await arrived(here)
    const [late = ''] = await add([productRecord('LATE')])
    shop.refuse = ({ id }) => (id === late ? 'its name is taken' : undefined)
    expect(await pipeline.poll()).toMatchObject({ published: 0 })
    await arrived(here)
    const { sql } = pipeline.database
    const parked = () => sql`select id from delivery_queue`
    expect(await parked()).toHaveLength(1)

    shop.refuse = () => undefined
    const delivery = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'deliver', 'shop'))
    await delivery.result()
    const { runId } = await delivery.describe()
    // Not due: a poll leaves it alone.
    await pipeline.poll()
    expect((await delivery.describe()).runId).toBe(runId)
    await sql`update delivery_queue set due_at = now()`
    await pipeline.poll()
    await until(async () => (await parked()).length === 0, 'what was refused is sent again')
  })

  it('by the run that is at it: quiet polls do not fill its history while the destination is down', async () => {
    const here = await delivering()
    const { pipeline, shop, publish: add } = here
    await pipeline.load()
    await arrived(here)
    const delivery = pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'deliver', 'shop'))
    await delivery.result()
    await shop.down()
    await add([productRecord('WAITS')])
    const told = async () =>
      ((await delivery.fetchHistory()).events ?? []).filter(
        (event) => event.workflowExecutionSignaledEventAttributes,
      )
    await pipeline.poll()
    await until(async () => (await delivery.describe()).status.name === 'RUNNING', 'a delivery is at it')
    await pipeline.poll()
    expect(await told()).toHaveLength(0)
    pipeline.akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: false } }])
    await pipeline.poll()
    await until(async () => (await told()).length === 1, 'who published has told it')
    await shop.up()
    await arrived(here)
  })

  it('by a poll that fails, and by one that is cancelled', async () => {
    const here = await delivering()
    const { pipeline, publish: add } = here
    await pipeline.load()
    await arrived(here)

    await add([productRecord('BEFORE-THE-FAILURE')])
    pipeline.akeneo.fault({ path: products, status: 403 })
    await expect(pipeline.poll()).rejects.toThrow()
    const failed = await arrived(here)

    pipeline.akeneo.clearFaults()
    pipeline.akeneo.fault({ path: products, delayMs: 2000 })
    await add([productRecord('BEFORE-THE-CANCELLATION')])
    const handle = await startPoll(here)
    await until(
      async () =>
        (await pipeline.database.sql`select from run where process = 'poll-products' and finished_at is null`)
          .length > 0,
      'the poll has its run',
    )
    await handle.cancel()
    await expect(handle.result()).rejects.toThrow()
    expect(await arrived(here)).toBeGreaterThan(failed)
  })
})
