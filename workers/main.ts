import { loadConfig } from '../config.ts'
import { runWorker } from './run-worker.ts'

/** A worker without the command line: what `npm run dev` restarts on each change. */
await runWorker({
  config: await loadConfig(process.env['PIMFLOW_CONFIG'] ?? 'pimflow.config.yaml', process.env),
  logLevel: process.env['PIMFLOW_LOG_LEVEL'],
  metricsAddress: process.env['PIMFLOW_METRICS_ADDRESS'],
})
