import type { WorkerDeploymentVersion } from '@temporalio/common'
import {
  type NativeConnection,
  Worker,
  type WorkerDeploymentOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import type { Dependencies } from '../activities/dependencies.ts'
import { failureInterceptor } from '../activities/failures.ts'
import { heartbeatInterceptor } from '../activities/heartbeat.ts'
import { bulkQueue, liveQueue } from '../contracts/names.ts'
import { logInterceptor } from './telemetry.ts'
import type { Tracing } from './tracing.ts'

export interface WorkerOptions {
  /** Temporal's address, host:port, or what a client profile says. */
  connection: NativeConnection
  namespace: string
  taskQueue: string
  deps: Dependencies
  workflowBundle: WorkflowBundleOption
  /** Null: nothing is traced. */
  tracing?: Tracing | null
  /** Null: every worker of the queues gets work, whichever build it is. */
  deployment?: WorkerDeploymentVersion | null
}

/** Kept small: a cached run costs about 0.4 MB, and the cache is bounded by count alone. */
const maxCachedWorkflows = 200

/** Each waits for Akeneo or the database most of the time; more would only wait for a lane. */
const bulkActivities = 16
const liveActivities = 16

/**
 * A run goes on in the version that is current (docs/adr/0019-worker-versions.md): it may last longer than old workers, which cannot
 * start again once a new one has brought the tables forward.
 */
const versionedAs = (version: WorkerDeploymentVersion): WorkerDeploymentOptions => ({
  version,
  useWorkerVersioning: true,
  defaultVersioningBehavior: 'AUTO_UPGRADE',
})

/** One worker process: workflows, bulk activities and live ones, each on a queue of its own. */
export async function createWorkers(options: WorkerOptions): Promise<PimflowWorkers> {
  const {
    connection,
    namespace,
    taskQueue,
    deps,
    workflowBundle,
    tracing = null,
    deployment = null,
  } = options
  const base = {
    connection,
    namespace,
    shutdownGraceTime: '10s',
    shutdownForceTime: '70s',
    ...(deployment === null ? {} : { workerDeploymentOptions: versionedAs(deployment) }),
  } as const
  const activities = createActivities(deps)
  const interceptors = {
    activity: [
      ...(tracing === null ? [] : [tracing.activityInterceptor]),
      failureInterceptor,
      heartbeatInterceptor,
      logInterceptor,
    ],
  }
  const workers = await Promise.all([
    Worker.create({
      ...base,
      taskQueue,
      workflowBundle,
      maxCachedWorkflows,
      ...(tracing === null ? {} : { sinks: tracing.sinks }),
    }),
    Worker.create({
      ...base,
      taskQueue: bulkQueue(taskQueue),
      activities,
      interceptors,
      maxConcurrentActivityTaskExecutions: bulkActivities,
    }),
    Worker.create({
      ...base,
      taskQueue: liveQueue(taskQueue),
      activities,
      interceptors,
      maxConcurrentActivityTaskExecutions: liveActivities,
    }),
  ])
  return {
    run: async () => {
      await Promise.all(workers.map((worker) => worker.run()))
    },
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    },
  }
}

export interface PimflowWorkers {
  /** Until shutdown, by a call or a signal. */
  run(): Promise<void>
  shutdown(): void
}
