import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { firstLine, MissingServiceError } from './errors.ts'
import { endWithThisProcess } from './guard.ts'
import { withLock } from './lock.ts'
import { complaintsIn, startOfLog } from './log-file.ts'
import {
  databaseName,
  ensureCluster,
  findServerFolder,
  launchPostgres,
  makeTemporaryServerFolder,
  newPassword,
  removeStalePidFile,
} from './postgres-cluster.ts'
import { findPostgresProgram, type PostgresProgram } from './postgres-program.ts'
import { freePort, loopback } from './ports.ts'
import { isAlive, stopProcess, type ProcessIdentity } from './processes.ts'
import { makeDataDir, readRecord, removeRecord, writeRecord, type PostgresRecord } from './state.ts'
import { waitUntil } from './wait-until.ts'

export interface LocalPostgres {
  /** `postgres://…`, with the password: not for logs. */
  url: string
  /** This call started it; then `stop()` ends it, else `stop()` does nothing. */
  started: boolean
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Where state, password, log and database files are kept. */
  dataDir: string
  onProgress?: ((text: string) => void) | undefined
  /** Default: 54320 when free, else any free port. */
  port?: number | undefined
  /** For tests: a server of its own, fast and forgetful, whose files are removed when it stops; it ends with this process. */
  ephemeral?: boolean | undefined
  /** Runs on when this process ends. Else it ends with this process however that ends; the database files stay. */
  persistent?: boolean | undefined
}

const startTimeoutMs = 60_000

/**
 * A database to work with: the one that DATABASE_URL names, else the server started from this data folder before, else a new one on
 * loopback with a database `pimflow`. Throws MissingServiceError with what to do.
 */
export async function ensurePostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const given = process.env['DATABASE_URL']
  if (given !== undefined && given !== '') return external(given)
  if (options.ephemeral === true) return startEphemeral(options)
  const { dataDir, onProgress = () => undefined } = options
  await makeDataDir(dataDir)
  return withLock(
    join(dataDir, 'postgres.lock'),
    async () => {
      const known = await readRecord(dataDir, 'postgres')
      if (known !== undefined && isAlive(known)) {
        try {
          return await reuse(known, options)
        } catch (problem) {
          // One that ended meanwhile is not in the way of a new one.
          if (isAlive(known)) throw problem
        }
      }
      return start(known, options)
    },
    (pid) => onProgress(`waiting for process ${pid}, which is starting PostgreSQL`),
  )
}

/** Stops the PostgreSQL that was started from this data folder, if any. Returns its address when it was running. */
export async function stopPostgres(dataDir: string): Promise<string | undefined> {
  const record = await readRecord(dataDir, 'postgres')
  if (record === undefined) return undefined
  const address = isAlive(record) ? `${loopback}:${record.port}` : undefined
  await stopRecorded(dataDir, record)
  return address
}

async function external(url: string): Promise<LocalPostgres> {
  const answer = await ask(url, 10)
  if (answer !== 'answers') {
    throw new MissingServiceError(
      'PostgreSQL',
      `The database that DATABASE_URL names cannot be used (${firstLine(answer.problem)}): start it, correct DATABASE_URL, or unset it to let pimflow start one.`,
      { cause: answer.problem },
    )
  }
  return { url, started: false, stop: () => Promise.resolve() }
}

async function reuse(record: PostgresRecord, options: PostgresOptions): Promise<LocalPostgres> {
  if (options.persistent === true && !record.persistent) {
    throw new MissingServiceError(
      'PostgreSQL',
      `The database at ${loopback}:${record.port} ends together with the command that started it (a demo, say): ` +
        'wait until that has ended, or run `pimflow down`, and try again.',
    )
  }
  const password = await readPassword(options.dataDir)
  if (password === undefined) throw lostPassword(options.dataDir, record.cluster)
  await untilItAnswers(record, record.port, password, logFile(options.dataDir))
  return { url: urlOf(record.port, password), started: false, stop: () => Promise.resolve() }
}

async function start(previous: PostgresRecord | undefined, options: PostgresOptions): Promise<LocalPostgres> {
  const { dataDir, onProgress = () => undefined, persistent = false } = options
  const program = await findPostgresProgram()
  const folder = await findServerFolder(dataDir, program)
  const exists = await access(join(folder, 'cluster')).then(
    () => true,
    () => false,
  )
  let password = await readPassword(dataDir)
  if (password === undefined) {
    if (exists) throw lostPassword(dataDir, join(folder, 'cluster'))
    password = newPassword()
    await writeFile(passwordFile(dataDir), password, { mode: 0o600 })
  }
  onProgress(exists ? 'starting PostgreSQL' : 'creating the database')
  const cluster = await ensureCluster(folder, program, password)
  if (previous !== undefined) await removeStalePidFile(cluster, previous.pid)

  return startServer(program, cluster, password, logFile(dataDir), {}, options.port, async (server, port) => {
    const record: PostgresRecord = {
      ...server,
      persistent,
      port,
      cluster,
      ...(persistent ? {} : { guard: endWithThisProcess(server, 'INT') }),
    }
    await writeRecord(dataDir, 'postgres', record)
    return () => stopRecorded(dataDir, record)
  })
}

async function startEphemeral(options: PostgresOptions): Promise<LocalPostgres> {
  const program = await findPostgresProgram()
  const folder = await makeTemporaryServerFolder(program)
  const password = newPassword()
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const cluster = await ensureCluster(folder, program, password, ['--no-sync'])
    // Nothing has to survive a crash of the machine here, so nothing waits for the disk.
    const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
    const log = join(folder, 'postgres.log')
    const server = await startServer(program, cluster, password, log, settings, options.port, (started) => {
      const guard = endWithThisProcess(started, 'QUIT', folder)
      // The folder stays: when the port was taken meanwhile, the next try starts on the same files.
      return Promise.resolve(async () => {
        await stopProcess(guard, 'SIGTERM')
        await stopProcess(started, 'SIGQUIT')
      })
    })
    return { ...server, stop: () => server.stop().then(removeFolder) }
  } catch (problem) {
    await removeFolder()
    throw problem
  }
}

/**
 * Starts the server on the wanted or a free port and waits until the database answers. `remember` is called as soon as the process
 * exists and returns how to stop it.
 */
async function startServer(
  program: PostgresProgram,
  cluster: string,
  password: string,
  log: string,
  settings: Record<string, string>,
  wantedPort: number | undefined,
  remember: (server: ProcessIdentity, port: number) => Promise<() => Promise<void>>,
): Promise<LocalPostgres> {
  // A port called free may be taken by another process before the server binds it, and the memory of a server that was killed
  // is let go a moment after it: only then is it worth another try.
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await freePort(54_320))
    const server = await launchPostgres(program, cluster, port, log, settings)
    const stop = await remember(server, port)
    try {
      await untilItAnswers(server, port, password, log)
      await createDatabase(port, password)
      return { url: urlOf(port, password), started: true, stop }
    } catch (problem) {
      const said = await startOfLog(log)
      await stop()
      const passing = wantedPort === undefined && said.includes('could not bind')
      if ((!passing && !said.includes('is still in use')) || attempt === 5) throw problem
    }
  }
}

async function untilItAnswers(
  server: ProcessIdentity,
  port: number,
  password: string,
  log: string,
): Promise<void> {
  const url = urlOf(port, password, 'postgres')
  const answer = await waitUntil(startTimeoutMs, async () => (isAlive(server) ? ask(url, 2) : 'ended'))
  if (answer === 'answers') return
  const said = complaintsIn(await startOfLog(log), /FATAL|PANIC|ERROR|HINT/)
  throw new MissingServiceError(
    'PostgreSQL',
    answer === 'ended'
      ? `PostgreSQL ended while starting: ${said || 'it said nothing'} (log: ${log}).`
      : `PostgreSQL at ${loopback}:${port} does not answer (${firstLine(answer.problem)}): run \`pimflow down\` and try again (log: ${log}).`,
  )
}

async function ask(url: string, timeoutSeconds: number): Promise<'answers' | { problem: unknown }> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: timeoutSeconds,
    prepare: false,
    onnotice: () => undefined,
  })
  try {
    await sql`select 1`
    return 'answers'
  } catch (problem) {
    return { problem }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function createDatabase(port: number, password: string): Promise<void> {
  const sql = postgres(urlOf(port, password, 'postgres'), { max: 1 })
  try {
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`
    if (found.length === 0) await sql`create database ${sql(databaseName)}`
  } finally {
    await sql.end()
  }
}

/** Ends a server of ours and its guard, and forgets it; a later server of the same data folder is left alone. */
async function stopRecorded(dataDir: string, record: PostgresRecord): Promise<void> {
  if (record.guard !== undefined) await stopProcess(record.guard, 'SIGTERM')
  // SIGINT is PostgreSQL's fast shutdown: open sessions are ended, everything committed is on disk.
  await stopProcess(record, 'SIGINT')
  const current = await readRecord(dataDir, 'postgres')
  if (current?.pid === record.pid && current.startedAt === record.startedAt)
    await removeRecord(dataDir, 'postgres')
}

async function readPassword(dataDir: string): Promise<string | undefined> {
  const text = await readFile(passwordFile(dataDir), 'utf8').catch(() => undefined)
  return text?.trim()
}

function lostPassword(dataDir: string, cluster: string): MissingServiceError {
  return new MissingServiceError(
    'PostgreSQL',
    `The password of the local database is gone: put ${passwordFile(dataDir)} back, or remove ${cluster} for a fresh start.`,
  )
}

const urlOf = (port: number, password: string, database = databaseName): string =>
  `postgres://${databaseName}:${password}@${loopback}:${port}/${database}`
const passwordFile = (dataDir: string): string => join(dataDir, 'postgres.password')
const logFile = (dataDir: string): string => join(dataDir, 'postgres.log')
