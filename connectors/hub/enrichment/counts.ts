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

export interface DayCounts {
  /** In UTC, when its runs began. */
  day: string
  runs: number
  /** As reports of runs name them; what is not there is 0. */
  counts: Record<string, number>
}

/** What all runs of each day did together, products for a person included: the latest day first. Runs are kept for `runs.keepDays`. */
export async function countsByDay(db: Queryable, connection: string): Promise<DayCounts[]> {
  return db<DayCounts[]>`
    with counted as (
      select to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD') as day, c.name, sum(c.n)::float8 as n,
        array_agg(distinct r.id) as runs
      from run r join enrichment_count c on c.run = r.id
      where r.connection = ${connection} group by 1, 2
    )
    select day, (select count(distinct run)::int from counted o, unnest(o.runs) as run where o.day = c.day) as runs,
      json_object_agg(name, n order by name) as counts
    from counted c group by day order by day desc`
}
