import type { Queryable } from '../connectors/hub/database.ts'
import type { Run } from '../connectors/hub/runs.ts'
import { countsOf } from '../connectors/hub/transfers.ts'
import { countWaiting } from '../connectors/hub/waiting.ts'
import type { Outcome, RunReport } from '../contracts/processes.ts'

/** What a run did, counted from what it committed. */
export async function runReport(db: Queryable, run: Run, ended: 'done' | 'cancelled'): Promise<RunReport> {
  const streams = await countsOf(db, run.id)
  const [row] = await db<{ published: number; rejected: number }[]>`
    select
      (select count(*)::int from feed where connection = ${run.connection} and run = ${run.id}::bigint) as published,
      (select count(*)::int from rejection where connection = ${run.connection}) as rejected`
  const rejected = row?.rejected ?? 0
  const outcome: Outcome =
    ended === 'cancelled' ? 'cancelled' : rejected > 0 ? 'done with rejections' : 'done'
  return {
    outcome,
    runId: run.id.toString(),
    streams: Object.fromEntries(
      streams.map(({ stream, read, changed, rejected: refused }) => [
        stream,
        { read, changed, rejected: refused },
      ]),
    ),
    published: row?.published ?? 0,
    waiting: await countWaiting(db, run.connection),
    rejected,
  }
}
