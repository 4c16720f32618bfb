import { DefaultLogger, Runtime } from '@temporalio/worker'

/** Workers say when they start and stop; in a test's output only what went wrong is of use. */
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
