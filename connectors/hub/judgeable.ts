import type { Queryable, Transaction } from './database.ts'

/**
 * Of a table of what went missing, under this name in the statement: what is open and this run may judge, which is its own, what was
 * nobody's run, and what is of runs that ended without a word.
 */
export const judgeable = (db: Queryable, table: string, connection: string, run: bigint | null) => db`
  ${db(table)}.connection = ${connection} and ${db(table)}.state = 'open'
  and (${db(table)}.run is null or ${db(table)}.run is not distinct from ${run}::bigint
    or exists (select from run r where r.id = ${db(table)}.run and r.finished_at is not null))`

/**
 * Holds the records that this run judges, first in its transaction: as a page does that stores them, readings by key before stored records by
 * key. Then rows of what they miss may be written in any order: nobody else writes those of a record without holding its reading.
 */
export async function holdJudged(tx: Transaction, connection: string, run: bigint | null): Promise<void> {
  await holdRecords(
    tx,
    connection,
    tx`
      select v.stream, v.key from emptied_value v where ${judgeable(tx, 'v', connection, run)}
      union all
      select p.stream, p.key from missed_part p where ${judgeable(tx, 'p', connection, run)}`,
  )
}

/** The same of other records; `named`: a query of their streams and keys. */
export async function holdRecords(
  tx: Transaction,
  connection: string,
  named: ReturnType<Queryable>,
): Promise<void> {
  for (const table of ['reading', 'source_record'])
    await tx`
      select from ${tx(table)} where connection = ${connection} and (stream, key) in (${named})
      order by stream, key for update`
}
