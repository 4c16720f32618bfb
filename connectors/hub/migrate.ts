import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Umzug } from 'umzug'
import { migrationsFolder, type Queryable, type Sql, type Transaction } from './database.ts'

/** Held while migrations run, so that two workers that start together do not both apply one. */
const migrationLock = 7_461_001

/**
 * The first wait for a table that others work on, then twice as long each time; unit ms. Whoever comes after waits behind it, so it is
 * short; below the second after which PostgreSQL looks for deadlocks, so that it is the migration that gives way and not somebody's page.
 */
const firstWaitMs = 500
const longestWaitMs = 4000
/** Between two tries others get on. */
const pauseMs = 1000

export interface MigrateOptions {
  /** Of the SQL files. */
  folder?: string
  /** For how long tables that others work on are asked for again; unit ms. */
  patienceMs?: number
}

/**
 * Brings the schema to this version, all of it or nothing, while workers of the version before work on. Forward only: each file of
 * migrations/ is plain SQL, applied once, in its own order.
 * Refuses a database that a newer pimflow has migrated, because its rows may mean what this version does not know.
 */
export async function migrate(
  sql: Sql,
  { folder = migrationsFolder, patienceMs = 600_000 }: MigrateOptions = {},
): Promise<string[]> {
  const deadline = Date.now() + patienceMs
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await sql.begin((tx) => applyAll(tx, folder, waitMs))
    } catch (error) {
      if (isState(error, /^42501$/)) throw new Error(ownerNeeded, { cause: error })
      if (!isState(error, /^(55P03|40P01)$/)) throw error
      if (Date.now() > deadline) throw new Error(tablesInUse, { cause: error })
    }
    await delay(pauseMs)
  }
}

const ownerNeeded =
  'The hub database is not at the schema of this version, and its user may not change it: ' +
  "run `pimflow migrate` with the owner's DATABASE_URL, then start again."

const tablesInUse =
  'The hub database could not be brought to the schema of this version: others hold its tables without a pause. ' +
  'Look who does (`select pid, state, query from pg_stat_activity`), or stop the workers; then start again, or run `pimflow migrate`.'

/** Whether PostgreSQL said one of these; Umzug wraps what it says. */
const isState = (error: unknown, codes: RegExp): boolean =>
  error instanceof Error &&
  (codes.test(String((error as { code?: unknown }).code)) || isState(error.cause, codes))

async function applyAll(tx: Transaction, folder: string, waitMs: number): Promise<string[]> {
  await tx`select pg_advisory_xact_lock(${migrationLock})`
  await tx`select set_config('lock_timeout', ${`${waitMs}ms`}, true)`
  await makeLog(tx)
  const { unknown } = await schemaState(tx, folder)
  if (unknown.length > 0) {
    throw new Error(
      `The hub database has migrations that this version of pimflow does not know (${unknown.join(', ')}). ` +
        'It was migrated by a newer version: run that version, or restore a backup taken before.',
    )
  }
  return (await migrationsOf(tx, folder).up()).map(({ name }) => name)
}

/** Migrations that this version has and the database lacks, and those that it has and this version does not know. */
export async function schemaState(
  sql: Queryable,
  folder = migrationsFolder,
): Promise<{ missing: string[]; unknown: string[] }> {
  const known = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const [log] = await sql<{ exists: boolean }[]>`select to_regclass('schema_migration') is not null as exists`
  const rows = log?.exists
    ? await sql<{ name: string }[]>`select name from schema_migration order by name`
    : []
  const applied = rows.map(({ name }) => name)
  return {
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  }
}

/** Asked before it is made: a role that may make no tables can work, as long as another one brings the schema to its version. */
async function makeLog(tx: Queryable): Promise<void> {
  const [row] = await tx<{ exists: boolean }[]>`select to_regclass('schema_migration') is not null as exists`
  if (row?.exists) return
  await tx`create table schema_migration (name text primary key, applied_at timestamptz not null default now())`
}

function migrationsOf(tx: Queryable, folder: string) {
  return new Umzug({
    migrations: {
      glob: ['*.sql', { cwd: folder }],
      resolve: ({ name }) => ({
        name,
        up: async () => {
          await tx.unsafe(await readFile(join(folder, name), 'utf8'))
        },
      }),
    },
    storage: {
      logMigration: async ({ name }) => {
        await tx`insert into schema_migration (name) values (${name})`
      },
      unlogMigration: () => Promise.reject(new Error('Migrations go forward only')),
      executed: async () =>
        (await tx<{ name: string }[]>`select name from schema_migration order by name`).map(
          ({ name }) => name,
        ),
    },
    logger: undefined,
  })
}
