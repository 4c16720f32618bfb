import type { Sql } from './database.ts'
import type { ProcessName } from '../../contracts/names.ts'
import type { FeedChange, RecordKind, RecordStatus } from '../../contracts/hub.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'

/** What `status`, `explain` and the morning page ask of the hub and nothing else does. Reads only. */

export async function outputsOf(sql: Sql, connection: string): Promise<{ output: string; seq: bigint }[]> {
  return sql<{ output: string; seq: bigint }[]>`
    select output, seq from feed_counter where connection = ${connection} order by output`
}

export interface RecordCount {
  output: string
  kind: RecordKind
  status: RecordStatus
  count: number
}

/** From the index `hub_record_status` alone. */
export async function recordCounts(sql: Sql, connection: string): Promise<RecordCount[]> {
  return sql<RecordCount[]>`
    select output, kind, status, count(*)::int as count from hub_record
    where connection = ${connection} group by output, kind, status order by output, kind, status`
}

export interface ReasonCount {
  reason: string
  count: number
}

export async function waitingCounts(sql: Sql, connection: string): Promise<ReasonCount[]> {
  return sql<ReasonCount[]>`
    select reason, count(*)::int as count from waiting
    where connection = ${connection} group by reason order by count desc, reason`
}

export async function rejectionCounts(sql: Sql, connection: string): Promise<ReasonCount[]> {
  return sql<ReasonCount[]>`
    select reason, count(*)::int as count from rejection
    where connection = ${connection} group by reason order by count desc, reason`
}

export interface RunRow {
  id: bigint
  process: ProcessName
  mode: string
  workflowId: string
  workflowRunId: string
  startedAt: Date
  finishedAt: Date | null
  outcome: string | null
  report: Record<string, unknown>
  /** Of Temporal, as its Cloud bills them; null: not counted, or not over. */
  actions: number | null
}

const runColumns = (sql: Sql) =>
  sql`id, process, mode, workflow_id as "workflowId", workflow_run_id as "workflowRunId", started_at as "startedAt",
    finished_at as "finishedAt", outcome, report, actions`

/** The last run of each process, the newest first. */
export async function lastRuns(sql: Sql, connection: string): Promise<RunRow[]> {
  return sql<RunRow[]>`
    select * from (
      select distinct on (process) ${runColumns(sql)} from run
      where connection = ${connection} order by process, started_at desc
    ) as latest order by "startedAt" desc`
}

export interface FeedLine {
  output: string
  seq: bigint
  at: Date
  change: FeedChange
  version: number
  fields: string[]
  /** Null when no run did it: a `sync` of this record. */
  run: bigint | null
  workflowId: string | null
}

/** The last publications of one record, the newest first. */
export async function feedOfRecord(
  sql: Sql,
  connection: string,
  id: string,
  limit: number,
): Promise<FeedLine[]> {
  return sql<FeedLine[]>`
    select f.output, f.seq, f.at, f.change, f.version, f.fields, f.run, r.workflow_id as "workflowId"
    from feed f left join run r on r.id = f.run
    where f.connection = ${connection} and f.id = ${id}::uuid
    order by f.at desc, f.seq desc limit ${limit}`
}

/** Who published something last. */
export interface Writer {
  seq: bigint
  at: Date
  /** Null when no run did it: a `sync` of this record. */
  workflowId: string | null
}

/** By field, as the feed names them: the last publication of one record that changed it. */
export async function lastWriters(
  sql: Sql,
  connection: string,
  output: string,
  id: string,
): Promise<Map<string, Writer>> {
  const rows = await sql<(Writer & { field: string })[]>`
    select distinct on (field) field, f.seq, f.at, r.workflow_id as "workflowId"
    from feed f cross join unnest(f.fields) as field left join run r on r.id = f.run
    where f.connection = ${connection} and f.output = ${output} and f.id = ${id}::uuid
    order by field, f.seq desc`
  return new Map(rows.map(({ field, ...writer }) => [field, writer]))
}

/** A record that left the hub's store. */
export interface LeftRecord {
  stream: StreamName
  key: string
  code: string | null
  id: string
  at: Date
  /** Null when no run did it, or it is forgotten. */
  workflowId: string | null
}

/** Records that left and were called so, by key, code or the hub's id, the last that left first. */
export async function leftRecords(
  sql: Sql,
  connection: string,
  streams: StreamName[],
  { name, ids }: { name: string; ids: string[] },
): Promise<LeftRecord[]> {
  const names = [...new Set([name, foldCase(name)])]
  return sql<LeftRecord[]>`
    select l.stream, l.key, l.code, l.id, l.retired_at as at, r.workflow_id as "workflowId"
    from retired_record l left join run r on r.id = l.run
    where l.connection = ${connection} and l.stream = any(${streams})
      and (lower(l.code) = ${foldCase(name)} or l.key = any(${names})
        or l.id::text = ${foldCase(name)} or l.id = any(${ids}::uuid[]))
    order by array_position(${streams}::text[], l.stream), l.retired_at desc`
}

export interface DeliverySight {
  output: string
  destination: string
  /** Entries up to here were taken, or wait as refused; and the last entry of the feed. */
  position: bigint
  last: bigint
  /** When the first entry was published that the destination has not been sent yet; null when it has all. */
  oldest: Date | null
  deliveredAt: Date | null
  /** Records that it refused, or that wait for one of those; and records that are to be sent again. */
  refused: number
  queued: number
  /** Its latest refusal. */
  refusal: { code: string | null; reason: string; at: Date } | null
  /** How its last run ended; null when there was none or it is under way. */
  outcome: string | null
}

/** Where each destination is in its feed; one to which nothing was ever delivered is not among them. */
export async function deliverySights(sql: Sql, connection: string): Promise<DeliverySight[]> {
  const rows = await sql<
    (Omit<DeliverySight, 'refusal'> & { code: string | null; reason: string | null; at: Date | null })[]
  >`
    select d.output, d.destination, d.position, coalesce(c.seq, 0) as last, d.delivered_at as "deliveredAt",
      (select f.at from feed f where f.connection = d.connection and f.output = d.output and f.seq > d.position
        order by f.seq limit 1) as oldest,
      (select count(*)::int from delivery_queue q where ${queueOf(sql)} and q.reason is not null) as refused,
      (select count(*)::int from delivery_queue q where ${queueOf(sql)} and q.reason is null) as queued,
      refusal.code, refusal.reason, refusal.at,
      (select r.outcome from run r where r.connection = d.connection and r.process = 'deliver'
        and r.mode = d.output || ' to ' || d.destination order by r.started_at desc limit 1) as outcome
    from delivery d
    left join feed_counter c on c.connection = d.connection and c.output = d.output
    left join lateral (
      select h.code, q.reason, q.first_refused as at from delivery_queue q
      left join hub_record h on h.connection = q.connection and h.output = q.output and h.id = q.id
      where ${queueOf(sql)} and q.reason is not null and q.behind is null
      order by q.first_refused desc, q.place limit 1
    ) as refusal on true
    where d.connection = ${connection} order by d.output, d.destination`
  return rows.map(({ code, reason, at, ...row }) => ({
    ...row,
    refusal: reason === null || at === null ? null : { code, reason, at },
  }))
}

const queueOf = (sql: Sql) =>
  sql`q.connection = d.connection and q.output = d.output and q.destination = d.destination`

export interface RecordDelivery {
  output: string
  destination: string
  /** The record's last entry, and up to where the destination was sent the feed. */
  seq: bigint
  position: bigint
  /** Why the destination did not take it; null when it did or was not asked yet. */
  reason: string | null
  /** The refused record that it waits for. */
  behind: string | null
  attempts: number
  dueAt: Date | null
  /** When it took the record's last entry; not `exact`: then, or before. Null where that is not known any more. */
  takenAt: Date | null
  exact: boolean | null
  externalId: string | null
}

/** How one record stands at each destination. */
export async function deliveriesOfRecord(
  sql: Sql,
  connection: string,
  id: string,
): Promise<RecordDelivery[]> {
  return sql<RecordDelivery[]>`
    select d.output, d.destination, latest.seq, d.position, q.reason, coalesce(p.code, q.behind::text) as behind,
      coalesce(q.attempts, 0) as attempts, q.due_at as "dueAt", taken.at as "takenAt", taken.exact, x.external_id as "externalId"
    from delivery d
    cross join lateral (
      select f.seq from feed f where f.connection = d.connection and f.output = d.output and f.id = ${id}::uuid
      order by f.seq desc limit 1
    ) as latest
    left join delivery_queue q on ${queueOf(sql)} and q.id = ${id}::uuid
    left join lateral (
      select at, exact from (
        (select l.at, l.after < latest.seq as exact from delivery_log l
          where l.connection = d.connection and l.output = d.output and l.destination = d.destination
            and l.ids is null and l.position >= latest.seq order by l.position limit 1)
        union all
        (select l.at, true from delivery_log l
          where l.connection = d.connection and l.output = d.output and l.destination = d.destination
            and ${id}::uuid = any(l.ids) order by l.at desc limit 1)
      ) as request order by exact desc, at desc limit 1
    ) as taken on latest.seq <= d.position and q.id is null
    left join hub_record p on p.connection = d.connection and p.output = d.output and p.id = q.behind
    left join external_id x on x.connection = d.connection and x.destination = d.destination and x.id = ${id}::uuid
    where d.connection = ${connection} order by d.output, d.destination`
}
