import { loadConfig, loadIcecatMappings, loadMappings } from '../config.ts'
import { runWorker } from './run-worker.ts'

/** A worker without the command line: what `npm run dev` restarts on each change. */
const path = process.env['PIMFLOW_CONFIG'] ?? 'pimflow.config.yaml'
const config = await loadConfig(path, process.env)
await runWorker({
  config,
  mappings: await loadMappings(config, path),
  icecatMappings: await loadIcecatMappings(config, path),
  logLevel: process.env['PIMFLOW_LOG_LEVEL'],
  metricsAddress: process.env['PIMFLOW_METRICS_ADDRESS'],
})
