import type { ProcessName } from '../../contracts/names.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'

export interface Run {
  id: bigint
  connection: string
  process: ProcessName
  mode: string
  t0: Date | null
  since: Date | null
  overlapSeconds: number | null
}

export interface Holder {
  workflowId: string
  workflowRunId: string
}

const columns = (db: Queryable) =>
  db`id, connection, process, mode, t0, since, overlap_seconds as "overlapSeconds"`

/** The run of this workflow execution; the same row however often the first activity is tried, also where an earlier attempt ended it. */
export async function openRun(
  tx: Transaction,
  run: { connection: string; process: ProcessName; mode: string } & Holder,
): Promise<Run> {
  const [row] = await tx<Run[]>`
    insert into run (connection, process, mode, workflow_id, workflow_run_id)
    values (${run.connection}, ${run.process}, ${run.mode}, ${run.workflowId}, ${run.workflowRunId})
    on conflict (workflow_run_id, process) do update
      set mode = excluded.mode, finished_at = null, outcome = null, report = '{}'
    returning ${columns(tx)}`
  if (!row) throw new Error(`No run row came back for workflow ${run.workflowId}`)
  return row
}

export async function runById(db: Queryable, id: bigint): Promise<Run> {
  const [row] = await db<Run[]>`select ${columns(db)} from run where id = ${id}::bigint`
  if (!row)
    throw new Error(`Run ${id} is not in the hub database: was another database configured while it ran?`)
  return row
}

export async function startedAt(db: Queryable, id: bigint): Promise<Date> {
  const [row] = await db<{ at: Date }[]>`select started_at as at from run where id = ${id}::bigint`
  if (!row) throw new Error(`Run ${id} is not in the hub database`)
  return row.at
}

/** Fixes the instants of a run once; a retry of the first activity keeps what the first attempt saw. */
export async function setRunWindow(
  db: Queryable,
  id: bigint,
  window: { t0: Date; since: Date | null; overlapSeconds: number | null },
): Promise<void> {
  await db`
    update run set t0 = ${window.t0}, since = ${window.since}, overlap_seconds = ${window.overlapSeconds}
    where id = ${id}::bigint and t0 is null`
}

export async function closeRun(db: Queryable, id: bigint, outcome: string, report: object): Promise<void> {
  await db`
    update run set outcome = ${outcome}, report = ${JSON.stringify(report)}::text::jsonb, finished_at = now()
    where id = ${id}::bigint and finished_at is null`
}

/** Keeps what runs cost Temporal, by their ids: an ended run's cost does not change. */
export async function keepActions(db: Queryable, actions: Map<bigint, number>): Promise<void> {
  if (actions.size === 0) return
  await db`
    update run set actions = counted.actions
    from unnest(${[...actions.keys()].map(String)}::bigint[], ${[...actions.values()]}::int[]) as counted (id, actions)
    where run.id = counted.id`
}

/** Whether an execution is that of a run. */
export async function hasRunIn(db: Queryable, workflowRunId: string): Promise<boolean> {
  const rows = await db`select from run where workflow_run_id = ${workflowRunId} limit 1`
  return rows.length > 0
}

/** Lines that the run put into feeds, and records of the connection that are rejected now. */
export async function outcomeCounts(
  db: Queryable,
  { id, connection }: Run,
): Promise<{ published: number; rejected: number }> {
  return onlyRow(
    await db<{ published: number; rejected: number }[]>`
    select
      (select count(*)::int from feed where connection = ${connection} and run = ${id}::bigint) as published,
      (select count(*)::int from rejection where connection = ${connection}) as rejected`,
  )
}

/** Takes (connection, process) for this run; null when it is ours now, else who holds it. */
export async function takeClaim(
  tx: Transaction,
  connection: string,
  process: ProcessName,
  holder: Holder,
): Promise<Holder | null> {
  const [row] = await tx<Holder[]>`
    insert into claim (connection, process, workflow_id, workflow_run_id)
    values (${connection}, ${process}, ${holder.workflowId}, ${holder.workflowRunId})
    on conflict (connection, process) do update set claimed_at = claim.claimed_at
    returning workflow_id as "workflowId", workflow_run_id as "workflowRunId"`
  return !row || row.workflowRunId === holder.workflowRunId ? null : row
}

/** Takes the claim over from a holder that Temporal says is closed; false when somebody else was quicker. */
export async function takeOverClaim(
  db: Queryable,
  connection: string,
  process: ProcessName,
  from: Holder,
  to: Holder,
): Promise<boolean> {
  const rows = await db`
    update claim set workflow_id = ${to.workflowId}, workflow_run_id = ${to.workflowRunId}, claimed_at = now()
    where connection = ${connection} and process = ${process} and workflow_run_id = ${from.workflowRunId}
    returning 1`
  return rows.length === 1
}

/** A run goes on in another execution of its workflow: claim and row follow it. False: somebody else has the claim by now. */
export async function moveRun(
  tx: Transaction,
  { id, connection, process }: Run,
  to: Holder,
): Promise<boolean> {
  const rows = await tx`
    update claim set workflow_id = ${to.workflowId}, workflow_run_id = ${to.workflowRunId}
    where connection = ${connection} and process = ${process}
      and workflow_run_id = (select workflow_run_id from run where id = ${id}::bigint)
    returning 1`
  if (rows.length === 0) return false
  await tx`
    update run set workflow_id = ${to.workflowId}, workflow_run_id = ${to.workflowRunId} where id = ${id}::bigint`
  return true
}

export async function releaseClaim(
  db: Queryable,
  connection: string,
  process: ProcessName,
  workflowRunId: string,
): Promise<void> {
  await db`
    delete from claim
    where connection = ${connection} and process = ${process} and workflow_run_id = ${workflowRunId}`
}

export type ControlState = 'running' | 'paused' | 'cancelled'

export async function setControl(db: Queryable, run: bigint, state: ControlState): Promise<void> {
  await db`
    insert into control (run, state) values (${run}::bigint, ${state})
    on conflict (run) do update set state = excluded.state`
}

export async function controlOf(db: Queryable, run: bigint): Promise<ControlState> {
  const [row] = await db<{ state: ControlState }[]>`select state from control where run = ${run}::bigint`
  return row?.state ?? 'running'
}

export interface Watermark {
  at: Date
  hourlyAt: Date
  nightlyAt: Date
  load: 'running' | 'done'
}

export async function watermarkOf(db: Queryable, connection: string): Promise<Watermark | null> {
  const [row] = await db<Watermark[]>`
    select at, hourly_at as "hourlyAt", nightly_at as "nightlyAt", load from watermark where connection = ${connection}`
  return row ?? null
}

/** Starts the watermark at the first load's T0: from here on polls carry what changes while the load still reads. */
export async function beginWatermark(db: Queryable, connection: string, t0: Date): Promise<void> {
  await db`
    insert into watermark (connection, at, hourly_at, nightly_at) values (${connection}, ${t0}, ${t0}, ${t0})
    on conflict (connection) do nothing`
}

export async function claimOf(
  db: Queryable,
  connection: string,
  process: ProcessName,
): Promise<Holder | null> {
  const [row] = await db<Holder[]>`
    select workflow_id as "workflowId", workflow_run_id as "workflowRunId" from claim
    where connection = ${connection} and process = ${process}`
  return row ?? null
}

export async function finishLoad(db: Queryable, connection: string): Promise<void> {
  await db`update watermark set load = 'done' where connection = ${connection}`
}

/** Moves the watermark forward, never back: a run that ended later but began earlier changes nothing. */
export async function moveWatermark(
  db: Queryable,
  connection: string,
  t0: Date,
  wide: { hourly: boolean; nightly: boolean },
): Promise<void> {
  await db`
    update watermark set at = greatest(at, ${t0}),
      hourly_at = case when ${wide.hourly} then greatest(hourly_at, ${t0}) else hourly_at end,
      nightly_at = case when ${wide.nightly} then greatest(nightly_at, ${t0}) else nightly_at end
    where connection = ${connection}`
}

/** Polls in a row that found nothing to publish, up to now. One that failed says nothing about what there was. */
export async function quietPolls(db: Queryable, connection: string): Promise<number> {
  const polls = db`connection = ${connection} and process = 'poll-products' and mode = 'delta' and report ? 'published'`
  const { n } = onlyRow(
    await db<{ n: number }[]>`
    select count(*)::int as n from run where ${polls} and started_at > coalesce(
      (select max(started_at) from run where ${polls} and (report->>'published')::int > 0), '-infinity')`,
  )
  return n
}
