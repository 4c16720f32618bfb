import { type ActivityInterceptorsFactory, type Logger, Runtime } from '@temporalio/worker'
import { type BaseLogger, pino } from 'pino'
import type { Meter } from '../connectors/telemetry/metrics.ts'
import { bucketsByName, temporalMeter } from './meter.ts'

export interface TelemetryOptions {
  /** pino's levels; default `info`. */
  logLevel?: string | undefined
  /** host:port of a Prometheus endpoint; absent: none. */
  metricsAddress?: string | undefined
}

/** Names under which a secret could stand in a log line: cut there, whatever wrote it. */
const redact = [
  '*.password',
  '*.clientSecret',
  '*.accessToken',
  '*.refreshToken',
  '*.authorization',
  'headers.authorization',
  '*.headers.authorization',
]

/** Once per process, before any connection: one JSON line per event, Temporal's and ours alike. Null: nobody asks for metrics. */
export function installRuntime({ logLevel = 'info', metricsAddress }: TelemetryOptions): Meter | null {
  const log = pino({ level: logLevel, redact, base: null })
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: metricsAddress === undefined ? {} : { metrics: metricsAt(metricsAddress) },
  })
  return metricsAddress === undefined ? null : temporalMeter(Runtime.instance().metricMeter)
}

const metricsAt = (bindAddress: string) => ({
  prometheus: { bindAddress, histogramBucketOverrides: bucketsByName },
})

/** What an activity logs says whose it is: its connection and its run of the hub, beside Temporal's own names. */
export const logInterceptor: ActivityInterceptorsFactory = () => {
  let attributes: Record<string, unknown> = {}
  return {
    inbound: {
      execute(input, next) {
        attributes = whose(input.args[0])
        return next(input)
      },
    },
    outbound: { getLogAttributes: (input, next) => next({ ...input, ...attributes }) },
  }
}

function whose(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null) return {}
  const { connection, runId } = input as { connection?: unknown; runId?: unknown }
  return {
    ...(typeof connection === 'string' ? { connection } : {}),
    ...(typeof runId === 'string' ? { run: runId } : {}),
  }
}

/** Temporal's own lines name the workflow, and its id names the connection. */
export function withConnection(meta: Record<string, unknown>): Record<string, unknown> {
  const { workflowId, connection } = meta
  if (connection !== undefined || typeof workflowId !== 'string') return meta
  const [, found] = /^pimflow\/([^/]+)\//.exec(workflowId) ?? []
  return found === undefined ? meta : { ...meta, connection: found }
}

function temporalLogger(log: BaseLogger): Logger {
  const at = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) => {
    log[level](withConnection({ ...meta }), message)
  }
  const levels = {
    TRACE: at('trace'),
    DEBUG: at('debug'),
    INFO: at('info'),
    WARN: at('warn'),
    ERROR: at('error'),
  }
  return {
    log: (level, message, meta) => levels[level](message, meta),
    trace: levels.TRACE,
    debug: levels.DEBUG,
    info: levels.INFO,
    warn: levels.WARN,
    error: levels.ERROR,
  }
}
