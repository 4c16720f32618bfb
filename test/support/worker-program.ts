import { loadConfig } from '../../config.ts'
import { runWorker } from '../../workers/run-worker.ts'

/** One worker process for tests: `worker-program.ts <configuration> <workflow bundle>`; prints `ready` once it takes tasks. */
const [configFile = '', codePath = ''] = process.argv.slice(2)

await runWorker({
  config: await loadConfig(configFile, process.env),
  logLevel: 'error',
  bundle: { codePath },
  onReady: () => process.stdout.write('ready\n'),
})
