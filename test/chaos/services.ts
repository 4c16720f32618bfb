import { execFile } from 'node:child_process'
import { chown, mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import type { Builds } from './builds.ts'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import { endWithThisProcess } from '../../local/guard.ts'
import { freePort } from '../../local/ports.ts'
import { ensurePostgres, type LocalPostgres } from '../../local/postgres.ts'
import { type ProcessIdentity, stopProcess } from '../../local/processes.ts'
import { localSearchAttributes } from '../../local/services.ts'
import { readRecord } from '../../local/state.ts'
import { ensureTemporal, type LocalTemporal } from '../../local/temporal.ts'

const run = promisify(execFile)

const templateDatabase = 'pimflow_template'

/** Room of the disk that fills up: a hub of this suite takes about 12 MB; unit MB. */
const diskMegabytes = 48

/** The servers that seeds share, one after the other; each can be taken away and come back at the same address. */
export class Services {
  readonly folder: string
  readonly builds: Builds
  readonly temporalPort: number
  readonly postgresPort: number
  #temporal: LocalTemporal | null = null
  #temporalGuard: ProcessIdentity | null = null
  #postgres: LocalPostgres | null = null
  #disk: string | null = null

  private constructor(builds: Builds, folder: string, temporalPort: number, postgresPort: number) {
    this.builds = builds
    this.folder = folder
    this.temporalPort = temporalPort
    this.postgresPort = postgresPort
  }

  /** Makes the folder. */
  static async start(builds: Builds, folder: string): Promise<Services> {
    // What these name is not ours to take away.
    for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'DATABASE_URL']) {
      Reflect.deleteProperty(process.env, name)
    }
    await mkdir(folder)
    const services = new Services(builds, folder, await freePort(), await freePort())
    await Promise.all([services.startTemporal(), services.startPostgres()])
    await services.#makeTemplate()
    await services.#mountDisk()
    return services
  }

  get temporalAddress(): string {
    return `127.0.0.1:${this.temporalPort}`
  }

  /** Whether a disk could be mounted that fills up; it takes root. */
  get hasDisk(): boolean {
    return this.#disk !== null
  }

  get logs(): string[] {
    return [join(this.folder, 'temporal.log'), join(this.folder, 'postgres.log')]
  }

  /** With its workflows, which are in a file. */
  async startTemporal(): Promise<void> {
    this.#temporal = await ensureTemporal({
      dataDir: this.folder,
      port: this.temporalPort,
      headless: true,
      persistent: true,
      searchAttributes: localSearchAttributes,
    })
    const record = await readRecord(this.folder, 'temporal')
    if (record) this.#temporalGuard = endWithThisProcess(record, 'TERM')
  }

  async stopTemporal(): Promise<void> {
    if (this.#temporalGuard) await stopProcess(this.#temporalGuard, 'SIGTERM')
    await this.#temporal?.stop()
  }

  async startPostgres(): Promise<void> {
    this.#postgres = await ensurePostgres({ dataDir: this.folder, port: this.postgresPort })
  }

  /** Open sessions are ended; what was committed is there afterwards. */
  async stopPostgres(): Promise<void> {
    await this.#postgres?.stop()
  }

  /** The database's address behind another port. */
  databaseUrl(name: string, port = this.postgresPort): string {
    const url = new URL(this.#postgres?.url ?? '')
    url.pathname = `/${name}`
    url.port = String(port)
    return url.href
  }

  sqlOf(name: string, max = 2): Sql {
    return openDatabase(this.databaseUrl(name), { max })
  }

  /** A hub of its own, on the small disk where there is one. */
  async createDatabase(name: string): Promise<void> {
    await this.#admin(async (sql) => {
      const place = this.#disk === null ? '' : ' tablespace small_disk'
      await sql.unsafe(`create database ${name} template ${templateDatabase}${place}`)
    })
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#admin(async (sql) => {
      await sql.unsafe(`drop database if exists ${name} with (force)`)
    })
  }

  /** Leaves no room on the database's disk, until the answer is called. */
  async fillDisk(): Promise<() => Promise<void>> {
    const ballast = join(this.#disk ?? '', 'ballast')
    const file = await open(ballast, 'w')
    const block = Buffer.alloc(64 * 1024)
    try {
      for (;;) await file.write(block)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    } finally {
      await file.close()
    }
    return () => rm(ballast, { force: true })
  }

  async client(): Promise<Client> {
    return new Client({ connection: await Connection.connect({ address: this.temporalAddress }) })
  }

  async stop(): Promise<void> {
    await this.stopTemporal()
    await this.stopPostgres()
    if (this.#disk !== null) await run('umount', [this.#disk])
    await rm(this.folder, { recursive: true, force: true })
  }

  async #admin(work: (sql: Sql) => Promise<void>): Promise<void> {
    const sql = openDatabase(this.#postgres?.url ?? '', { max: 1 })
    try {
      await work(sql)
    } finally {
      await sql.end()
    }
  }

  async #makeTemplate(): Promise<void> {
    await this.#admin(async (sql) => {
      await sql.unsafe(`create database ${templateDatabase}`)
    })
    const sql = this.sqlOf(templateDatabase)
    await migrate(sql)
    await sql.end()
  }

  async #mountDisk(): Promise<void> {
    const disk = join(this.folder, 'disk')
    await mkdir(disk)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk])
    } catch {
      return
    }
    this.#disk = disk
    const place = join(disk, 'database')
    await mkdir(place, { mode: 0o700 })
    const { uid, gid } = await stat((await readRecord(this.folder, 'postgres'))?.cluster ?? this.folder)
    await chown(place, uid, gid)
    await this.#admin(async (sql) => {
      await sql.unsafe(`create tablespace small_disk location '${place}'`)
    })
  }
}
