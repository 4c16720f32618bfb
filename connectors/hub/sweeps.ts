import type { Queryable, Transaction } from './database.ts'

/**
 * When the variants of a changed model are looked at: in the run that saw the change, after 15 minutes, after 2 hours, then
 * daily: Akeneo indexes them after the model and with the model's date, so a poll's window may have passed them by.
 */
const delaysMinutes = [15, 120]
const dailyMinutes = 24 * 60

export async function enqueueSweeps(tx: Transaction, connection: string, models: string[]): Promise<void> {
  if (models.length === 0) return
  await tx`
    insert into sweep (connection, model)
    select ${connection}, model from unnest(${[...new Set(models)].sort()}::text[]) as model
    on conflict (connection, model) do update set changed_at = now(), step = 0, due_at = now()`
}

export async function dueSweeps(db: Queryable, connection: string): Promise<string[]> {
  const rows = await db<{ model: string }[]>`
    select model from sweep where connection = ${connection} and due_at <= now() order by model`
  return rows.map(({ model }) => model)
}

/** Moves swept models to their next look; after `searchDays` days they are done. */
export async function advanceSweeps(
  tx: Transaction,
  connection: string,
  models: string[],
  searchDays: number,
): Promise<void> {
  if (models.length === 0) return
  await tx`
    update sweep set step = step + 1,
      due_at = now() + make_interval(mins => coalesce((${delaysMinutes}::int[])[step + 1], ${dailyMinutes}))
    where connection = ${connection} and model = any(${models})`
  await tx`
    delete from sweep where connection = ${connection} and due_at > changed_at + make_interval(days => ${searchDays})`
}
