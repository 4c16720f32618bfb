import type { Queryable, Sql } from './database.ts'
import type { Holder } from './runs.ts'

/** What is gone; by the name under which it is counted. */
export interface PrunedRuns {
  runs: number
  pages: number
  /** Plans to retire that were carried out or taken over by a later one. */
  plans: number
  /** Lines of the ledger, of records that are not in Akeneo any more. */
  values: number
}

export interface RunPruning {
  connection: string
  keepDays: number
  /** Stops then and goes on the next time; ms since 1970. */
  until: number
  /** Whether Temporal runs this execution still: asked of runs that have no end. */
  isRunning: (holder: Holder) => Promise<boolean>
}

/** Once a day is often enough, and so much in one transaction. */
const everyHours = 24
const batch = { runs: 200, items: 20_000, plans: 100, records: 200 }

/** Runs without an end that are looked at in a day: each is a question to Temporal. */
const openRuns = 100

/**
 * Forgets runs that ended more than `keepDays` ago, with what they read, and what speaks of nothing that is still there. Stays: what runs or
 * is held, the last run of each process, runs that the feed or something undecided names, and of a record that is in Akeneo all of the ledger.
 * Does nothing when it did within the last day.
 */
export async function pruneRuns(
  sql: Sql,
  { connection, keepDays, until, isRunning }: RunPruning,
): Promise<PrunedRuns> {
  const gone: PrunedRuns = { runs: 0, pages: 0, plans: 0, values: 0 }
  const [done] = await sql`
    select 1 from run_pruning
    where connection = ${connection} and at > now() - make_interval(hours => ${everyHours})`
  if (done) return gone
  const old: OldRuns = {
    connection,
    keepDays,
    ended: await endedFromOutside(sql, connection, keepDays, isRunning),
  }
  for (let after = beginning; ;) {
    const part = await pruneOldest(sql, old, after)
    if (part === null) break
    gone.runs += part.runs
    gone.pages += part.pages
    after = part.last
    if (Date.now() > until) return gone
  }
  const steps: [name: 'plans' | 'values', step: () => Promise<number | null>][] = [
    ['plans', () => prunePlans(sql, connection, keepDays)],
    ['values', () => pruneLedger(sql, connection, keepDays)],
  ]
  for (const [name, step] of steps) {
    for (let n = await step(); n !== null; n = await step()) {
      gone[name] += n
      if (Date.now() > until) return gone
    }
  }
  await sql`
    insert into run_pruning (connection) values (${connection}) on conflict (connection) do update set at = now()`
  return gone
}

interface OldRuns {
  connection: string
  keepDays: number
  /** Old runs without an end that nobody is at any more. */
  ended: string[]
}

const before = (db: Queryable, keepDays: number) => db`now() - make_interval(days => ${keepDays})`

/** Old, and nobody's. A run that goes on in another execution holds its claim under that one. */
const isOld = (db: Queryable, { connection, keepDays, ended }: OldRuns) => db`
  r.connection = ${connection} and r.started_at < ${before(db, keepDays)}
    and (r.finished_at < ${before(db, keepDays)} or r.id = any(${ended}::bigint[])) and ${isNotHeld(db)}
    -- What a reconcile that is not over reads its drift from.
    and not exists (select from reconcile c join run h on h.id = c.run where c.load_run = r.id and h.finished_at is null)`

const isNotHeld = (db: Queryable) => db`
  not exists (select from claim c where c.connection = r.connection and c.workflow_run_id = r.workflow_run_id)
    and not exists (select from delivery d where d.connection = r.connection and d.workflow_run_id = r.workflow_run_id)`

/** Runs that a terminated workflow or a lost Temporal left without an end. */
async function endedFromOutside(
  sql: Sql,
  connection: string,
  keepDays: number,
  isRunning: RunPruning['isRunning'],
): Promise<string[]> {
  const open = await sql<(Holder & { id: string })[]>`
    select r.id::text as id, r.workflow_id as "workflowId", r.workflow_run_id as "workflowRunId" from run r
    where r.connection = ${connection} and r.finished_at is null and r.started_at < ${before(sql, keepDays)} and ${isNotHeld(sql)}
    order by r.started_at limit ${openRuns}`
  const ended: string[] = []
  for (const run of open) if (!(await isRunning(run))) ended.push(run.id)
  return ended
}

/** Where a run stands in the order in which runs began; text, because a Date has no microseconds. */
interface Place {
  at: string
  id: string
}
const beginning: Place = { at: '-infinity', id: '0' }

/** The next old runs: what they read goes, and those of them that nothing needs. Null when there is none. */
async function pruneOldest(
  sql: Sql,
  old: OldRuns,
  after: Place,
): Promise<{ runs: number; pages: number; last: Place } | null> {
  return sql.begin(async (tx) => {
    const oldest = await tx<Place[]>`
      select r.started_at::text as at, r.id::text as id from run r
      where ${isOld(tx, old)} and (r.started_at, r.id) > (${after.at}::text::timestamptz, ${after.id}::bigint)
      order by r.started_at, r.id limit ${batch.runs}`
    const last = oldest.at(-1)
    if (last === undefined) return null
    const ids = oldest.map(({ id }) => id)
    const transfers = await tx<{ pages: number }[]>`
      delete from transfer where run = any(${ids}::bigint[]) returning pages`
    const gone = await tx<{ id: string }[]>`
      delete from run r where r.id = any(${ids}::bigint[]) and ${isNeedless(tx, old)} returning r.id::text as id`
    const goneIds = gone.map(({ id }) => id)
    await tx`delete from enrichment_count where run = any(${goneIds}::bigint[])`
    await tx`delete from enrichment_count_part where run = any(${goneIds}::bigint[])`
    return { runs: gone.length, pages: transfers.reduce((sum, { pages }) => sum + pages, 0), last }
  })
}

const isNeedless = (db: Queryable, { connection }: OldRuns) => db`
  -- What status, the morning page and deliveries show as the last one.
  r.id not in (select max(id) from run where connection = ${connection} group by process, mode)
  -- Whose work it was, explain says as long as the feed names it.
  and not exists (select from feed f where f.connection = r.connection and f.run = r.id)
  and not exists (select from retire_plan p where p.run = r.id and p.state in ('ready', 'held', 'approved'))
  and not exists (select from emptied_plan p where p.run = r.id and p.state in ('held', 'approved'))
  -- Whoever judges them must see that the run which found them is over.
  and not exists (select from emptied_value v where v.connection = r.connection and v.run = r.id and v.state = 'open')`

/** Plans whose story is over. What a person refused to let go stays: it is why these records are not asked about again. */
async function prunePlans(sql: Sql, connection: string, keepDays: number): Promise<number | null> {
  const over = sql`
    p.connection = ${connection} and p.state in ('done', 'superseded') and p.created_at < ${before(sql, keepDays)}`
  const items = await sql`
    delete from retire_item where (plan, position) in (
      select i.plan, i.position from retire_plan p join retire_item i on i.plan = p.id where ${over} limit ${batch.items})`
  if (items.count > 0) return 0
  const plans = await sql`
    delete from retire_plan where id in (select p.id from retire_plan p where ${over} limit ${batch.plans})`
  return plans.count === 0 ? null : plans.count
}

/**
 * What enrichment wrote into, and found at, records that left. While a record is in Akeneo its ledger says which values are a person's, so
 * nothing of that goes; it has one line for each value, the last.
 */
async function pruneLedger(sql: Sql, connection: string, keepDays: number): Promise<number | null> {
  return sql.begin(async (tx) => {
    const gone = await tx<{ stream: string; key: string }[]>`
      select t.stream, t.key from retired_record t
      where t.connection = ${connection} and t.retired_at < ${before(tx, keepDays)}
        and exists (select from enrichment_value v where v.connection = t.connection and v.stream = t.stream and v.key = t.key)
        and not exists (select from source_record s where s.connection = t.connection and s.stream = t.stream and s.key = t.key)
        -- A line that waits to be sent, or whose answer is not known, is judged by it.
        and not exists (select from enrichment_line l where l.connection = t.connection and l.stream = t.stream and l.key = t.key)
      limit ${batch.records}`
    if (gone.length === 0) return null
    const these = tx`
      connection = ${connection} and (stream, key) in (
        select stream, key from json_to_recordset(${JSON.stringify(gone)}::text::json) as r (stream text, key text))`
    const values = await tx`delete from enrichment_value where ${these}`
    await tx`delete from enrichment_finding where ${these}`
    return values.count
  })
}
