import { expect, inject, it, onTestFinished } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { openPipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'
import { lockWaits } from '../support/transactions.ts'

it('a worker that hangs inside a page’s transaction lets its rows go, and goes on when it wakes', async () => {
  const pipeline = await openPipeline({ worker: false })
  const { client, akeneo, connection, taskQueue } = pipeline
  const { sql, url } = pipeline.database
  const workers = await workerProcesses(pipeline, {
    address: inject('temporalAddress'),
    workflowBundle: inject('workflowBundleCode'),
  })
  onTestFinished(async () => {
    await workers.close()
    await pipeline.close()
  })
  // The owner's limit counts before the product's minute.
  const database = new URL(url).pathname.slice(1)
  await sql.unsafe(`alter database ${database} set idle_in_transaction_session_timeout = '1s'`)
  const worker = await workers.start()
  await pipeline.initializeCategories()
  await pipeline.load()

  // A page that changes this record stands there, with the row of its transfer.
  akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: false } }])
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  let isHeld = false
  const holding = sql.begin(async (tx) => {
    await tx`set local idle_in_transaction_session_timeout = 0`
    const rows =
      await tx`select from source_record where stream = 'products' and code = 'NL-DL7-W' for update`
    expect(rows.length).toBe(1)
    isHeld = true
    await held
  })
  await until(() => Promise.resolve(isHeld), 'the record is locked')
  const poll = await client.workflow.start(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'poll-products'),
    taskQueue,
    args: [{ connection }],
  })
  await until(async () => (await lockWaits(sql)) > 0, 'a page waits')
  worker.kill('SIGSTOP')
  letGo()
  await holding
  await until(async () => {
    const hanging = await sql`
      select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`
    return hanging.length > 0
  }, 'the transaction of the worker hangs')
  // Waits until the database has ended it: the worker cannot.
  await sql`select from transfer for update`
  worker.kill('SIGCONT')

  const report = (await poll.result()) as RunReport
  expect(report.outcome).toMatch(/^done/)
  expect(report.streams['products']?.changed).toBe(1)
  expect([worker.exitCode, worker.signalCode]).toEqual([null, null])
}, 120_000)
