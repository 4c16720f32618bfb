import type { Command } from 'commander'
import { loadIcecatMappings, loadMappings } from '../../config.ts'
import { runningTemporal } from '../support/local-services.ts'
import { configPath, readConfig } from '../support/project.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

interface WorkerFlags {
  logLevel?: string
  metricsAddress?: string
}

export function registerWorker(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'worker',
    summary: 'run one worker until Ctrl-C; start as many as you like',
    examples: ['pimflow worker', 'pimflow worker --metrics-address 127.0.0.1:9464 --log-level warn'],
    connection: false,
  })
    .option(
      '--log-level <level>',
      'trace, debug, info, warn or error (default: $PIMFLOW_LOG_LEVEL, else info)',
    )
    .option(
      '--metrics-address <host:port>',
      'where Prometheus may ask (default: $PIMFLOW_METRICS_ADDRESS, else nowhere)',
    )
    .action(
      answering<WorkerFlags>(session, async ({ terminal, options }) => {
        const { env } = terminal
        const config = await readConfig(options, terminal)
        const address = config.temporal.address ?? (await runningTemporal())?.address
        // Loads Temporal's native part, which no other verb needs.
        const { runWorker } = await import('../../workers/run-worker.ts')
        await runWorker({
          config: { ...config, temporal: { ...config.temporal, address } },
          mappings: await loadMappings(config, configPath(options, terminal)),
          icecatMappings: await loadIcecatMappings(config, configPath(options, terminal)),
          logLevel: options.logLevel ?? env['PIMFLOW_LOG_LEVEL'],
          metricsAddress: options.metricsAddress ?? env['PIMFLOW_METRICS_ADDRESS'],
          onReady: () => terminal.err(`A worker takes work from the queue ${config.temporal.taskQueue}`),
        })
        return { value: { stopped: true }, text: '' }
      }),
    )
}
