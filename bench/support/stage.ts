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
import { type SimulatedAkeneo, simulateAkeneo, simulatorCredentials } from './simulator.ts'

export interface StageOptions {
  shape: string
  products: number
  workers: number
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
  akeneo: SimulatedAkeneo
  connection: ConnectionConfig
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
  { shape, products, workers: count, profile, heapProfile, icecat, onProgress }: StageOptions,
  onClose: (end: () => Promise<unknown>) => void,
): Promise<Omit<Stage, 'close'>> {
  await ensureBuilt(onProgress)
  const services = await startServices({ dataDir: projectDataDir(), onProgress })
  onClose(() => services.stop())
  const database = await ownDatabase(services.postgres.url)
  onClose(() => database.drop())
  const akeneo = await simulateAkeneo({ shape, products })
  onClose(() => akeneo.stop())
  const taskQueue = `pimflow-bench-${randomBytes(4).toString('hex')}`
  const { address, namespace } = services.temporal
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-bench-'))
  onClose(() => rm(folder, { recursive: true, force: true }))
  const env = {
    ...secrets,
    DATABASE_URL: database.url,
    PIMFLOW_TOKEN_KEY: randomBytes(32).toString('base64'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    NODE_ENV: 'production',
  }
  const workers: Program[] = []
  const startWorker = async (settings: Record<string, unknown> = {}) => {
    const own = icecat && { ...icecat, settings: { ...icecat.settings, ...settings } }
    const file = await writeConfig(join(folder, String(workers.length)), taskQueue, akeneo.url, own)
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
  return {
    client,
    sql: database.sql,
    databaseUrl: database.url,
    akeneo,
    connection: connectionConfig({ name: taskQueue, akeneo: { url: akeneo.url, ...simulatorCredentials } }),
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

const secrets = {
  AKENEO_CLIENT_ID: simulatorCredentials.clientId,
  AKENEO_CLIENT_SECRET: simulatorCredentials.clientSecret,
  AKENEO_USERNAME: simulatorCredentials.username,
  AKENEO_PASSWORD: simulatorCredentials.password,
  ICECAT_API_TOKEN: FULL_API_TOKEN,
  ICECAT_APP_KEY: 'full-app-key',
}

/** As an operator has it: a file, and secrets in the environment. The connection has the queue's name, so that runs do not meet. */
async function writeConfig(
  folder: string,
  taskQueue: string,
  akeneoUrl: string,
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
      connections: [
        {
          name: taskQueue,
          akeneo: {
            url: akeneoUrl,
            clientId: '${AKENEO_CLIENT_ID}',
            clientSecret: '${AKENEO_CLIENT_SECRET}',
            username: '${AKENEO_USERNAME}',
            password: '${AKENEO_PASSWORD}',
          },
          ...(account === undefined ? {} : { icecat: account }),
        },
      ],
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
