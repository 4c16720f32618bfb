import type { WorkflowHandle } from '@temporalio/client'
import { afterEach, describe, expect, it } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { SyncReport } from '../../contracts/reports.ts'
import { gate } from '../client/stubs.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { pagesAfterTheFirst, rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

let pipeline: Pipeline
let proxy: RewritingProxy
afterEach(async () => {
  await pipeline.close()
  await proxy.close()
})

/** A first load, ended by an operator in its middle as by a power cut: nothing of it gives anything back. */
async function terminatedLoad(): Promise<WorkflowHandle> {
  proxy = await rewritingProxy()
  pipeline = await openPipeline({ settings: { akeneo: { url: proxy.url, timeoutMs: 1000 } } })
  proxy.target = pipeline.akeneo.url
  const powerIsOff = gate()
  proxy.hold = (url) => (pagesAfterTheFirst(url) ? powerIsOff.opened : undefined)
  const { client, connection, taskQueue, database } = pipeline
  const handle = await client.workflow.start(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'load-products'),
    taskQueue,
    args: [{ connection, mode: 'full' }],
  })
  await until(
    async () => (await database.sql`select 1 from transfer_page limit 1`).length > 0,
    'a page of the load is committed',
  )
  await handle.terminate('pulled the plug')
  powerIsOff.open()
  return handle
}

describe('a run that was terminated', () => {
  it('locks nobody out: the next one takes its place at once and carries everything', async () => {
    await terminatedLoad()
    const [claim] = await pipeline.database.sql`select 1 from claim where process = 'load-products'`
    expect(claim).toBeDefined()
    const report = await pipeline.load()
    expect(report.outcome).toMatch(/^done/)
    expect(report.streams['products']?.read).toBe(pipeline.akeneo.pim.catalog.products.size)
    // And after it a poll, which found the load's claim given back.
    expect((await pipeline.poll()).outcome).toMatch(/^done/)
    expect(await pipeline.database.sql`select 1 from claim`).toHaveLength(0)
  }, 60_000)

  it('keeps no call of Akeneo to itself: what a person asks for then is answered', async () => {
    await terminatedLoad()
    const started = Date.now()
    const report: SyncReport = await pipeline.sync('NL-DL7-W')
    expect(report.outcome).not.toBe('not found')
    // A lane is free again when Akeneo must have given up on the call, which is a second here.
    expect(Date.now() - started).toBeLessThan(15_000)
  }, 60_000)
})
