import type { Sql } from './database.ts'
import type { ProcessName } from '../../contracts/names.ts'
import type { FeedChange, RecordKind, RecordStatus } from '../../contracts/hub.ts'

/** What `status` and `explain` ask of the hub and nothing else does. Reads only. */

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
  startedAt: Date
  finishedAt: Date | null
  outcome: string | null
  report: Record<string, unknown>
}

const runColumns = (sql: Sql) =>
  sql`id, process, mode, workflow_id as "workflowId", started_at as "startedAt", finished_at as "finishedAt", outcome, report`

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
