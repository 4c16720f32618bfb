import type { Queryable } from '../database.ts'

/** Adds to what a run has done, by the names that its report shows; in the transaction that did it, so that a chunk which is tried again counts once. */
export async function addCounts(
  db: Queryable,
  run: bigint,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  const added = Object.entries(counts).filter(([, n]) => n !== 0)
  if (added.length === 0) return
  await db`
    insert into enrichment_count (run, name, n)
    select ${run}::bigint, name, n
    from unnest(${added.map(([name]) => name)}::text[], ${added.map(([, n]) => n)}::bigint[]) as r (name, n)
    order by name
    on conflict (run, name) do update set n = enrichment_count.n + excluded.n`
}

export async function countsOf(db: Queryable, run: bigint): Promise<Record<string, number>> {
  const rows = await db<{ name: string; n: number }[]>`
    select name, n::float8 as n from enrichment_count where run = ${run}::bigint`
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}
