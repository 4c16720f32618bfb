import { randomBytes } from 'node:crypto'
import { Client } from '@temporalio/client'
import { expect, inject, it, onTestFinished } from 'vitest'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import { type Config, connectionConfig } from '../../config.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { freshDatabase } from '../support/database.ts'
import { startWorker } from '../support/pipeline.ts'
import { until } from '../support/until.ts'

const connections = 20
const rounds = 2

/** Each with an Akeneo of its own, all of them carried by one worker with its ten connections to the database. */
it(`${connections} connections on one worker: while one is being loaded, the others are polled round after round`, async () => {
  const taskQueue = `test-${randomBytes(5).toString('hex')}`
  const [large, ...small] = await Promise.all(
    Array.from({ length: connections }, (_, n) =>
      opened(startAkeneo(n === 0 ? { shape: 'small:8000' } : { catalog: 'examples/catalog' })),
    ),
  )
  if (!large) throw new Error('There is no simulator')
  const nameOf = (n: number) => `${taskQueue}-${n}`
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const config: Config = {
    version: 1,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue },
    database: { url: database.url, poolSize: 10, prepare: true },
    connections: [large, ...small].map(({ url, credentials }, n) =>
      connectionConfig({ name: nameOf(n), akeneo: { url, ...credentials } }),
    ),
  }
  const deps = await openDependencies(config, [], [])
  onTestFinished(() => deps.close())
  const address = inject('temporalAddress')
  const { connection: temporal, close } = await quietConnection({ address })
  onTestFinished(close)
  const client = new Client({ connection: temporal })
  onTestFinished(await startWorker(address, taskQueue, deps))

  const start = (n: number, mode?: 'full') => {
    const connection = nameOf(n)
    return client.workflow.start<(input: object) => Promise<RunReport>>(workflowTypes.pollProducts, {
      workflowId: workflowId(connection, mode === 'full' ? 'load-products' : 'poll-products'),
      taskQueue,
      args: [{ connection, ...(mode ? { mode } : {}) }],
    })
  }
  const others = small.map((_, index) => index + 1)
  const loads = await Promise.all(others.map((n) => start(n, 'full')))
  for (const loaded of loads) expect((await loaded.result()).outcome).toMatch(/^done/)

  // From here on its Akeneo takes so long for a page that the load lasts for half a minute, whatever this machine does.
  large.fault({ path: '/api/rest/v1/products-uuid', delayMs: 1500 })
  const load = await start(0, 'full')
  const { sql } = database
  await until(async () => {
    const [row] =
      await sql`select 1 from run r join transfer t on t.run = r.id join transfer_page p on p.transfer = t.id
      where r.connection = ${nameOf(0)} and t.stream = 'products' limit 1`
    return row !== undefined
  }, 'pages of the load are coming in')
  for (let round = 1; round <= rounds; round++) {
    const polls = await Promise.all(others.map((n) => start(n)))
    const reports = await Promise.all(polls.map((poll) => poll.result()))
    for (const { outcome } of reports) expect(outcome).toMatch(/^done/)
  }
  expect((await load.describe()).status.name).toBe('RUNNING')
  // What they shared was the worker alone: the load kept its lanes.
  expect((await load.result()).streams['products']?.read).toBe(8000)
}, 180_000)

async function opened(starting: Promise<AkeneoSimulator>): Promise<AkeneoSimulator> {
  const simulator = await starting
  onTestFinished(() => simulator.close())
  return simulator
}
