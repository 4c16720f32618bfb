import { Runtime, type Logger } from '@temporalio/worker'
import { type BaseLogger, pino } from 'pino'

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

/** Once per process, before any connection: one JSON line per event, Temporal's and ours alike. */
export function installRuntime({ logLevel = 'info', metricsAddress }: TelemetryOptions): void {
  const log = pino({ level: logLevel, redact, base: null })
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions:
      metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } },
  })
}

function temporalLogger(log: BaseLogger): Logger {
  const at = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) => {
    log[level]({ ...meta }, message)
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
