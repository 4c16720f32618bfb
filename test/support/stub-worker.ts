import { randomBytes } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { inject } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { bulkQueue, liveQueue } from '../../contracts/names.ts'

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
  const clientConnection = await Connection.connect({ address })
  const taskQueue = `stub-${randomBytes(5).toString('hex')}`
  const queues = Object.keys(activities).length === 0 ? [] : [bulkQueue(taskQueue), liveQueue(taskQueue)]
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue, workflowBundle: { code: inject('workflowBundleCode') } }),
    ...queues.map((queue) => Worker.create({ connection, taskQueue: queue, activities })),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  try {
    return await test({
      client: new Client({ connection: clientConnection }),
      taskQueue,
      connection: taskQueue,
    })
  } finally {
    for (const worker of workers) worker.shutdown()
    await running
    await clientConnection.close()
    await connection.close()
  }
}
