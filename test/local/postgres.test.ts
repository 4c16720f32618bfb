import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../local/ports.ts'
import { ensurePostgres } from '../../local/postgres.ts'
import { readRecord } from '../../local/state.ts'
import { stopServices } from '../../local/services.ts'
import {
  accepts,
  emptyDataDir,
  messageOf,
  portOf,
  reachableFromOutside,
  startFromAnotherProcess,
  withoutServicesInEnvironment,
} from './helpers.ts'

describe('ensurePostgres', { timeout: 60_000 }, () => {
  beforeEach(withoutServicesInEnvironment)
  afterEach(() => vi.unstubAllEnvs())

  it('starts a database on loopback that sorts the same on every machine and knows letters beyond ASCII', async () => {
    const server = await ensurePostgres({ dataDir: await emptyDataDir(), ephemeral: true })
    onTestFinished(() => server.stop())
    expect(await reachableFromOutside(portOf(server.url))).toEqual([])
    const [row] = await query(
      server.url,
      `select upper('é') as upper, 'a' > 'B' as by_code_point, current_database() as database,
         current_setting('server_encoding') as encoding, current_setting('max_connections')::int as connections`,
    )
    expect(row).toEqual({
      upper: 'É',
      by_code_point: true,
      database: 'pimflow',
      encoding: 'UTF8',
      connections: 100,
    })
  })

  it('lets nobody in without the password', async () => {
    const server = await ensurePostgres({ dataDir: await emptyDataDir(), ephemeral: true })
    onTestFinished(() => server.stop())
    const guessed = new URL(server.url)
    guessed.password = 'guessed'
    expect(await messageOf(query(guessed.href, 'select 1'))).toContain('password authentication failed')
  })

  it('removes the files of an ephemeral database when it stops', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'pimflow-tmp-'))
    await chmod(temporary, 0o755)
    onTestFinished(() => rm(temporary, { recursive: true }))
    vi.stubEnv('TMPDIR', temporary)
    const server = await ensurePostgres({ dataDir: temporary, ephemeral: true })
    expect(await readdir(temporary)).toHaveLength(1)
    await server.stop()
    expect(await readdir(temporary)).toEqual([])
    expect(await accepts('127.0.0.1', portOf(server.url))).toBe(false)
  })

  it('removes them as well when the process that started it is killed', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'pimflow-tmp-'))
    await chmod(temporary, 0o755)
    onTestFinished(() => rm(temporary, { recursive: true }))
    vi.stubEnv('TMPDIR', temporary)
    const { child } = await startFromAnotherProcess('postgres', { dataDir: temporary, ephemeral: true })
    const databases = async (): Promise<string[]> =>
      (await readdir(temporary)).filter((name) => name.startsWith('pimflow-test-'))
    expect(await databases()).toHaveLength(1)
    child.kill('SIGKILL')
    await vi.waitUntil(async () => (await databases()).length === 0, 20_000)
  })

  it('keeps rows and password from one start to the next, and the password from other users', async () => {
    const dataDir = await emptyDataDir()
    const first = await ensurePostgres({ dataDir })
    await query(first.url, 'create table kept as select 7 as seven')
    await first.stop()
    const second = await ensurePostgres({ dataDir })
    expect(second.started).toBe(true)
    expect(await query(second.url, 'select seven from kept')).toEqual([{ seven: 7 }])
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
    for (const file of ['postgres.password', 'postgres.json', 'postgres.log']) {
      expect((await stat(join(dataDir, file))).mode & 0o077).toBe(0)
    }
  })

  it('starts one server when two processes ask at once', async () => {
    const dataDir = await emptyDataDir()
    const both = await Promise.all([
      startFromAnotherProcess('postgres', { dataDir }),
      startFromAnotherProcess('postgres', { dataDir }),
    ])
    const [one, other] = both.map(({ got }) => got)
    expect(one?.url).toBe(other?.url)
    expect(both.filter(({ got }) => got.started)).toHaveLength(1)
  })

  it('ends with the process that started it, in order, unless it is persistent', async () => {
    const passing = await startFromAnotherProcess('postgres', { dataDir: await emptyDataDir() })
    const lasting = await startFromAnotherProcess('postgres', {
      dataDir: await emptyDataDir(),
      persistent: true,
    })
    for (const { child } of [passing, lasting]) {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
    await vi.waitUntil(async () => !(await accepts('127.0.0.1', portOf(String(passing.got.url)))), 20_000)
    expect(await accepts('127.0.0.1', portOf(String(lasting.got.url)))).toBe(true)
  })

  it('starts again, with every committed row, after the server was killed', async () => {
    const dataDir = await emptyDataDir()
    const first = await ensurePostgres({ dataDir })
    await query(first.url, 'create table kept as select 7 as seven')
    const record = await readRecord(dataDir, 'postgres')
    process.kill(Number(record?.pid), 'SIGKILL')
    const second = await ensurePostgres({ dataDir })
    expect(second.started).toBe(true)
    expect(await query(second.url, 'select seven from kept')).toEqual([{ seven: 7 }])
  })

  it('says how to go on when the password of a database is gone', async () => {
    const dataDir = await emptyDataDir()
    await (await ensurePostgres({ dataDir })).stop()
    await rm(join(dataDir, 'postgres.password'))
    expect(await messageOf(ensurePostgres({ dataDir }))).toContain('remove')
  })

  it.runIf(process.getuid?.() === 0)(
    'run by root, finds a folder that its own user can reach when the project lies where it cannot',
    async () => {
      const closed = await mkdtemp(join(tmpdir(), 'pimflow-closed-'))
      await chmod(closed, 0o700)
      const dataDir = join(closed, '.pimflow')
      const server = await ensurePostgres({ dataDir })
      const cluster = String((await readRecord(dataDir, 'postgres'))?.cluster)
      onTestFinished(async () => {
        await stopServices({ dataDir })
        await rm(join(cluster, '..'), { recursive: true })
        await rm(closed, { recursive: true })
      })
      expect(cluster.startsWith(closed)).toBe(false)
      await query(server.url, 'create table kept as select 7 as seven')
      await server.stop()
      const again = await ensurePostgres({ dataDir })
      expect(await query(again.url, 'select seven from kept')).toEqual([{ seven: 7 }])
    },
  )

  it('uses the database that DATABASE_URL names and never stops it', async () => {
    const given = await ensurePostgres({ dataDir: await emptyDataDir(), ephemeral: true })
    onTestFinished(() => given.stop())
    vi.stubEnv('DATABASE_URL', given.url)
    const server = await ensurePostgres({ dataDir: await emptyDataDir() })
    expect(server).toMatchObject({ url: given.url, started: false })
    await server.stop()
    expect(await query(given.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('names DATABASE_URL, and not the password in it, when it leads nowhere', async () => {
    vi.stubEnv('DATABASE_URL', `postgres://someone:canary@127.0.0.1:${await freePort()}/pimflow`)
    const message = await messageOf(ensurePostgres({ dataDir: await emptyDataDir() }))
    expect(message).toContain('MissingServiceError: The database that DATABASE_URL names cannot be used')
    expect(message).not.toContain('canary')
  })
})

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1 })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}
