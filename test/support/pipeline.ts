import { randomBytes } from 'node:crypto'
import { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { inject } from 'vitest'
import { quietConnection } from '../../client/support/quiet-connection.ts'
import { type Config, connectionConfig, type EnrichmentMapping, type OutputMapping } from '../../config.ts'
import { readIcecatMappingFile, readMappingFile } from '../../connectors/mapping-file.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type {
  CategoriesReport,
  EnrichmentReport,
  EnrichProductReport,
  ReconcileReport,
  RunReport,
  SyncReport,
} from '../../contracts/reports.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoOptions, type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import {
  FULL_API_TOKEN,
  FULL_CONTENT_TOKEN,
  type IcecatOptions,
  type IcecatSimulator,
  startIcecat,
} from '../../simulator/icecat/index.ts'
import { createWorkers } from '../../workers/create-worker.ts'
import { type OpenedDependencies, openDependencies } from '../../workers/dependencies.ts'
import { type FreshDatabase, freshDatabase } from './database.ts'

export interface Pipeline {
  client: Client
  akeneo: AkeneoSimulator
  /** Where the options ask for one. */
  icecat: IcecatSimulator | null
  database: FreshDatabase
  deps: OpenedDependencies
  config: Config
  connection: string
  taskQueue: string
  initializeCategories(): Promise<CategoriesReport>
  load(): Promise<RunReport>
  poll(): Promise<RunReport>
  sync(id: string): Promise<SyncReport>
  reconcile(how?: { content?: boolean }): Promise<ReconcileReport>
  enrich(mode?: 'daily' | 'queued'): Promise<EnrichmentReport>
  enrichProduct(id: string): Promise<EnrichProductReport>
  /** Any workflow, to its end. */
  execute: (type: string, id: string, args: object) => Promise<unknown>
  close(): Promise<void>
}

export interface PipelineOptions {
  akeneo?: AkeneoOptions
  /** Sections of the connection's configuration. */
  settings?: Record<string, unknown> & { akeneo?: Record<string, unknown> }
  /** Text of the mapping file of each output, which the settings name. */
  mappings?: Record<string, string>
  /** An Icecat beside it, with the mapping file's text and what differs from the settings of its Full account. */
  icecat?: { mapping: string; simulator?: IcecatOptions; settings?: Record<string, unknown> }
  /** False: the test runs workers of its own. */
  worker?: boolean
  /** The address that workers get for the database, when it is not the one of its owner. */
  databaseUrl?: (database: FreshDatabase) => Promise<string>
}

/** The product over real servers: a simulator, a database and a task queue of this test's own. */
export async function openPipeline({
  akeneo: akeneoOptions = {},
  settings = {},
  mappings = {},
  icecat: icecatOptions,
  worker = true,
  databaseUrl = ({ url }) => Promise.resolve(url),
}: PipelineOptions = {}): Promise<Pipeline> {
  const akeneo = await startAkeneo({
    ...(akeneoOptions.shape === undefined ? { catalog: 'examples/catalog' } : {}),
    ...akeneoOptions,
  })
  const icecat = icecatOptions
    ? await startIcecat({ catalogue: 'examples/icecat', ...icecatOptions.simulator })
    : null
  const database = await freshDatabase()
  const taskQueue = `test-${randomBytes(5).toString('hex')}`
  // The connection's name is in workflow ids, which all tests share a namespace for.
  const connection = taskQueue
  const config: Config = {
    version: 1 as const,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue },
    database: { url: await databaseUrl(database), poolSize: 10, prepare: true },
    connections: [
      connectionConfig({
        ...(Object.keys(mappings).length > 0
          ? { outputs: Object.keys(mappings).map((name) => ({ name, mapping: `${name}.hub.yaml` })) }
          : {}),
        ...(icecat ? { icecat: { ...fullAccount, url: icecat.url, ...icecatOptions?.settings } } : {}),
        ...settings,
        name: connection,
        akeneo: { url: akeneo.url, ...akeneo.credentials, ...settings.akeneo },
      }),
    ],
  }
  const deps = await openDependencies(
    config,
    mappingsOf(connection, mappings),
    icecatOptions ? [icecatMappingOf(connection, icecatOptions.mapping)] : [],
  )
  const address = inject('temporalAddress')
  const { connection: clientConnection, close: closeClient } = await quietConnection({ address })
  const client = new Client({ connection: clientConnection })
  const stopWorker = worker ? await startWorker(address, taskQueue, deps) : () => Promise.resolve()
  const execute = async (type: string, id: string, args: object) =>
    client.workflow.execute(type, { workflowId: id, taskQueue, args: [args] }) as Promise<unknown>

  return {
    client,
    akeneo,
    icecat,
    database,
    deps,
    config,
    connection,
    taskQueue,
    execute,
    initializeCategories: async () =>
      (await execute(workflowTypes.initializeCategories, workflowId(connection, 'initialize-categories'), {
        connection,
      })) as CategoriesReport,
    load: async () =>
      (await execute(workflowTypes.pollProducts, workflowId(connection, 'load-products'), {
        connection,
        mode: 'full',
      })) as RunReport,
    poll: async () =>
      (await execute(workflowTypes.pollProducts, workflowId(connection, 'poll-products'), {
        connection,
      })) as RunReport,
    sync: async (id) =>
      (await execute(workflowTypes.syncRecord, workflowId(connection, 'sync', id), {
        connection,
        id,
      })) as SyncReport,
    reconcile: async (how = {}) =>
      (await execute(workflowTypes.reconcileCatalog, workflowId(connection, 'reconcile'), {
        connection,
        ...how,
      })) as ReconcileReport,
    enrich: async (mode = 'daily') =>
      (await execute(workflowTypes.enrichCatalog, workflowId(connection, 'enrich'), {
        connection,
        mode,
      })) as EnrichmentReport,
    enrichProduct: async (id) =>
      (await execute(workflowTypes.enrichProduct, workflowId(connection, 'enrich-product', id), {
        connection,
        id,
      })) as EnrichProductReport,
    close: async () => {
      await stopWorker()
      await closeClient()
      await deps.close()
      await akeneo.close()
      await icecat?.close()
      await database.drop()
    },
  }
}

/** The simulator's Full account, as fast as lanes are. */
const fullAccount = {
  username: 'full-shop',
  password: 'full-shop-password',
  apiToken: FULL_API_TOKEN,
  appKey: 'full-app-key',
  contentToken: FULL_CONTENT_TOKEN,
  subscription: 'full',
  mapping: 'acme.icecat.yaml',
  throttle: { concurrency: 2, perSecond: 1000 },
}

/** A mapping file from Icecat as a worker reads it from the disk. */
export function icecatMappingOf(connection: string, text: string): EnrichmentMapping {
  const file = { name: 'acme.icecat.yaml', text }
  const { mapping, problems } = readIcecatMappingFile(file)
  if (!mapping) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return { connection, file, mapping }
}

/** Mapping files as a worker reads them from the disk. */
export function mappingsOf(connection: string, texts: Record<string, string>): OutputMapping[] {
  return Object.entries(texts).map(([output, text]) => {
    const file = { name: `${output}.hub.yaml`, text }
    const { mapping, problems } = readMappingFile(file)
    if (!mapping) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'))
    return { connection, output, path: file.name, read: { file, mapping } }
  })
}

/** Workers of a pipeline with other dependencies than its own, such as newer mapping files; returns what stops them. */
export const createWorkersFor = ({ taskQueue }: Pipeline, deps: OpenedDependencies) =>
  startWorker(inject('temporalAddress'), taskQueue, deps)

/** Workers at a Temporal of the test's own, too; returns what stops them. */
export async function startWorker(
  address: string,
  taskQueue: string,
  deps: OpenedDependencies,
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address })
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    taskQueue,
    deps,
    workflowBundle: { code: inject('workflowBundleCode') },
  })
  const running = workers.run()
  return async () => {
    workers.shutdown()
    await running
    await connection.close()
  }
}
