import { Worker } from '@temporalio/worker'
import { loadConfig, loadIcecatMappings, loadMappings } from '../../../config.ts'
import { runWorker } from '../../../workers/run-worker.ts'
import { answerParent } from '../rpc.ts'

/** A worker as an operator runs it, on a configuration file: `worker <configuration> <workflow bundle>`. */
const [configFile = '', codePath = ''] = process.argv.slice(2)

// After a kill, what waits for the dead worker's own queue goes to the others after 10 s; here after one.
const create = Worker.create.bind(Worker)
Worker.create = (options) => create({ ...options, stickyQueueScheduleToStartTimeout: '1s' })

const config = await loadConfig(configFile, process.env)
await runWorker({
  config,
  mappings: await loadMappings(config, configFile),
  icecatMappings: await loadIcecatMappings(config, configFile),
  logLevel: 'info',
  bundle: { codePath },
  onReady: () => answerParent({}),
})
