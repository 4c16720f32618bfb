/** `pimflow`: a worker of one's own, from a configuration. What stands in this folder is what the package promises; the rest may change at any time. */
export * from './config.ts'
export { createWorkers, type PimflowWorkers, type WorkerOptions } from '../workers/create-worker.ts'
export { openDependencies, type OpenedDependencies } from '../workers/dependencies.ts'
export { runWorker, type RunWorkerOptions } from '../workers/run-worker.ts'
export { workflowBundle } from '../workers/workflow-bundle.ts'
