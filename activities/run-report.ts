import type { Queryable } from '../connectors/hub/database.ts'
import { emptiedPlansOf } from '../connectors/hub/emptied-plans.ts'
import { outcomeCounts, type Run } from '../connectors/hub/runs.ts'
import { countsOf } from '../connectors/hub/transfers.ts'
import { countWaiting } from '../connectors/hub/waiting.ts'
import type { Outcome, RunReport } from '../contracts/reports.ts'

/** What a run did, counted from what it committed. */
export async function runReport(db: Queryable, run: Run, ended: 'done' | 'cancelled'): Promise<RunReport> {
  const streams = await countsOf(db, run.id)
  const { published, rejected } = await outcomeCounts(db, run)
  const held = await emptiedPlansOf(db, run.id)
  return {
    outcome: ended === 'cancelled' ? 'cancelled' : outcomeOf(held.length, rejected),
    runId: run.id.toString(),
    streams: Object.fromEntries(
      streams.map(({ stream, read, changed, rejected: refused }) => [
        stream,
        { read, changed, rejected: refused },
      ]),
    ),
    published,
    waiting: await countWaiting(db, run.connection),
    rejected,
    ...(held.length === 0 ? {} : { held: held.map((plan) => `e${plan}`) }),
  }
}

const outcomeOf = (held: number, rejected: number): Outcome => {
  if (held > 0) return 'awaiting approval'
  return rejected > 0 ? 'done with rejections' : 'done'
}
