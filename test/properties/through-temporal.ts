import { randomBytes } from 'node:crypto'
import { activityInfo } from '@temporalio/activity'
import { Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger, NativeConnection } from '@temporalio/worker'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import { createActivities } from '../../activities/index.ts'
import type { ConnectionRuntime, Dependencies } from '../../activities/dependencies.ts'
import { openDatabase } from '../../connectors/hub/database.ts'
import { decidePlan } from '../../connectors/hub/plans.ts'
import { type ProcessName, workflowId, workflowTypes } from '../../contracts/names.ts'
import type { MediaReport, ReconcileReport, RetireReport, RunReport } from '../../contracts/reports.ts'
import { createWorkers } from '../../workers/create-worker.ts'
import type { Servers } from '../support/servers.ts'
import { type Passes, type Player, watched } from './passes.ts'

export interface TemporalPlayer {
  play: Player
  close(): Promise<void>
}

/** One worker on a real server for all scenarios, whose connections come and go; the database is the connections' own. */
export async function openTemporalPlayer({
  databaseUrl,
  temporalAddress: address,
  workflowBundleCode: code,
}: Omit<Servers, 'stop' | 'temporalUiUrl'>): Promise<TemporalPlayer> {
  const sql = openDatabase(databaseUrl, { max: 8 })
  const runtimes = new Map<string, ConnectionRuntime>()
  const deps: Dependencies = {
    sql,
    connection: (name) => {
      const runtime = runtimes.get(name)
      if (runtime) return runtime
      throw new Error(`The scenario of ${name} is over`)
    },
  }
  const taskQueue = `properties-${randomBytes(5).toString('hex')}`
  const [native, { connection, close }] = await Promise.all([
    NativeConnection.connect({ address }),
    quietConnection({ address }),
  ])
  const workers = await createWorkers({
    connection: native,
    namespace: 'default',
    taskQueue,
    deps,
    workflowBundle: { code },
  })
  const running = workers.run()
  const server = { client: new Client({ connection }), taskQueue, deps }
  return {
    play: (own, name, around, backOff) => {
      runtimes.set(name, watched(own, name, around, backOff).connection(name))
      return { passes: throughTemporal(server, name), end: () => void runtimes.delete(name) }
    },
    close: async () => {
      workers.shutdown()
      await running
      await Promise.all([native.close(), close()])
      await sql.end({ timeout: 1 })
    },
  }
}

interface Server {
  client: Client
  taskQueue: string
  deps: Dependencies
}

/** Starts the workflows, as schedules and people do, and waits for them and for what they leave running. */
function throughTemporal({ client, taskQueue, deps }: Server, connection: string): Passes {
  const execute = async (type: string, process: ProcessName, args: object, detail?: string) =>
    client.workflow.execute(type, {
      workflowId: workflowId(connection, process, detail),
      taskQueue,
      args: [{ connection, ...args }],
    }) as Promise<unknown>

  const load = async () => {
    const report = (await execute(workflowTypes.pollProducts, 'load-products', { mode: 'full' })) as RunReport
    if (report.runId === null) throw new Error(`The load found nothing to do: ${report.outcome}`)
    await files()
    return report.runId
  }

  /** Nobody waits for files in the product, and their records change when they are in. */
  const files = async () => {
    if (deps.connection(connection).media === null) return
    await endOf(client.workflow.getHandle(workflowId(connection, 'media')))
  }

  return {
    load,

    poll: async () => {
      const report = (await execute(workflowTypes.pollProducts, 'poll-products', {})) as RunReport
      if (report.outcome === 'load started')
        await client.workflow.getHandle(workflowId(connection, 'load-products')).result()
      else if (report.runId === null) throw new Error(`The poll found nothing to do: ${report.outcome}`)
      await files()
    },

    categories: async () => {
      await execute(workflowTypes.initializeCategories, 'initialize-categories', {})
    },

    reconcile: async ({ content, approve = true }) => {
      const report = (await execute(workflowTypes.reconcileCatalog, 'reconcile', {
        content,
      })) as ReconcileReport
      if (report.runId === null) throw new Error(`The reconcile found nothing to do: ${report.outcome}`)
      const { plan, held } = report
      if (plan !== null && held.length > 0 && approve) {
        await decidePlan(deps.sql, connection, BigInt(plan), { state: 'approved', by: 'ada' })
        await (execute(workflowTypes.retireRecords, 'retire', { plan }, plan) as Promise<RetireReport>)
      }
      await files()
      return held
    },

    sync: async (id) => {
      await execute(workflowTypes.syncRecord, 'sync', { id }, id)
    },

    overtake: () => again(client, deps),
  }
}

/** Of a workflow that another one started and left; one that was never started has ended. */
async function endOf(handle: WorkflowHandle): Promise<void> {
  try {
    await (handle.result() as Promise<MediaReport>)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}

/**
 * The activity that this is called in, once more and to its end, as when its worker is taken for dead. It is run here because a server
 * would wait for a heartbeat's timeout; its input is what the history holds.
 */
async function again(client: Client, deps: Dependencies): Promise<void> {
  const { workflowExecution, activityId, activityType, attempt } = activityInfo()
  if (workflowExecution === undefined) throw new Error(`${activityType} belongs to no workflow`)
  const { workflowId: id, runId } = workflowExecution
  const { events } = await client.workflow.getHandle(id, runId).fetchHistory()
  const scheduled = (events ?? [])
    .map(({ activityTaskScheduledEventAttributes: attributes }) => attributes)
    .find((attributes) => attributes?.activityId === activityId)
  const [payload] = scheduled?.input?.payloads ?? []
  if (!payload) throw new Error(`The history of ${id} holds no input of ${activityType}`)
  const input = defaultPayloadConverter.fromPayload<unknown>(payload)
  const activities: Record<string, unknown> = { ...createActivities(deps) }
  // The history says that the input is the one of that name.
  const activity = activities[activityType] as (input: unknown) => Promise<unknown>
  const environment = new MockActivityEnvironment(
    { workflowExecution, attempt: attempt + 1 },
    { logger: silent },
  )
  await environment.run<[unknown], unknown, typeof activity>(activity, input)
}

/** The one that is overtaken complains, and is meant to. */
const silent = new DefaultLogger('ERROR', () => undefined)
