import { partsOfPlace } from '../../../domain/enrichment/lines/model-cells.ts'
import type { Queryable, Transaction } from '../database.ts'

/** What a count can be cut by. */
export const cuts = ['brand', 'family', 'locale', 'attribute', 'reason'] as const
export type Cut = (typeof cuts)[number]

/** Something that a run did, and to what. */
export interface Counted {
  /** As reports name it. */
  name: string
  /** Default: once. */
  n?: number
  /** Whose brand and family it stands under; null: of none that is known. */
  product: string | null
  /** Of one value, its place: it stands under that locale and attribute. Empty or absent: of a whole record. */
  place?: string
  /** Of what was left alone or refused: the code that its finding has. */
  reason?: string
}

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

/** So much of a brand is kept, in characters: it is whatever an attribute says. */
const longestPart = 200

/** As addCounts, of what can be cut by brand, family, locale, attribute and reason; `others` cannot. */
export async function addCounted(
  tx: Transaction,
  connection: string,
  run: bigint,
  counted: readonly Counted[],
  others: Readonly<Record<string, number>> = {},
): Promise<void> {
  const sums: Record<string, number> = { ...others }
  for (const { name, n = 1 } of counted) sums[name] = (sums[name] ?? 0) + n
  await addCounts(tx, run, sums)
  if (counted.length === 0) return
  const rows = counted.map(({ name, n = 1, product, place = '', reason }) => ({
    name,
    n,
    product,
    reason,
    ...(place !== '' && partsOfPlace(place)),
  }))
  await tx`
    insert into enrichment_count_part (run, by, part, name, n)
    select ${run}::bigint, c.by, left(c.part, ${longestPart}), r.name, sum(r.n)
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (name text, n bigint, product text, attribute text, locale text, reason text)
    left join enrichment_product p on p.connection = ${connection} and p.product = r.product
    cross join lateral (values ('brand', coalesce(p.brand, '')), ('family', coalesce(p.family, '')), ('locale', r.locale),
      ('attribute', r.attribute), ('reason', r.reason)) as c (by, part)
    where c.part is not null
    group by 2, 3, 4 order by 2, 3, 4
    on conflict (run, by, part, name) do update set n = enrichment_count_part.n + excluded.n`
}

export async function countsOf(db: Queryable, run: bigint): Promise<Record<string, number>> {
  const rows = await db<{ name: string; n: number }[]>`
    select name, n::float8 as n from enrichment_count where run = ${run}::bigint`
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

/** A brand, a family, … of a day; '' is none. */
export interface PartCounts {
  part: string
  counts: Record<string, number>
}

/** What was counted, as reports of runs name it; what is not there is 0. */
export interface CutCounts {
  counts: Record<string, number>
  /** The same, cut; each by name. What is not of a value stands under no locale and no attribute, what is not told why under no reason. */
  by: Record<Cut, PartCounts[]>
}

export interface DayCounts extends CutCounts {
  /** In UTC, when its runs began. */
  day: string
  runs: number
}

export interface RunCounts extends CutCounts {
  run: string
  startedAt: Date
  mode: string
  /** Null: it has not ended yet. */
  outcome: string | null
}

/** What all runs of each day did together, products for a person included: the latest day first. Runs are kept for `runs.keepDays`. */
export async function countsByDay(db: Queryable, connection: string): Promise<DayCounts[]> {
  const days = await countsBy(db, connection, 'day')
  return days.map(({ key, ...counted }) => ({ day: key, ...counted }))
}

/** What each run did that did anything: the latest first. */
export async function countsByRun(db: Queryable, connection: string): Promise<RunCounts[]> {
  const counted = new Map((await countsBy(db, connection, 'run')).map((one) => [one.key, one]))
  const runs = await db<Omit<RunCounts, keyof CutCounts>[]>`
    select id::text as run, started_at as "startedAt", mode, outcome from run
    where connection = ${connection} and id = any(${[...counted.keys()]}::bigint[])
    order by id desc`
  return runs.map((run) => {
    const { counts = {}, by = uncut } = counted.get(run.run) ?? {}
    return { ...run, counts, by }
  })
}

async function countsBy(
  db: Queryable,
  connection: string,
  key: 'day' | 'run',
): Promise<(CutCounts & { key: string; runs: number })[]> {
  const keyOf = key === 'run' ? db`r.id::text` : db`to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD')`
  const whole = await db<{ key: string; runs: number; counts: Record<string, number> }[]>`
    with counted as (
      select ${keyOf} as key, c.run, c.name, c.n
      from run r join enrichment_count c on c.run = r.id
      where r.connection = ${connection}
    ), sums as (
      select key, name, sum(n)::float8 as n from counted group by 1, 2
    )
    select key, runs, json_object_agg(name, n order by name) as counts
    from sums join (select key, count(distinct run)::int as runs from counted group by 1) as began using (key)
    group by key, runs order by key desc`
  const cut = await db<{ key: string; by: Partial<CutCounts['by']> }[]>`
    with counted as (
      select ${keyOf} as key, c.by, c.part, c.name, sum(c.n)::float8 as n
      from run r join enrichment_count_part c on c.run = r.id
      where r.connection = ${connection} group by 1, 2, 3, 4
    ), parts as (
      select key, by, part, json_object_agg(name, n order by name) as counts from counted group by 1, 2, 3
    ), lists as (
      select key, by, json_agg(json_build_object('part', part, 'counts', counts) order by part collate "C") as list
      from parts group by 1, 2
    )
    select key, json_object_agg(by, list) as by from lists group by key`
  const byKey = new Map(cut.map(({ key: own, by }) => [own, by]))
  return whole.map((one) => ({ ...one, by: { ...uncut, ...byKey.get(one.key) } }))
}

const uncut: CutCounts['by'] = { brand: [], family: [], locale: [], attribute: [], reason: [] }
