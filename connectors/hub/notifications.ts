import type { ProcessStanding, Told } from '../../domain/notifications.ts'
import type { Queryable, Sql } from './database.ts'

/** How the processes of a connection stand, with the failures that no message had. */
export interface RunStandings {
  standings: ProcessStanding[]
  /** Runs that failed and are in this: told once it is sent. */
  untold: bigint[]
}

/** A failure that is older and was mended before anybody was to be told of it is history. */
const passedWithin = '1 day'

/** By process, deliveries by destination. A month is enough: what has not run for longer has nothing to tell. */
export async function runStandings(sql: Sql, connection: string): Promise<RunStandings> {
  const rows = await sql<(ProcessStanding & { untold: bigint[] })[]>`
    with ended as (
      select id, process, case when process = 'deliver' then mode else '' end as detail, finished_at, workflow_id,
        report ->> 'why' as why, outcome = 'failed' as failed, told
      from run
      where connection = ${connection} and finished_at is not null and outcome <> 'cancelled'
        and started_at > now() - interval '31 days'
    ), well as (
      select process, detail, max(finished_at) as at from ended where not failed group by process, detail
    ), judged as (
      select e.*, w.at, e.failed and (w.at is null or e.finished_at > w.at) as stands,
        e.failed and not e.told and e.finished_at <= w.at and e.finished_at > now() - ${passedWithin}::interval as passes
      from ended e left join well w using (process, detail)
    )
    select process, detail, max(at) as "wellAt",
      count(*) filter (where stands)::int as failures, min(finished_at) filter (where stands) as "failedSince",
      (array_agg(why order by finished_at desc) filter (where stands))[1] as why,
      (array_agg(workflow_id order by finished_at desc) filter (where stands))[1] as "workflowId",
      count(*) filter (where passes)::int as passed, min(finished_at) filter (where passes) as "passedSince",
      (array_agg(why order by finished_at desc) filter (where passes))[1] as "passedWhy",
      coalesce(array_agg(id) filter (where (stands or passes) and not told), '{}') as untold
    from judged group by process, detail order by process, detail`
  return {
    standings: rows.map(({ untold: _, ...standing }) => standing),
    untold: rows.flatMap(({ untold }) => untold),
  }
}

export async function toldOf(sql: Sql, connection: string): Promise<Told[]> {
  return sql<Told[]>`
    select kind, subject, since, told_at as "toldAt" from notification
    where connection = ${connection} order by kind, subject`
}

/** After a message was taken; in one transaction with what it told of. */
export async function keepTold(
  tx: Queryable,
  connection: string,
  told: readonly Told[],
  runs: readonly bigint[],
): Promise<void> {
  await tx`delete from notification where connection = ${connection}`
  await tx`
    insert into notification (connection, kind, subject, since, told_at)
    select ${connection}, kind, subject, since, "toldAt"
    from json_to_recordset(${JSON.stringify(told)}::text::json)
      as told (kind text, subject text, since timestamptz, "toldAt" timestamptz)`
  await tx`update run set told = true where id = any(${runs.map(String)}::bigint[])`
}
