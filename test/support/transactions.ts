import type { Queryable, Sql, Transaction } from '../../connectors/hub/database.ts'
import { gate } from '../client/stubs.ts'

/** How many statements of this database wait for what another transaction holds. */
export async function lockWaits(db: Queryable): Promise<number> {
  const rows = await db`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return rows.length
}

/** A transaction that has done its first part, and the rest of which begins when the test says so. */
export async function begunTransaction(
  sql: Sql,
  first: (tx: Transaction) => Promise<unknown>,
  rest: (tx: Transaction) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ goOn(): void; ended: Promise<void> }> {
  const isBegun = gate()
  const end = gate()
  const ended = sql.begin(async (tx) => {
    await first(tx)
    isBegun.open()
    await end.opened
    await rest(tx)
  })
  await Promise.race([isBegun.opened, ended])
  return { goOn: () => end.open(), ended: ended.then(() => undefined) }
}
