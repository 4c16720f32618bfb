import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker'
import type { Config, EnrichmentMapping, OutputMapping } from '../config.ts'
import { createWorkers } from './create-worker.ts'
import { measureWith } from '../connectors/telemetry/metrics.ts'
import { openDependencies } from './dependencies.ts'
import { deploymentVersion } from './deployment.ts'
import { showStandings } from './meter.ts'
import { installRuntime, type TelemetryOptions } from './telemetry.ts'
import { wantsTracing } from './tracing-wanted.ts'
import { workflowBundle } from './workflow-bundle.ts'

export interface RunWorkerOptions extends TelemetryOptions {
  config: Config
  /** The files that the configuration names. */
  mappings: OutputMapping[]
  icecatMappings: EnrichmentMapping[]
  /** Absent: the one that the build made, else one made now. */
  bundle?: WorkflowBundleOption
  /** Called once tasks are taken. */
  onReady?: () => void
}

/** One worker process, until a signal: unfinished pages are finished or left to the next worker. */
export async function runWorker({
  config,
  mappings,
  icecatMappings,
  bundle,
  onReady,
  ...telemetry
}: RunWorkerOptions): Promise<void> {
  const meter = installRuntime(telemetry)
  measureWith(meter)
  const tracing = wantsTracing(process.env) ? (await import('./tracing.ts')).startTracing(process.env) : null
  const ending = new AbortController()
  const deps = await openDependencies(config, mappings, icecatMappings)
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig()
    const address = connectionOptions.address ?? config.temporal.address ?? 'localhost:7233'
    const connection = await NativeConnection.connect({ ...connectionOptions, address })
    try {
      const workers = await createWorkers({
        connection,
        namespace: namespace ?? config.temporal.namespace ?? 'default',
        taskQueue: config.temporal.taskQueue,
        deps,
        tracing,
        deployment: deploymentVersion(config.temporal.deployment, process.env),
        workflowBundle: bundle ?? (await workflowBundle(tracing === null ? [] : [tracing.workflowModule])),
      })
      const running = workers.run()
      if (meter !== null) void showStandings(deps.sql, meter, ending.signal)
      onReady?.()
      await running
    } finally {
      await connection.close()
    }
  } finally {
    ending.abort()
    await deps.close()
    await tracing?.end()
  }
}
