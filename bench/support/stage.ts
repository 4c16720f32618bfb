import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from '@temporalio/client'
import { stringify } from 'yaml'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import type { WorkflowStart } from '../../client/support/starts.ts'
import { type ConnectionConfig, connectionConfig } from '../../config.ts'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'
import { projectDataDir } from '../../local/paths.ts'
import { startServices } from '../../local/services.ts'
import { FULL_API_TOKEN } from '../../simulator/icecat/index.ts'
import { ensureBuilt } from './build.ts'
import { type Program, startProgram } from './program.ts'
import { credentialsOf, type SimulatedAkeneo, simulateAkeneo } from './simulator.ts'

export interface StageOptions {
  shape: string
  products: number
  workers: number
  /** All products and models were created in one second. */
  oneSecond?: boolean
  /** Connections, spread over so many Akeneos; default one of each. */
  connections?: number
  hosts?: number
  /** Folder for a CPU profile of each worker, written when it ends. */
  profile?: string | undefined
  /** Folder for what allocates memory in each worker, written when it ends. */
  heapProfile?: string | undefined
  icecat?: StagedIcecat
  onProgress: (text: string) => void
}

/** An account of a simulated Icecat, as the configuration has it, with the text of its mapping file. */
export interface StagedIcecat {
  url: string
  mapping: string
  settings: Record<string, unknown>
}

/** All that a benchmark runs on, each part in a process of its own: Temporal, PostgreSQL, an Akeneo, workers. */
export interface Stage {
  client: Client
  sql: Sql
  databaseUrl: string
  /** The first of them, and all: the n-th connection is to the Akeneo n modulo their number. */
  akeneo: SimulatedAkeneo
  akeneos: SimulatedAkeneo[]
  connection: ConnectionConfig
  connections: ConnectionConfig[]
  taskQueue: string
  workers: Program[]
  /** A further one, to which other settings of the section `icecat` are told. */
  startWorker(icecat?: Record<string, unknown>): Promise<Program>
  /** Runs one workflow to its end. */
  run(start: WorkflowStart): Promise<{ runId: string; workflowId: string; report: unknown }>
  close(): Promise<void>
}

const heapProfiler = new URL('heap-profile.js', import.meta.url).pathname
const cli = new URL('../../dist/client/cli.js', import.meta.url).pathname

/** Starts what is missing; what it started, it stops, in reverse order, also when a later part fails to start. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const opened: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  try {
    return { ...(await open(options, (end) => opened.push(end))), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(
  {
    shape,
    products,
    workers: count,
    oneSecond,
    connections: connectionCount = 1,
    hosts = 1,
    profile,
    heapProfile,
    icecat,
    onProgress,
  }: StageOptions,
  onClose: (end: () => Promise<unknown>) => void,
): Promise<Omit<Stage, 'close'>> {
  await ensureBuilt(onProgress)
  const services = await startServices({ dataDir: projectDataDir(), onProgress })
  onClose(() => services.stop())
  const database = await ownDatabase(services.postgres.url)
  onClose(() => database.drop())
  const akeneos: SimulatedAkeneo[] = []
  for (let host = 0; host < hosts; host++) {
    const connections = Math.ceil((connectionCount - host) / hosts)
    const one = await simulateAkeneo({ shape, products, oneSecond, connections })
    onClose(() => one.stop())
    akeneos.push(one)
  }
  const [akeneo] = akeneos
  if (akeneo === undefined) throw new Error('There is no Akeneo')
  const taskQueue = `pimflow-bench-${randomBytes(4).toString('hex')}`
  const { address, namespace } = services.temporal
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-bench-'))
  onClose(() => rm(folder, { recursive: true, force: true }))
  const accounts = Array.from({ length: connectionCount }, (_, n): Account => ({
    name: connectionCount === 1 ? taskQueue : `${taskQueue}-${n}`,
    url: (akeneos[n % hosts] ?? akeneo).url,
    ...credentialsOf(Math.floor(n / hosts)),
  }))
  const env = {
    ...secretsOf(accounts),
    DATABASE_URL: database.url,
    PIMFLOW_TOKEN_KEY: randomBytes(32).toString('base64'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    NODE_ENV: 'production',
  }
  const workers: Program[] = []
  const startWorker = async (settings: Record<string, unknown> = {}) => {
    const own = icecat && { ...icecat, settings: { ...icecat.settings, ...settings } }
    const file = await writeConfig(join(folder, String(workers.length)), taskQueue, accounts, own)
    const worker = await startProgram(cli, ['worker', '--config', file, '--log-level', 'error'], {
      nodeOptions: [
        ...(profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile]),
        ...(heapProfile === undefined ? [] : ['--import', heapProfiler]),
      ],
      env: {
        ...env,
        ...(heapProfile === undefined ? {} : { PIMFLOW_HEAP_PROFILE_DIR: resolve(heapProfile) }),
      },
      ready: /takes work from the queue/,
    })
    onClose(() => worker.stop())
    workers.push(worker)
    return worker
  }
  for (let n = 0; n < count; n++) await startWorker()
  const { connection, close } = await quietConnection({ address })
  onClose(close)
  const client = new Client({ connection, namespace })
  const connections = accounts.map(({ name, ...access }) => connectionConfig({ name, akeneo: access }))
  const [first] = connections
  if (first === undefined) throw new Error('There is no connection')
  return {
    client,
    sql: database.sql,
    databaseUrl: database.url,
    akeneo,
    akeneos,
    connection: first,
    connections,
    taskQueue,
    workers,
    startWorker,
    run: async ({ type, workflowId, input }) => {
      const handle = await client.workflow.start(type, { workflowId, taskQueue, args: [input] })
      const report: unknown = await handle.result()
      return { workflowId, runId: handle.firstExecutionRunId, report }
    },
  }
}

/** How a connection is called and what it logs in with. Names begin with the queue's, so that runs do not meet. */
interface Account {
  name: string
  url: string
  clientId: string
  clientSecret: string
  username: string
  password: string
}

const secretsOf = (accounts: Account[]) => ({
  ...Object.fromEntries(
    accounts.flatMap(({ clientId, clientSecret, username, password }, n) => [
      [`AKENEO_CLIENT_ID_${n}`, clientId],
      [`AKENEO_CLIENT_SECRET_${n}`, clientSecret],
      [`AKENEO_USERNAME_${n}`, username],
      [`AKENEO_PASSWORD_${n}`, password],
    ]),
  ),
  ICECAT_API_TOKEN: FULL_API_TOKEN,
  ICECAT_APP_KEY: 'full-app-key',
})

/** As an operator has it: a file, and secrets in the environment. */
async function writeConfig(
  folder: string,
  taskQueue: string,
  accounts: Account[],
  icecat: StagedIcecat | undefined,
): Promise<string> {
  await mkdir(folder)
  const file = join(folder, 'pimflow.config.yaml')
  if (icecat !== undefined) await writeFile(join(folder, 'bench.icecat.yaml'), icecat.mapping)
  const account = icecat && {
    url: icecat.url,
    username: 'full-shop',
    apiToken: '${ICECAT_API_TOKEN}',
    appKey: '${ICECAT_APP_KEY}',
    subscription: 'full',
    mapping: 'bench.icecat.yaml',
    ...icecat.settings,
  }
  await writeFile(
    file,
    stringify({
      version: 1,
      temporal: { taskQueue },
      connections: accounts.map(({ name, url }, n) => ({
        name,
        akeneo: {
          url,
          clientId: `\${AKENEO_CLIENT_ID_${n}}`,
          clientSecret: `\${AKENEO_CLIENT_SECRET_${n}}`,
          username: `\${AKENEO_USERNAME_${n}}`,
          password: `\${AKENEO_PASSWORD_${n}}`,
        },
        ...(account === undefined ? {} : { icecat: account }),
      })),
    }),
  )
  return file
}

/** A database of the benchmark's own on the server that is there. */
export async function ownDatabase(serverUrl: string) {
  const name = `pimflow_bench_${randomBytes(4).toString('hex')}`
  const server = openDatabase(serverUrl, { max: 1 })
  await server.unsafe(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const sql = openDatabase(url.href, { max: 2 })
  return {
    url: url.href,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 })
      await server.unsafe(`drop database if exists ${name} with (force)`)
      await server.end()
    },
  }
}
