import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { type WorkflowStart } from '../../client/support/starts.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import type { AkeneoOptions } from '../../simulator/akeneo/index.ts'
import type { IcecatOptions } from '../../simulator/icecat/index.ts'
import type { Replaced } from './builds.ts'
import { type Canaries, environmentOf, makeCanaries } from './canaries.ts'
import { writeConfiguration } from './configuration.ts'
import { DatabaseProxy } from './database-proxy.ts'
import { writeAkeneoCatalogue, writeIcecatCatalogue } from './icecat-content.ts'
import type { AkeneoHandlers } from './programs/akeneo.ts'
import type { IcecatHandlers } from './programs/icecat.ts'
import type { ReceiverHandlers } from './programs/receiver.ts'
import { Program } from './rpc.ts'
import type { Services } from './services.ts'

export interface WorldOptions {
  akeneo?: AkeneoOptions
  /** Named statements, or none, as behind a pooler. */
  prepare: boolean
  /** A module of the product, and what workers load instead of it. */
  mutant?: Replaced | undefined
}

export type WorkerProcess = Program<Record<string, never>> & {
  /** Of the proxy: whatever comes through it is this worker's. */
  databasePort: number
}

interface Opened {
  /** The program. */
  worker: string
  folder: string
  database: string
  client: Client
  akeneo: Program<AkeneoHandlers>
  icecat: Program<IcecatHandlers>
  receiver: Program<ReceiverHandlers>
  receiverPort: number
}

/** The product as an operator runs it, and what it talks to; all of it processes. */
export class World {
  readonly connection = `c${randomBytes(5).toString('hex')}`
  readonly output = 'shop'
  readonly canaries: Canaries
  readonly services: Services
  readonly folder: string
  readonly database: string
  readonly sql: Sql
  readonly client: Client
  readonly proxy: DatabaseProxy
  readonly akeneo: Program<AkeneoHandlers>
  readonly icecat: Program<IcecatHandlers>
  receiver: Program<ReceiverHandlers>
  readonly workers: WorkerProcess[] = []
  readonly #worker: string
  readonly #receiverPort: number
  readonly #options: WorldOptions
  #reviving: Promise<void> | null = null

  private constructor(services: Services, options: WorldOptions, words: Canaries, opened: Opened) {
    this.services = services
    this.#options = options
    this.canaries = words
    this.#worker = opened.worker
    this.folder = opened.folder
    this.database = opened.database
    this.sql = services.sqlOf(opened.database, 4)
    this.client = opened.client
    this.proxy = new DatabaseProxy(services.postgresPort)
    this.akeneo = opened.akeneo
    this.icecat = opened.icecat
    this.receiver = opened.receiver
    this.#receiverPort = opened.receiverPort
  }

  static async open(services: Services, options: WorldOptions): Promise<World> {
    const database = `hub_${randomBytes(5).toString('hex')}`
    const folder = join(services.folder, database)
    await mkdir(folder)
    const words = makeCanaries()
    const { clientId, clientSecret, username, password, icecatPassword, icecatToken, icecatAppKey } = words
    const [catalog, catalogue] = [join(folder, 'akeneo'), join(folder, 'icecat')]
    await Promise.all([writeAkeneoCatalogue(catalog), writeIcecatCatalogue(catalogue)])
    const akeneoOptions: AkeneoOptions = {
      catalog,
      logLines: true,
      connections: [{ code: 'hub', clientId, clientSecret, username, password }],
      latencyMs: { uniform: [10, 60] },
      ...options.akeneo,
    }
    const account = { name: 'chaos-shop', subscription: 'full' as const, password: icecatPassword }
    const icecatOptions: IcecatOptions = {
      catalogue,
      accounts: [{ ...account, appKey: icecatAppKey, apiTokens: [icecatToken] }],
      latencyMs: { uniform: [2, 20] },
    }
    const log = join(folder, 'programs.log')
    const { builds } = services
    const [akeneo, icecat, receiver, client, worker] = await Promise.all([
      Program.start<AkeneoHandlers>(builds.of('akeneo'), { args: [JSON.stringify(akeneoOptions)], log }),
      Program.start<IcecatHandlers>(builds.of('icecat'), { args: [JSON.stringify(icecatOptions)], log }),
      Program.start<ReceiverHandlers>(builds.of('receiver'), {
        args: [words.delivery, join(folder, 'received.ndjson')],
        log,
      }),
      services.client(),
      options.mutant === undefined ? builds.of('worker') : builds.workerWith(options.mutant),
      services.createDatabase(database),
    ])
    const receiverPort = await receiver.ask('port', null)
    const opened = { worker, folder, database, client, akeneo, icecat, receiver, receiverPort }
    const world = new World(services, options, words, opened)
    await world.#configure()
    await Promise.all([world.startWorker(), world.startWorker()])
    return world
  }

  get journal(): string {
    return join(this.folder, 'received.ndjson')
  }

  get logs(): string[] {
    return [...this.services.logs, join(this.folder, 'workers.log')]
  }

  async startWorker(): Promise<void> {
    const databasePort = await this.proxy.open()
    const worker = await Program.start<Record<string, never>>(this.#worker, {
      args: [join(this.folder, 'pimflow.config.yaml'), this.services.builds.bundle],
      env: {
        ...environmentOf(this.canaries),
        DATABASE_URL: this.services.databaseUrl(this.database, databasePort),
        TEMPORAL_ADDRESS: this.services.temporalAddress,
      },
      log: join(this.folder, 'workers.log'),
    })
    this.workers.push(Object.assign(worker, { databasePort }))
  }

  /** Until both are there again: what an operator's supervisor does. One that finds no database ends, and is started again. */
  reviveWorkers(): Promise<void> {
    this.#reviving ??= this.#revive().finally(() => {
      this.#reviving = null
    })
    return this.#reviving
  }

  async #revive(): Promise<void> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      for (const worker of this.workers.filter(({ isAlive }) => !isAlive)) {
        this.workers.splice(this.workers.indexOf(worker), 1)
      }
      const missing = Array.from({ length: 2 - this.workers.length }, () => this.startWorker())
      if (missing.length === 0) return
      const refused = (await Promise.allSettled(missing)).find(({ status }) => status === 'rejected')
      if (refused && Date.now() > deadline) throw (refused as PromiseRejectedResult).reason
    }
  }

  async restartReceiver(): Promise<void> {
    this.receiver = await Program.start<ReceiverHandlers>(this.services.builds.of('receiver'), {
      args: [this.canaries.delivery, this.journal, String(this.#receiverPort)],
      log: join(this.folder, 'programs.log'),
    })
  }

  /** Starts a workflow, or finds it running; its id. Waits for Temporal where that is away. */
  async start({ type, workflowId, input }: WorkflowStart): Promise<string> {
    return withTemporal(async () => {
      try {
        await this.client.workflow.start(type, { workflowId, taskQueue: this.connection, args: [input] })
      } catch (error) {
        if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error
      }
      return workflowId
    })
  }

  /** What it ended with; an error as its text. */
  async ended(workflowId: string): Promise<unknown> {
    return withTemporal(async () => {
      try {
        const result: unknown = await this.client.workflow.getHandle(workflowId).result()
        return result
      } catch (error) {
        if (error instanceof Error && error.name === 'WorkflowFailedError') return { failed: rootOf(error) }
        throw error
      }
    })
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.workers, this.akeneo, this.icecat, this.receiver].map((program) => program.kill()),
    )
    await this.client.connection.close()
    await this.sql.end({ timeout: 1 })
    await this.proxy.close()
    await this.services.dropDatabase(this.database)
  }

  async #configure(): Promise<void> {
    await writeConfiguration(this.folder, {
      connection: this.connection,
      prepare: this.#options.prepare,
      urls: {
        akeneo: await this.akeneo.ask('url', null),
        icecat: await this.icecat.ask('url', null),
        receiver: `http://127.0.0.1:${this.#receiverPort}`,
      },
    })
  }
}

/** Failures of activities and workflows are wrapped in what they failed: the innermost says why. */
const rootOf = (error: Error): string => (error.cause instanceof Error ? rootOf(error.cause) : String(error))

/** Longest that a restarted server may be away; unit ms. */
const patienceMs = 60_000

/** Tries again while Temporal is away, as its clients do. */
async function withTemporal<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > deadline || !isAway(error)) throw error
      await delay(100)
    }
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof Error &&
  (/UNAVAILABLE|Unavailable|DEADLINE_EXCEEDED|CANCELLED|ECONNREFUSED|ECONNRESET|context canceled|shutting down/.test(
    `${error.name} ${error.message}`,
  ) ||
    isAway(error.cause))
