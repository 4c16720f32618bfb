import type { Queryable } from './database.ts'

/**
 * Of a table of what went missing, under this name in the statement: what is open and this run may judge, which is its own, what was
 * nobody's run, and what is of runs that ended without a word.
 */
export const judgeable = (db: Queryable, table: string, connection: string, run: bigint | null) => db`
  ${db(table)}.connection = ${connection} and ${db(table)}.state = 'open'
  and (${db(table)}.run is null or ${db(table)}.run is not distinct from ${run}::bigint
    or exists (select from run r where r.id = ${db(table)}.run and r.finished_at is not null))`
