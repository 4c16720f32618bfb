import { randomBytes } from 'node:crypto'
import { Client } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { inject } from 'vitest'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import type { Activities } from '../../activities/index.ts'
import { hasWorkers } from '../../client/support/serving-workers.ts'
import { bulkQueue, liveQueue } from '../../contracts/names.ts'
import { until } from './until.ts'

export interface StubRun {
  client: Client
  taskQueue: string
  /** A name that no other test uses, for connections and workflow ids. */
  connection: string
}

/** Runs workflows over stubs of their activities, on a real server and queues of this test's own. */
export async function withStubs<T>(
  activities: Partial<Activities>,
  test: (run: StubRun) => Promise<T>,
): Promise<T> {
  const address = inject('temporalAddress')
  const connection = await NativeConnection.connect({ address })
  const { connection: clientConnection, close: closeClient } = await quietConnection({ address })
  const taskQueue = `stub-${randomBytes(5).toString('hex')}`
  const queues = Object.keys(activities).length === 0 ? [] : [bulkQueue(taskQueue), liveQueue(taskQueue)]
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue, workflowBundle: { code: inject('workflowBundleCode') } }),
    ...queues.map((queue) => Worker.create({ connection, taskQueue: queue, activities })),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  const client = new Client({ connection: clientConnection })
  try {
    // Commands say so when nobody is there yet.
    await until(() => hasWorkers(client, { namespace: 'default', taskQueue }), 'the worker asks for work')
    return await test({
      client,
      taskQueue,
      connection: taskQueue,
    })
  } finally {
    for (const worker of workers) worker.shutdown()
    await running
    await closeClient()
    await connection.close()
  }
}
