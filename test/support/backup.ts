import type { FreshDatabase } from './database.ts'

export interface Backup {
  /** Into a database of the same version. */
  restoreInto(database: FreshDatabase): Promise<void>
}

/** Rows of one statement. */
const batch = 500

/**
 * A logical backup, read as `pg_dump --data-only` reads one: every table and sequence in the sight of one transaction, while everything goes
 * on. That program is not beside the PostgreSQL that tests run on.
 */
export async function backUp({ sql }: FreshDatabase): Promise<Backup> {
  const tables = new Map<string, string[]>()
  const sequences = await sql.begin('isolation level repeatable read read only', async (tx) => {
    const names = await tx<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public' order by tablename`
    for (const { name } of names) {
      const rows = await tx<{ row: string }[]>`select t::text as row from ${tx(name)} t`
      tables.set(
        name,
        rows.map(({ row }) => row),
      )
    }
    return tx<{ name: string; last: bigint }[]>`
      select sequencename as name, last_value as last from pg_sequences
      where schemaname = 'public' and last_value is not null`
  })
  return {
    async restoreInto(database) {
      await database.sql.begin(async (tx) => {
        // As pg_restore --disable-triggers: rows may come before what they refer to.
        await tx`set local session_replication_role = replica`
        for (const [name, rows] of tables) {
          await tx`delete from ${tx(name)}`
          for (let from = 0; from < rows.length; from += batch)
            await tx`
              insert into ${tx(name)} overriding system value
              select (row::${tx(name)}).* from unnest(${rows.slice(from, from + batch)}::text[]) as row`
        }
        for (const { name, last } of sequences) await tx`select setval(${name}::regclass, ${last}::bigint)`
      })
    },
  }
}
