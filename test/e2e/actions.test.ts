import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { costOf } from '../../client/support/actions.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { nowhere, project, type TestProject } from '../client/harness.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

interface ShownRun {
  process: string
  finishedAt: string | null
  actions: number | null
}

let pipeline: Pipeline
let cli: TestProject
let withoutTemporal: TestProject

beforeAll(async () => {
  pipeline = await openPipeline()
  const { connection, taskQueue, database } = pipeline
  const shared = { connections: [connection], taskQueue, databaseUrl: database.url }
  cli = await project({ ...shared, temporalAddress: inject('temporalAddress') })
  withoutTemporal = await project({ ...shared, temporalAddress: nowhere })
  await pipeline.initializeCategories()
  await pipeline.load()
})
afterAll(async () => {
  await Promise.all([cli.remove(), withoutTemporal.remove()])
  await pipeline.close()
})

async function runsOf(at: TestProject): Promise<ShownRun[]> {
  const { value } = await at.json('status')
  return (value as { connections: { runs: ShownRun[] }[] }).connections.flatMap(({ runs }) => runs)
}
const actionsOf = async (at: TestProject, process: string) =>
  (await runsOf(at)).find((run) => run.process === process)?.actions

/** Another row for an execution that is there: as a run whose end stands in the hub. */
const insertRun = (process: string, id: string, runId: string) => pipeline.database.sql`
  insert into run (connection, process, mode, workflow_id, workflow_run_id, finished_at, outcome)
  values (${pipeline.connection}, ${process}, 'full', ${id}, ${runId}, now(), 'done')`

it('nothing is shown while Temporal does not answer', async () => {
  expect((await runsOf(withoutTemporal)).map(({ actions }) => actions)).toEqual([null, null])
})

it.each(['load-products', 'initialize-categories'] as const)(
  'status shows those of %s, with the branches of categories',
  async (process) => {
    const { client, connection } = pipeline
    const id = workflowId(connection, process)
    const { runId } = await client.workflow.getHandle(id).describe()
    const { actions } = await costOf(client, { workflowId: id, runId })
    expect(await actionsOf(cli, process)).toBe(actions)
    expect((await cli.run('status')).out).toContain(`${actions} Temporal actions`)
  },
)

it('they are kept once they were counted', async () => {
  const counted = await actionsOf(cli, 'load-products')
  expect(counted).toBeGreaterThan(0)
  expect(await actionsOf(withoutTemporal, 'load-products')).toBe(counted)
})

it('the morning page shows them', async () => {
  const counted = await actionsOf(cli, 'load-products')
  const file = join(dirname(cli.config), 'page.html')
  expect((await cli.run('report', '--out', file)).code).toBe(0)
  const [, row = ''] = />full pass<(.*?)<\/tr>/s.exec(await readFile(file, 'utf8')) ?? []
  expect(row).toContain(`<td class="figure">${counted}</td>`)
})

it('a run whose workflow is not quite over is counted later', async () => {
  const { client, connection } = pipeline
  const handle = await client.workflow.start(workflowTypes.collectMedia, {
    workflowId: workflowId(connection, 'media'),
    taskQueue: `${connection}-nobody`,
    args: [{ connection }],
  })
  await insertRun('media', handle.workflowId, handle.firstExecutionRunId)
  expect(await actionsOf(cli, 'media')).toBeNull()
  await handle.terminate()
  expect(await actionsOf(cli, 'media')).toBe(1)
})

it('of a run that Temporal has forgotten none are shown', async () => {
  await insertRun('reconcile', workflowId(pipeline.connection, 'reconcile'), crypto.randomUUID())
  expect(await actionsOf(cli, 'reconcile')).toBeNull()
})
