import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { recordsOf } from '../../connectors/hub/records.ts'
import { freePort } from '../../local/ports.ts'
import { localSearchAttributes } from '../../local/services.ts'
import { ensureTemporal, type LocalTemporal } from '../../local/temporal.ts'
import { project, type TestProject } from '../client/harness.ts'
import { openPipeline, type Pipeline, startWorker } from '../support/pipeline.ts'
import { until } from '../support/until.ts'

let pipeline: Pipeline
let at: TestProject
let temporal: LocalTemporal
let folder: string
let port: number
const closing: (() => Promise<unknown>)[] = []

/** In memory: what is stopped has forgotten everything. */
const startTemporal = () =>
  ensureTemporal({ dataDir: folder, port, headless: true, searchAttributes: localSearchAttributes })

async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const { connection, close } = await quietConnection({ address: temporal.address })
  try {
    return await use(new Client({ connection }))
  } finally {
    await close()
  }
}

const execute = (type: string, process: 'initialize-categories' | 'load-products', input: object) =>
  withClient((client) =>
    client.workflow.execute(type, {
      workflowId: workflowId(pipeline.connection, process),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection, ...input }],
    }),
  )

const codes = async () => {
  const { value } = await at.json('doctor')
  // What the verb prints, in its own shape.
  const { connections } = value as { connections: { ailments: { code: string }[] }[] }
  return connections.flatMap(({ ailments }) => ailments.map(({ code }) => code))
}

const nameOf = async (sku: string) => {
  for await (const record of recordsOf(pipeline.deps.sql, pipeline.connection, 'ecommerce'))
    if (record.kind === 'product' && record.sku === sku) return record.name['en_US']
  return undefined
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-temporal-lost-'))
  port = await freePort()
  pipeline = await openPipeline({ worker: false })
  temporal = await startTemporal()
  at = await project({
    taskQueue: pipeline.taskQueue,
    databaseUrl: pipeline.database.url,
    temporalAddress: temporal.address,
    akeneo: { url: pipeline.akeneo.url, ...pipeline.akeneo.credentials },
  })
  closing.push(
    () => at.remove(),
    () => temporal.stop(),
    () => pipeline.close(),
    () => rm(folder, { recursive: true, force: true }),
  )
}, 120_000)

afterAll(async () => {
  for (const close of closing) await close()
})

it('goes on where it was when Temporal has lost its database: schedules are applied again, and nothing is missing', async () => {
  closing.unshift(await startWorker(temporal.address, pipeline.taskQueue, pipeline.deps))
  await execute(workflowTypes.initializeCategories, 'initialize-categories', {})
  await execute(workflowTypes.pollProducts, 'load-products', { mode: 'full' })
  await at.run('schedules', 'apply')
  // A poll is under way and gets no further: its first question to Akeneo is answered when there is no Temporal any more.
  pipeline.akeneo.fault({ path: '/api/rest/*', delayMs: 1500, count: 100 })
  await withClient((client) =>
    client.workflow.start(workflowTypes.pollProducts, {
      workflowId: workflowId(pipeline.connection, 'poll-products'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection }],
    }),
  )
  const { sql } = pipeline.deps
  await until(
    async () => (await sql`select 1 from claim where connection = ${pipeline.connection}`).length > 0,
    'the poll has its claim',
  )
  await temporal.stop()
  const patch = { values: { name: [{ locale: null, scope: null, data: 'Edited meanwhile' }] } }
  pipeline.akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch }])
  pipeline.akeneo.clearFaults()

  // The worker finds it again by itself.
  temporal = await startTemporal()
  expect(await codes()).toEqual(expect.arrayContaining(['schedule-missing', 'claim-without-holder']))
  await at.run('schedules', 'apply')
  // NL-404 is rejected now as it was before.
  expect((await at.run('sync', 'products')).code).toBe(3)
  expect(await nameOf('NL-DL7-W')).toBe('Edited meanwhile')
  // What is left is history.
  expect((await at.run('doctor')).code).toBe(0)
}, 120_000)
