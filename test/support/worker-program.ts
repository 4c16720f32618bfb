import { loadConfig, loadIcecatMappings, loadMappings } from '../../config.ts'
import { runWorker } from '../../workers/run-worker.ts'
import { wantsTracing } from '../../workers/tracing-wanted.ts'

/** One worker process for tests: `worker-program.ts <configuration> <workflow bundle>`; prints `ready` once it takes tasks. */
const [configFile = '', codePath = ''] = process.argv.slice(2)
const config = await loadConfig(configFile, process.env)

await runWorker({
  config,
  mappings: await loadMappings(config, configFile),
  icecatMappings: await loadIcecatMappings(config, configFile),
  logLevel: process.env['PIMFLOW_LOG_LEVEL'] ?? 'error',
  metricsAddress: process.env['PIMFLOW_METRICS_ADDRESS'],
  // What traces workflows goes into a bundle of its own.
  ...(wantsTracing(process.env) ? {} : { bundle: { codePath } }),
  onReady: () => process.stdout.write('ready\n'),
})
