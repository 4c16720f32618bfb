import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Umzug } from 'umzug'
import { migrationsFolder, type Queryable, type Sql, type Transaction } from './database.ts'

/** Held while migrations run, so that two workers that start together do not both apply one. */
const migrationLock = 7_461_001

/**
 * Brings the schema to this version. Forward only: each file of migrations/ is plain SQL, applied once, in its own order.
 * Refuses a database that a newer pimflow has migrated, because its rows may mean what this version does not know.
 */
export async function migrate(sql: Sql): Promise<string[]> {
  try {
    return await sql.begin(applyAll)
  } catch (error) {
    throw mayNot(error) ? new Error(ownerNeeded) : error
  }
}

const ownerNeeded =
  'The hub database is not at the schema of this version, and its user may not change it: ' +
  "run `pimflow migrate` with the owner's DATABASE_URL, then start again."

/** PostgreSQL's insufficient_privilege, which Umzug wraps. */
const mayNot = (error: unknown): boolean =>
  error instanceof Error && ((error as { code?: unknown }).code === '42501' || mayNot(error.cause))

async function applyAll(tx: Transaction): Promise<string[]> {
  await tx`select pg_advisory_xact_lock(${migrationLock})`
  await makeLog(tx)
  const umzug = migrationsOf(tx)
  const known = new Set(await readdir(migrationsFolder))
  const newer = (await umzug.executed()).map(({ name }) => name).filter((name) => !known.has(name))
  if (newer.length > 0) {
    throw new Error(
      `The hub database has migrations that this version of pimflow does not know (${newer.join(', ')}). ` +
        'It was migrated by a newer version: run that version, or restore a backup taken before.',
    )
  }
  return (await umzug.up()).map(({ name }) => name)
}

/** Migrations that this version has and the database lacks, and those that it has and this version does not know. */
export async function schemaState(sql: Sql): Promise<{ missing: string[]; unknown: string[] }> {
  const known = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort()
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

function migrationsOf(tx: Queryable) {
  return new Umzug({
    migrations: {
      glob: ['*.sql', { cwd: migrationsFolder }],
      resolve: ({ name }) => ({
        name,
        up: async () => {
          await tx.unsafe(await readFile(join(migrationsFolder, name), 'utf8'))
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
