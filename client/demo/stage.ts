import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { closingAll, type Opened } from '../support/closing-all.ts'
import { quietConnection } from '../support/quiet-connection.ts'
import { type Config, connectionConfig, loadIcecatMappings, loadMappings } from '../../config.ts'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'
import { readMappingFile } from '../../connectors/mapping-file.ts'
import { Secret } from '../../domain/secret.ts'
import { withLock } from '../../local/lock.ts'
import { projectDataDir } from '../../local/paths.ts'
import { startServices } from '../../local/services.ts'
import { makeDataDir } from '../../local/state.ts'
import { type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { type IcecatSimulator, startIcecat } from '../../simulator/icecat/index.ts'
import { createWorkers } from '../../workers/create-worker.ts'
import { openDependencies } from '../../workers/dependencies.ts'
import { workflowBundle } from '../../workers/workflow-bundle.ts'
import { DemoError } from './demo-error.ts'
import { writeKeptConfig } from './kept-config.ts'
import { scheduleOptions, schedulesOf } from '../support/schedules.ts'

/** Everything the tour plays on: real servers, a real worker, and an Akeneo that answers as Akeneo does. */
export interface Stage {
  client: Client
  sql: Sql
  akeneo: AkeneoSimulator
  /** Null: the tour has no Icecat. */
  icecat: IcecatSimulator | null
  connection: string
  /** The output that figures are about, where there are several. */
  output: string | undefined
  taskQueue: string
  webUrl: string | undefined
  applySchedule(): Promise<ScheduleHandle>
  /** Writes a configuration with which the other commands can look at the demo; gone when it closes. */
  writeConfig(): Promise<string>
}

const connection = 'demo'

export interface StageOptions {
  /** Folder of Akeneo CSV import files. */
  catalog: string
  /** Further import files over it, with the mapping file of an output that shows what they add; absent: the catalogue alone. */
  overlay?: { folder: string; mapping: string }
  /** Folder of Icecat's invented catalogue, and the mapping file between the two; absent: no Icecat. */
  icecat?: { catalogue: string; mapping: string }
  onProgress: (text: string) => void
}

/**
 * Starts what is missing, lets `work` play on it, and stops what was started, also when a part of it fails to start. One at a time in a folder: they
 * would share servers that end with the first, and the names of workflows. `onTaken` is told the process of the other; if it does not
 * throw, this one waits for its end.
 */
export async function onStage<T>(
  options: StageOptions,
  work: (stage: Stage) => Promise<T>,
  onTaken?: (pid: number) => void,
): Promise<T> {
  await makeDataDir(projectDataDir())
  return withLock(
    join(projectDataDir(), 'demo.lock'),
    () =>
      closingAll(async (opened) => work(await openStage(options, opened)), { onProblem: options.onProgress }),
    onTaken,
  )
}

async function openStage(
  { catalog, overlay, icecat: ends, onProgress }: StageOptions,
  opened: Opened,
): Promise<Stage> {
  const services = await startServices({ dataDir: projectDataDir(), onProgress })
  opened('the local servers', () => services.stop())
  const database = await ownDatabase(services.postgres.url)
  opened('the demo’s database', () => database.drop())
  const akeneo = await startAkeneo({ catalog, ...(overlay ? { overlay: overlay.folder } : {}) })
  opened('the simulated Akeneo', () => akeneo.close())
  const icecat = ends === undefined ? null : await startIcecat({ catalogue: ends.catalogue })
  if (icecat !== null) opened('the simulated Icecat', () => icecat.close())

  const taskQueue = `pimflow-demo-${randomBytes(4).toString('hex')}`
  const outputs = overlay === undefined ? undefined : [firstOutput(akeneo), await overlayOutput(overlay)]
  const config = demoConfig({ akeneo, icecat, mapping: ends?.mapping, outputs }, database.url, taskQueue)
  const deps = await openDependencies(
    config,
    await loadMappings(config, configHere),
    await loadIcecatMappings(config, configHere),
  )
  opened('the hub', () => deps.close())
  const { address, namespace, uiUrl } = services.temporal
  const workerConnection = await NativeConnection.connect({ address })
  opened('the worker’s connection', () => workerConnection.close())
  const workers = await createWorkers({
    connection: workerConnection,
    namespace,
    taskQueue,
    deps,
    workflowBundle: await workflowBundle(),
  })
  const running = workers.run()
  opened('the worker', async () => {
    workers.shutdown()
    await running
  })
  const { connection: clientConnection, close } = await quietConnection({ address })
  opened('the connection to Temporal', close)
  const client = new Client({ connection: clientConnection, namespace })
  return {
    client,
    sql: deps.sql,
    akeneo,
    icecat,
    connection,
    output: outputs?.[0]?.name,
    taskQueue,
    webUrl: uiUrl === undefined ? undefined : `${uiUrl}/namespaces/${namespace}/workflows`,
    writeConfig: async () => {
      const kept = await writeKeptConfig(config, projectDataDir(), address)
      opened('its configuration', () => kept.remove())
      return kept.path
    },
    applySchedule: async () => {
      const handle = await createPollSchedule(client, config)
      opened('its schedule', () => handle.delete())
      return handle
    },
  }
}

/** Mapping files are named from the folder where the command runs. */
const configHere = 'pimflow.config.yaml'

interface Ends {
  akeneo: AkeneoSimulator
  icecat: IcecatSimulator | null
  mapping: string | undefined
  /** Absent: one, by the defaults. */
  outputs: object[] | undefined
}

/** As the defaults name it: after the first channel by code. */
function firstOutput({ pim }: AkeneoSimulator): { name: string; channel: string } {
  const [channel = ''] = [...pim.catalog.channels.values()].map(({ code }) => code).sort()
  return { name: channel, channel }
}

/** Named as its file says. */
async function overlayOutput({ mapping: path }: NonNullable<StageOptions['overlay']>) {
  const { mapping, problems } = readMappingFile({ name: path, text: await readFile(path, 'utf8') })
  if (mapping === null) throw new DemoError(`${path}: ${problems.map(({ message }) => message).join('; ')}`)
  return { name: mapping.output, mapping: path }
}

function demoConfig(
  { akeneo, icecat, mapping, outputs }: Ends,
  databaseUrl: string,
  taskQueue: string,
): Config {
  return {
    version: 1 as const,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue },
    database: { url: databaseUrl, poolSize: 10, prepare: true },
    connections: [
      connectionConfig({
        name: connection,
        akeneo: { url: akeneo.url, ...akeneo.credentials },
        ...(outputs === undefined ? {} : { outputs }),
        ...(icecat === null ? {} : { icecat: icecatSection(icecat, mapping) }),
      }),
    ],
  }
}

/** The simulator's account that sees everything. The tour itself says when something is enriched. */
function icecatSection({ url, credentials }: IcecatSimulator, mapping: string | undefined) {
  const account = credentials.find(({ subscription }) => subscription === 'full')
  if (account === undefined) throw new Error('The simulated Icecat has no Full account')
  const { name: username, subscription, apiTokens, contentTokens, appKey } = account
  return {
    url,
    username,
    subscription,
    mapping,
    apiToken: new Secret(apiTokens[0] ?? ''),
    contentToken: new Secret(contentTokens[0] ?? ''),
    ...(appKey === null ? {} : { appKey: new Secret(appKey) }),
    throttle: { perSecond: 1000, concurrency: 8 },
    afterPolls: false,
  }
}

/** A database of the demo's own on the server that is there, so that a hub in use is not touched. */
async function ownDatabase(serverUrl: string) {
  const name = `pimflow_demo_${randomBytes(4).toString('hex')}`
  const server = openDatabase(serverUrl, { max: 1 })
  await server.unsafe(`create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await server.unsafe(`drop database if exists ${name} with (force)`)
      await server.end()
    },
  }
}

/** The schedule that `pimflow schedules apply` would make; the tour triggers it instead of waiting five minutes. */
async function createPollSchedule(client: Client, config: Config): Promise<ScheduleHandle> {
  const poll = config.connections.flatMap(schedulesOf).find(({ name }) => name === 'poll')
  if (!poll) throw new Error('The demo has no schedule for polls')
  // One that an interrupted tour left behind points at a queue that nobody serves.
  const left = client.schedule.getHandle(poll.scheduleId)
  await left.delete().catch((error: unknown) => {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  })
  return client.schedule.create(
    scheduleOptions(poll, { taskQueue: config.temporal.taskQueue, by: 'the demo' }),
  )
}
