import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { costOf, costOfExecution } from '../../client/support/actions.ts'
import { countedActions } from '../../client/support/run-actions.ts'
import { lastRuns } from '../../connectors/hub/sights.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { historyText } from '../support/histories.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

const folder = fileURLToPath(new URL('../histories/', import.meta.url))
const recording = process.env['PIMFLOW_RECORD_HISTORIES'] === 'true'

let pipeline: Pipeline
let proxy: RewritingProxy
beforeAll(async () => {
  proxy = await rewritingProxy()
  pipeline = await openPipeline({ settings: { akeneo: { url: proxy.url } } })
  proxy.target = pipeline.akeneo.url
  await pipeline.initializeCategories()
})
afterAll(async () => {
  await pipeline.close()
  await proxy.close()
})

it('a load whose history grows long goes on as one run in a new execution, paused as it was, and nobody takes its claim', async () => {
  const { client, connection, taskQueue, database } = pipeline
  const id = workflowId(connection, 'load-products')
  let reachPage = () => {}
  let answerPage = () => {}
  const pageReached = new Promise<void>((resolve) => (reachPage = resolve))
  const pageAnswered = new Promise<void>((resolve) => (answerPage = resolve))
  proxy.hold = ({ pathname, searchParams }) => {
    if (pathname !== '/api/rest/v1/products-uuid' || !searchParams.has('search_after')) return undefined
    reachPage()
    return pageAnswered
  }
  const handle = await client.workflow.start(workflowTypes.pollProducts, {
    workflowId: id,
    taskQueue,
    args: [{ connection, mode: 'full', maxHistoryEvents: 10 }],
  })
  const first = client.workflow.getHandle(id, handle.firstExecutionRunId)
  // The pause must come while a page is being read, neither before the first nor after the last.
  await pageReached
  await client.workflow.getHandle(id).signal('pause')
  await until(
    async () => {
      const [control] = await database.sql<{ state: string }[]>`
      select state from control join run on run.id = control.run where run.process = 'load-products'`
      return control?.state === 'paused'
    },
    'the pause stands where the readers look for it',
    5000,
  )
  answerPage()
  await until(
    async () => (await first.describe()).status.name === 'CONTINUED_AS_NEW',
    'the first execution hands over',
    5000,
  )
  const other = (await client.workflow.execute(workflowTypes.pollProducts, {
    workflowId: `${id}-by-hand`,
    taskQueue,
    args: [{ connection, mode: 'full' }],
  })) as RunReport
  expect(other.outcome).toBe('already running')
  await client.workflow.getHandle(id).signal('resume')
  const report = (await handle.result()) as RunReport
  expect(report.outcome).toMatch(/^done/)

  const runs = await database.sql<{ id: string; outcome: string }[]>`
    select id::text as id, outcome from run where process = 'load-products' and finished_at is not null`
  expect(runs).toEqual([{ id: report.runId, outcome: report.outcome }])
  const [claims] = await database.sql<
    { n: number }[]
  >`select count(*)::int as n from claim where process = 'load-products'`
  expect(claims?.n).toBe(0)

  const histories = {
    'load-products-continued': await first.fetchHistory(),
    'load-products-resumed': await client.workflow.getHandle(id).fetchHistory(),
  }
  for (const [name, history] of Object.entries(histories)) {
    await Worker.runReplayHistory({ workflowBundle: { code: inject('workflowBundleCode') } }, history, id)
    if (recording) await writeFile(join(folder, `pollProducts.${name}.json`), historyText(history))
  }
})

it('its Temporal actions are those of all executions, but of those that are a run of their own', async () => {
  const { client, connection, taskQueue, database } = pipeline
  const { sql } = database
  const address = inject('temporalAddress')
  const place = { address, namespace: 'default', taskQueue, webUrl: '', connectionOptions: { address } }
  const counted = async () => {
    const [run, ...further] = (await lastRuns(sql, connection)).filter(
      ({ process }) => process === 'load-products',
    )
    if (run === undefined || further.length > 0) throw new Error('There is one load')
    const { actions } = (await countedActions(sql, place, [run]))(run)
    return { run, actions }
  }
  const { run, actions } = await counted()
  const { workflowId: id, workflowRunId } = run
  const last = await costOfExecution(client, { workflowId: id, runId: workflowRunId })
  let sum = last.actions
  for (let before = last.before; before !== null;) {
    const earlier = await costOfExecution(client, { workflowId: id, runId: before })
    sum += earlier.actions
    if (earlier.before === null)
      expect((await costOf(client, { workflowId: id, runId: before })).actions).toBe(sum)
    before = earlier.before
  }
  expect(sum).toBeGreaterThan(last.actions)
  expect(actions).toBe(sum)

  await sql`
    insert into run (connection, process, mode, workflow_id, workflow_run_id)
    values (${connection}, 'deliver', 'shop to webshop', ${id}, ${last.before})`
  await sql`update run set actions = null`
  expect((await counted()).actions).toBe(last.actions)
})
