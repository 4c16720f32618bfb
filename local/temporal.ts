import { spawn } from 'node:child_process'
import { chmod, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { firstLine, MissingServiceError } from './errors.ts'
import { endWithThisProcess } from './guard.ts'
import { withLock } from './lock.ts'
import { complaintsIn, startOfLog } from './log-file.ts'
import { freePort, loopback } from './ports.ts'
import { identify, isAlive, stopProcess, type ProcessIdentity } from './processes.ts'
import { registerSearchAttributes, type SearchAttributeType } from './search-attributes.ts'
import { makeDataDir, readRecord, removeRecord, writeRecord, type TemporalRecord } from './state.ts'
import { environmentSettings, useNamedServer } from './temporal-environment.ts'
import { findTemporalProgram } from './temporal-program.ts'
import { waitUntil } from './wait-until.ts'

export interface LocalTemporal {
  /** host:port of the gRPC frontend. */
  address: string
  namespace: string
  /** undefined when the server is not ours or runs without its web pages. */
  uiUrl: string | undefined
  /** This call started it; then `stop()` ends it, else `stop()` does nothing. */
  started: boolean
  stop(): Promise<void>
}

export interface TemporalOptions {
  /** Where state, log and, when persistent, the workflows are kept. */
  dataDir: string
  onProgress?: ((text: string) => void) | undefined
  /** Default: 7233 when free, else any free port. */
  port?: number | undefined
  /** Default: 8233 when free, else any free port. */
  uiPort?: number | undefined
  headless?: boolean | undefined
  searchAttributes?: Record<string, SearchAttributeType> | undefined
  /** Keeps workflows in a file and runs on when this process ends. Else in memory, and it ends with this process however that ends. */
  persistent?: boolean | undefined
}

const startTimeoutMs = 60_000

/** Made for clusters, two defaults make a server of one process wait. */
export const dynamicConfig = [
  // 20 polls a second per shard: about 41 ms before each activity, 5 to 6 times slower.
  'history.transferProcessorMaxPollRPS=2000',
  // A second in which the clocks of a cluster may differ: timers and retries that are due within it come at its end.
  'history.timerProcessorMaxTimeShift="5ms"',
]

/**
 * A Temporal server to work with: the one that the environment names (TEMPORAL_ADDRESS or a Temporal profile), else the one started
 * from this data folder before, else a new one on loopback. Throws MissingServiceError with what to do.
 */
export async function ensureTemporal(options: TemporalOptions): Promise<LocalTemporal> {
  const given = environmentSettings()
  // A compose file hands an unset variable on as an empty one.
  if ((given.connectionOptions.address ?? '') !== '') {
    const { address, namespace } = await useNamedServer(given, options.searchAttributes ?? {})
    return { address, namespace, uiUrl: undefined, started: false, stop: () => Promise.resolve() }
  }
  const namespace = given.namespace ?? 'default'
  const { dataDir, onProgress = () => undefined } = options
  await makeDataDir(dataDir)
  return withLock(
    join(dataDir, 'temporal.lock'),
    async () => {
      const running = await readRecord(dataDir, 'temporal')
      if (running !== undefined && isAlive(running)) {
        try {
          return await reuse(running, namespace, options)
        } catch (problem) {
          // One that ended meanwhile is not in the way of a new one.
          if (isAlive(running)) throw problem
        }
      }
      return start(namespace, options)
    },
    (pid) => onProgress(`waiting for process ${pid}, which is starting the Temporal server`),
  )
}

/** Stops the Temporal server that was started from this data folder, if any. Returns its address when it was running. */
export async function stopTemporal(dataDir: string): Promise<string | undefined> {
  const record = await readRecord(dataDir, 'temporal')
  if (record === undefined) return undefined
  const address = isAlive(record) ? record.address : undefined
  await stopRecorded(dataDir, record)
  return address
}

async function reuse(
  record: TemporalRecord,
  namespace: string,
  options: TemporalOptions,
): Promise<LocalTemporal> {
  if (options.persistent === true && !record.persistent) {
    throw new MissingServiceError(
      'Temporal server',
      `The Temporal server at ${record.address} ends together with the command that started it (a demo, say): ` +
        'wait until that has ended, or run `pimflow down`, and try again.',
    )
  }
  if (record.namespace !== namespace) {
    throw new MissingServiceError(
      'Temporal server',
      `The local Temporal server was started for namespace ${record.namespace}, not ${namespace}: run \`pimflow down\` and try again.`,
    )
  }
  await untilItAnswers(record, record, options)
  return {
    address: record.address,
    namespace,
    uiUrl: record.uiUrl,
    started: false,
    stop: () => Promise.resolve(),
  }
}

async function start(namespace: string, options: TemporalOptions): Promise<LocalTemporal> {
  const { dataDir, onProgress = () => undefined, persistent = false } = options
  const program = await findTemporalProgram({ onProgress })
  onProgress('starting the Temporal server')
  // A port called free may be taken by another process before the server binds it; only then is it worth another try.
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort(7233))
    const uiPort = options.headless === true ? undefined : (options.uiPort ?? (await freePort(8233)))
    const address = `${loopback}:${port}`
    const process = await launch(program, { dataDir, persistent, namespace, port, uiPort })
    const record: TemporalRecord = {
      ...process,
      persistent,
      address,
      namespace,
      ...(uiPort === undefined ? {} : { uiUrl: `http://localhost:${uiPort}` }),
      ...(persistent ? {} : { guard: endWithThisProcess(process, 'TERM') }),
    }
    await writeRecord(dataDir, 'temporal', record)
    try {
      await untilItAnswers(process, record, options)
      if (persistent) await chmod(databaseFile(dataDir), 0o600)
      return {
        address,
        namespace,
        uiUrl: record.uiUrl,
        started: true,
        stop: () => stopRecorded(dataDir, record),
      }
    } catch (problem) {
      await stopRecorded(dataDir, record)
      const portTaken = (await startOfLog(logFile(dataDir))).includes('address already in use')
      if (!portTaken || attempt === 5 || options.port !== undefined) throw problem
    }
  }
}

async function launch(
  program: string,
  server: {
    dataDir: string
    persistent: boolean
    namespace: string
    port: number
    uiPort: number | undefined
  },
): Promise<ProcessIdentity> {
  const args = ['server', 'start-dev', '--ip', loopback, '--port', String(server.port)]
  args.push(...(server.uiPort === undefined ? ['--headless'] : ['--ui-port', String(server.uiPort)]))
  args.push(
    '--namespace',
    server.namespace,
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    '--log-level',
    'warn',
  )
  if (server.persistent) args.push('--db-filename', databaseFile(server.dataDir))
  const log = await open(logFile(server.dataDir), 'w', 0o600)
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
    child.on('error', () => undefined)
    child.unref()
    return identify(child.pid)
  } finally {
    await log.close()
  }
}

async function untilItAnswers(
  process: ProcessIdentity,
  record: TemporalRecord,
  options: TemporalOptions,
): Promise<void> {
  const answered = await waitUntil(startTimeoutMs, async () => {
    if (!isAlive(process)) return 'ended'
    // Until ours has printed its address, whoever answers there may be another server that was faster to take the port.
    const log = await startOfLog(logFile(options.dataDir))
    if (!printedAddress(record.address).test(log)) return { problem: 'it is still starting' }
    try {
      const connection = await Connection.connect({ address: record.address, connectTimeout: '2s' })
      try {
        await connection.workflowService.describeNamespace({ namespace: record.namespace })
        await registerSearchAttributes(connection, record.namespace, options.searchAttributes ?? {})
        return 'answers'
      } finally {
        await connection.close()
      }
    } catch (problem) {
      return { problem }
    }
  })
  if (answered === 'answers') return
  const log = logFile(options.dataDir)
  const said = complaintsIn(await startOfLog(log), /already in use|level=ERROR|level=FATAL|panic:|error:/i, 1)
  throw new MissingServiceError(
    'Temporal server',
    answered === 'ended'
      ? `The Temporal server ended while starting: ${said || 'it said nothing'} (log: ${log}).`
      : `The Temporal server at ${record.address} does not answer (${firstLine(answered.problem)}): run \`pimflow down\` and try again (log: ${log}).`,
  )
}

/** Ends a server of ours and its guard, and forgets it; a later server of the same data folder is left alone. */
async function stopRecorded(dataDir: string, record: TemporalRecord): Promise<void> {
  if (record.guard !== undefined) await stopProcess(record.guard, 'SIGTERM')
  await stopProcess(record, 'SIGTERM')
  const current = await readRecord(dataDir, 'temporal')
  if (current?.pid === record.pid && current.startedAt === record.startedAt)
    await removeRecord(dataDir, 'temporal')
}

const databaseFile = (dataDir: string): string => join(dataDir, 'temporal.db')
const logFile = (dataDir: string): string => join(dataDir, 'temporal.log')
/** The line `Server:  localhost:7233`. */
const printedAddress = (address: string): RegExp =>
  new RegExp(`Server:\\s+\\S+:${address.split(':')[1] ?? ''}\\b`)
