import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { committedPages, contentOf } from '../support/hub-content.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses, type WorkerProcesses } from '../support/worker-process.ts'

const isLarge = process.env['PIMFLOW_REFERENCE_DATA'] !== undefined
const catalog = process.env['PIMFLOW_REFERENCE_DATA'] ?? 'examples/catalog'

/** Short, so that what a dead worker held is free again soon; a call takes 400 ms. */
const timeouts = { timeoutMs: 1500 }
const latencyMs = 400
const kills = 3

describe.each([
  { title: 'a worker that is killed three times during the first load', processes: 1, akeneo: { catalog } },
  {
    title: 'three workers of which one is killed, three times',
    processes: 3,
    // So long that each of them is killed before it ends.
    akeneo: { shape: 'small:6000' },
  },
] as const)('$title', ({ processes, akeneo }) => {
  let pipeline: Pipeline
  let undisturbed: Pipeline
  let workers: WorkerProcesses
  let report: RunReport
  let transfersInFlight = 0

  beforeAll(async () => {
    undisturbed = await openPipeline({ akeneo })
    await undisturbed.initializeCategories()
    await undisturbed.load()

    pipeline = await openPipeline({
      akeneo: { ...akeneo, latencyMs },
      settings: { akeneo: timeouts },
      worker: false,
    })
    workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      timeouts,
    )
    const running: ChildProcess[] = []
    const replacements: Promise<ChildProcess>[] = []
    const pagesApart = processes === 3 ? 10 : isLarge ? 2 : 1
    for (let n = 0; n < processes; n++) running.push(await workers.start())
    await pipeline.initializeCategories()
    pipeline.akeneo.resetRequests()
    const handle = await pipeline.client.workflow.start(workflowTypes.pollProducts, {
      workflowId: workflowId(pipeline.connection, 'load-products'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection, mode: 'full' }],
    })
    for (let kill = 1; kill <= kills; kill++) {
      // A random moment of the load: after so many pages, wherever the next ones stand.
      const pages = kill * pagesApart + (pagesApart > 1 ? Math.floor(Math.random() * 3) : 0)
      // Between two transfers of a reader there is none: a kill there would prove nothing.
      let open = 0
      await until(
        async () => (await committedPages(pipeline)) >= pages && (open = await openTransfers(pipeline)) > 0,
        `${pages} pages are committed and others are on their way`,
      )
      transfersInFlight += open
      // The oldest: of three it is each one's turn once.
      const oldest = running.shift()
      if (oldest) await workers.kill(oldest)
      const replacement = workers.start()
      // Two others go on meanwhile; of one alone nothing happens until the next is there.
      if (processes === 1) running.push(await replacement)
      else replacements.push(replacement)
    }
    await Promise.all(replacements)
    report = (await handle.result()) as RunReport
  }, 300_000)

  afterAll(async () => {
    await workers.close()
    await pipeline.close()
    await undisturbed.close()
  })

  it('had pages in flight at each kill', () => {
    expect(transfersInFlight).toBeGreaterThanOrEqual(kills)
  })

  it('ends in the same hub content, record by record', async () => {
    expect(report.outcome).toMatch(/^done/)
    expect(await contentOf(pipeline)).toEqual(await contentOf(undisturbed))
  })

  it('commits no page twice', async () => {
    const [row] = await pipeline.database.sql<{ doubles: number }[]>`
      select count(*)::int as doubles from (
        select transfer, cursor from transfer_page group by transfer, cursor having count(*) > 1
      ) as twice`
    expect(row?.doubles).toBe(0)
  })

  it('repeats at most two requests per kill and transfer in flight', () => {
    const pages = pipeline.akeneo
      .requests()
      .filter(({ path }) => /\/(products-uuid|product-models)$/.test(path))
      .map(({ path, query }) => `${path}?${JSON.stringify(query)}`)
    const repeated = pages.length - new Set(pages).size
    expect(repeated).toBeLessThanOrEqual(2 * transfersInFlight)
  })

  it('never has more than four calls inside Akeneo, abandoned ones included', () => {
    expect(pipeline.akeneo.counters().peakConcurrent).toBeLessThanOrEqual(4)
  })
})

async function openTransfers({ database: { sql } }: Pipeline): Promise<number> {
  const [row] = await sql<
    { n: number }[]
  >`select count(*)::int as n from transfer where not done and reader is not null`
  return row?.n ?? 0
}
