import type { StreamName } from '../../contracts/streams.ts'
import type { Sql } from './database.ts'
import type { RunRow } from './sights.ts'

/** What the morning page asks of the hub and nothing else does. Reads only; every list is bounded. */

export interface RunWork extends RunRow {
  /** Records that its transfers read and found changed so far; 0 for a run without transfers. */
  read: number
  changed: number
  /** True while it holds what it works on; a run without an end and without a hold was ended from outside. */
  holds: boolean
}

/** Runs that ended or went on since then, the newest first. */
export async function runsSince(
  sql: Sql,
  connection: string,
  since: Date,
  limit: number,
): Promise<RunWork[]> {
  return sql<RunWork[]>`
    with recent as (
      select * from run
      where connection = ${connection} and (finished_at >= ${since} or finished_at is null and started_at >= ${since}
        or workflow_run_id in (select workflow_run_id from claim where connection = ${connection}))
      order by started_at desc limit ${limit}
    ), work as (
      select run, sum(read)::int as read, sum(changed)::int as changed from transfer
      where run in (select id from recent) group by run
    )
    select r.id, r.process, r.mode, r.workflow_id as "workflowId", r.workflow_run_id as "workflowRunId", r.started_at as "startedAt",
      r.finished_at as "finishedAt", r.outcome, r.report, r.actions, coalesce(w.read, 0) as read, coalesce(w.changed, 0) as changed,
      exists (select from claim c where c.workflow_run_id = r.workflow_run_id)
        or exists (select from delivery d where d.workflow_run_id = r.workflow_run_id) as holds
    from recent r left join work w on w.run = r.id
    order by r.started_at desc`
}

export interface Volume {
  from: Date
  read: number
  changed: number
}

/** Records that came in with pages, by stretches of time; stretches in which nothing came are left out. */
export async function volumesSince(
  sql: Sql,
  connection: string,
  since: Date,
  stretchSeconds: number,
): Promise<Volume[]> {
  return sql<Volume[]>`
    select date_bin(make_interval(secs => ${stretchSeconds}), p.at, ${since}) as "from",
      sum(p.read)::int as read, sum(p.changed)::int as changed
    from run r join transfer t on t.run = r.id join transfer_page p on p.transfer = t.id
    where r.connection = ${connection} and p.at >= ${since}
    group by 1 order by 1`
}

export interface RejectionGroup {
  reason: string
  count: number
  /** What most of them ask a person to do. */
  remedy: string
  firstSeen: Date
  examples: { stream: StreamName; key: string; code: string | null; text: string; lastSeen: Date }[]
}

/** Rejected records by reason, the most frequent first, each with the latest few. */
export async function rejectionGroups(
  sql: Sql,
  connection: string,
  limit: { groups: number; examples: number },
): Promise<RejectionGroup[]> {
  const groups = await sql<Omit<RejectionGroup, 'examples'>[]>`
    select reason, count(*)::int as count, mode() within group (order by remedy) as remedy, min(first_seen) as "firstSeen"
    from rejection where connection = ${connection}
    group by reason order by count desc, reason limit ${limit.groups}`
  const examples = await sql<(RejectionGroup['examples'][number] & { reason: string })[]>`
    select reason, stream, key, code, message as text, last_seen as "lastSeen" from (
      select *, row_number() over (partition by reason order by last_seen desc, key) as place
      from rejection where connection = ${connection} and reason = any(${groups.map(({ reason }) => reason)})
    ) as placed where place <= ${limit.examples} order by reason, place`
  return groups.map((group) => ({
    ...group,
    examples: examples.filter(({ reason }) => reason === group.reason),
  }))
}

export interface PendingGroup {
  output: string
  field: string
  why: string
  count: number
  /** One record and the code that it names in vain. */
  code: string | null
  target: string
}

/** Links of published records whose target is not there, by field and reason; the index `hub_record_pending` finds them. */
export async function pendingGroups(sql: Sql, connection: string, limit: number): Promise<PendingGroup[]> {
  return sql<PendingGroup[]>`
    select h.output, p ->> 'field' as field, p ->> 'why' as why, count(*)::int as count,
      (array_agg(h.code order by h.code))[1] as code, (array_agg(p ->> 'code' order by h.code))[1] as target
    from hub_record h cross join jsonb_array_elements(h.body -> 'pending') as p
    where h.connection = ${connection} and h.body ? 'pending' and h.status <> 'retired'
    group by 1, 2, 3 order by count desc, 1, 2, 3 limit ${limit}`
}

export interface DriftRun {
  finishedAt: Date
  mode: string
  changed: number
  unknown: number
  missing: number
}

/** What the last reconciles found that no poll had brought, the newest first. */
export async function driftRuns(sql: Sql, connection: string, limit: number): Promise<DriftRun[]> {
  return sql<DriftRun[]>`
    select finished_at as "finishedAt", mode, (report #>> '{drift,changed}')::int as changed,
      (report #>> '{drift,unknown}')::int as unknown, (report #>> '{drift,missing}')::int as missing
    from run
    where connection = ${connection} and process = 'reconcile' and finished_at is not null and report ? 'drift'
    order by started_at desc limit ${limit}`
}
