import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Umzug } from 'umzug'
import { migrationsFolder, type Queryable, type Sql } from './database.ts'

/** Held while migrations run, so that two workers that start together do not both apply one. */
const migrationLock = 7_461_001

/**
 * Brings the schema to this version. Forward only: each file of migrations/ is plain SQL, applied once, in its own order.
 * Refuses a database that a newer pimflow has migrated, because its rows may mean what this version does not know.
 */
export async function migrate(sql: Sql): Promise<string[]> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${migrationLock})`
    await tx`create table if not exists schema_migration (name text primary key, applied_at timestamptz not null default now())`
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
  })
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
