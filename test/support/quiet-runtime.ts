import { DefaultLogger, Runtime } from '@temporalio/worker'

const key = Symbol.for('pimflow.test.quiet-runtime')
const process = globalThis as { [key]?: true }

/** Workers say when they start and stop; in a test's output only what went wrong is of use. Once: files share a process. */
if (process[key] === undefined) {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
  process[key] = true
}
