import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failureTypes, toFailure } from '../../../activities/failures.ts'
import {
  migrationsFolder,
  openDatabase,
  type Sql,
  type Transaction,
} from '../../../connectors/hub/database.ts'
import { migrate, schemaState } from '../../../connectors/hub/migrate.ts'
import { freshDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const nextMigration = '9999_next.sql'

/** A database of this version with two tables more, and the migrations of the next version, which change them. */
async function oneVersionOn(migration: string) {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-migrations-'))
  await cp(migrationsFolder, folder, { recursive: true })
  await writeFile(join(folder, nextMigration), migration)
  const database = await freshDatabase()
  const { sql } = database
  await sql`create table first (id int primary key, n int not null default 0)`
  await sql`create table second (id int primary key, n int not null default 0)`
  await sql`insert into first select generate_series(1, 8)`
  await sql`insert into second select generate_series(1, 8)`
  const workers = openDatabase(database.url, { max: 8 })
  const newWorker = () => {
    const pool = openDatabase(database.url, { max: 2 })
    pools.push(pool)
    return pool
  }
  const pools: Sql[] = [workers]
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
    await database.drop()
    await rm(folder, { recursive: true })
  })
  return { sql, workers, newWorker, folder }
}

/** Pages one after the other by each of some workers, and again by the same one when it fails by what passes, as Temporal does; until its end, or the test's. */
function load(writers: number, page: (worker: number) => Promise<unknown>) {
  const seen = { pages: 0, again: 0 }
  let isOver = false
  const work = async (worker: number) => {
    while (!isOver) {
      try {
        await page(worker)
        seen.pages++
      } catch (error) {
        const failure = toFailure(error)
        const isPassing =
          (failure as { type?: unknown }).type === failureTypes.transient || /cached plan/.test(String(error))
        if (!isPassing) throw error
        seen.again++
      }
    }
  }
  const working = Promise.all(Array.from({ length: writers }, (_, index) => work(index + 1)))
  const end = async () => {
    isOver = true
    await working
  }
  onTestFinished(end)
  return { seen, end }
}

/** What a page does: its own row of one table, what takes a moment, its own row of another. */
const pageOver = (workers: Sql, tables: readonly [string, string]) => (worker: number) =>
  workers.begin(async (tx: Transaction) => {
    const [before, after] = tables
    await tx`update ${tx(before)} set n = n + 1 where id = ${worker} returning *`
    await delay(20)
    await tx`update ${tx(after)} set n = n + 1 where id = ${worker} returning *`
  })

const both =
  'alter table first add column next text; alter table second add column next int not null default 1;'

describe('migrations', { timeout: 60_000 }, () => {
  it('release what an earlier version left waiting for a parent that is long there, and nothing else', async () => {
    const database = await freshDatabase()
    onTestFinished(() => database.drop())
    const { sql } = database
    await sql`delete from schema_migration where name = '0023_stranded_deliveries.sql'`
    const [parent, waits, stranded] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`)
    const rows = [
      { id: parent, behind: null },
      { id: waits, behind: parent },
      { id: stranded, behind: '00000000-0000-4000-8000-000000000009' },
    ]
    await sql`
      insert into delivery_queue (connection, output, destination, id, place, reason, behind, due_at)
      select 'acme', 'ecommerce', 'shop', id, 1, 'refused', behind, now() + interval '1 day'
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, behind uuid)`
    await migrate(sql)
    const after = await sql`select id, behind, due_at <= now() as due from delivery_queue order by id`
    expect([...after]).toEqual([
      { id: parent, behind: null, due: false },
      { id: waits, behind: parent, due: false },
      { id: stranded, behind: null, due: true },
    ])
  })

  it('are numbered without a gap, and no number is taken twice', async () => {
    const names = (await readdir(migrationsFolder)).toSorted()
    const numbers = names.map((name) => Number(name.slice(0, 4)))
    expect(numbers).toEqual(names.map((_, at) => at + 1))
  })

  it('are refused where a newer version has been, and nothing is changed', async () => {
    const { sql, newWorker, folder } = await oneVersionOn(both)
    expect(await migrate(newWorker(), { folder })).toEqual([nextMigration])
    await expect(migrate(newWorker())).rejects.toThrow(
      `The hub database has migrations that this version of pimflow does not know (${nextMigration}). ` +
        'It was migrated by a newer version',
    )
    expect(await schemaState(sql)).toEqual({ missing: [], unknown: [nextMigration] })
  })

  it('are applied once, by one of two workers that start together', async () => {
    const { newWorker, folder } = await oneVersionOn(both)
    const applied = await Promise.all([migrate(newWorker(), { folder }), migrate(newWorker(), { folder })])
    expect(applied.flat()).toEqual([nextMigration])
  })

  it('leave nothing of a version when one of it fails', async () => {
    const { sql, newWorker, folder } = await oneVersionOn(`${both} select 1 / 0;`)
    await expect(migrate(newWorker(), { folder })).rejects.toThrow(/division by zero/)
    expect(await schemaState(sql, folder)).toEqual({ missing: [nextMigration], unknown: [] })
    expect(await sql`select * from second where id = 1`).toEqual([{ id: 1, n: 0 }])
  })
})

describe('migrations while workers of the version before write', { timeout: 60_000 }, () => {
  it('come through, and every page does', async () => {
    const { sql, workers, newWorker, folder } = await oneVersionOn(both)
    const { seen, end } = load(4, pageOver(workers, ['first', 'second']))
    await until(() => Promise.resolve(seen.pages >= 20), 'pages are written')
    expect(await migrate(newWorker(), { folder })).toEqual([nextMigration])
    const before = seen.pages
    await until(() => Promise.resolve(seen.pages >= before + 20), 'pages are written to the new tables')
    await end()
    for (const table of ['first', 'second']) {
      const [row] = await sql<{ n: number }[]>`select sum(n)::int as n from ${sql(table)}`
      expect(row?.n).toBe(seen.pages)
    }
    // Each statement once in each connection that had it prepared.
    expect(seen.again).toBeLessThanOrEqual(2 * 8)
  })

  it('give way to a page where each would wait for the other, and come again', async () => {
    const { sql, workers, newWorker, folder } = await oneVersionOn(both)
    let isHeld = false
    const page = workers.begin(async (tx) => {
      await tx`update second set n = n + 1 where id = 1`
      isHeld = true
      await until(async () => {
        const waiting = await sql`select from pg_locks where relation = 'second'::regclass and not granted`
        return waiting.length > 0
      }, 'the migration has the first table and waits for the second')
      await tx`update first set n = n + 1 where id = 1`
    })
    await until(() => Promise.resolve(isHeld), 'the table is held')
    expect(await migrate(newWorker(), { folder })).toEqual([nextMigration])
    await page
    const rows =
      await sql`select first.n, second.n as m, second.next from first join second using (id) where id = 1`
    expect([...rows]).toEqual([{ n: 1, m: 1, next: 1 }])
  })

  it('let others on while somebody holds a table for long', async () => {
    const { workers, newWorker, folder } = await oneVersionOn(both)
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let isHeld = false
    const holding = workers.begin(async (tx) => {
      await tx`select from second`
      isHeld = true
      await held
    })
    await until(() => Promise.resolve(isHeld), 'the table is held')
    let isDone = false
    const migrating = migrate(newWorker(), { folder }).finally(() => (isDone = true))
    let stoodBehind = 0
    while (stoodBehind < 3) {
      const began = performance.now()
      await workers`update first set n = n + 1 where id = 1`
      const tookMs = performance.now() - began
      if (tookMs > 100) stoodBehind++
      expect(tookMs).toBeLessThan(10_000)
    }
    expect(isDone).toBe(false)
    letGo()
    await holding
    expect(await migrating).toEqual([nextMigration])
  })

  it('say who is in the way when nobody lets them through', async () => {
    const { sql, workers, newWorker, folder } = await oneVersionOn(both)
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let isHeld = false
    const holding = workers.begin(async (tx) => {
      await tx`select from first`
      isHeld = true
      await held
    })
    await until(() => Promise.resolve(isHeld), 'the table is held')
    await expect(migrate(newWorker(), { folder, patienceMs: 0 })).rejects.toThrow(/others hold its tables/)
    letGo()
    await holding
    expect((await schemaState(sql, folder)).missing).toEqual([nextMigration])
  })
})
