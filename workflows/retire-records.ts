import type { ActivityPolicy, RetireRecordsInput } from '../contracts/processes.ts'
import type { RetireReport } from '../contracts/reports.ts'
import type { StreamName } from '../contracts/streams.ts'
import { abandon } from './abandon.ts'
import { bulk } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls, showNothingToDo } from './run-controls.ts'

/**
 * Carries out a plan of a reconcile, one that the guards or a person allowed:
 * each record is read again by its id, what answers 404 again becomes a tombstone; then what named it is made anew.
 */
export async function retireRecords(given: RetireRecordsInput): Promise<RetireReport> {
  const { connection, plan } = input(given, 'retireRecords', '{"connection":"acme","plan":"7"}')
  const controls = runControls(`Plan ${plan} of ${connection}`)
  markRun(connection, 'retire')
  const { runId, outcome, holder, phases, policy } = await bulk().openRetire({ connection, plan })
  if (runId === null) return nothingToDo(controls, plan, outcome ?? 'already running', holder)
  try {
    await controls.attach(runId)
    const counts = { retired: 0, kept: 0 }
    for (const { streams, readers } of phases) {
      await Promise.all(
        Array.from({ length: readers }, (_, reader) =>
          retire({ connection, runId, plan, policy, controls, streams, readers }, reader, counts),
        ),
      )
    }
    controls.show({ ...counts, step: 'making anew what named them' })
    const finish = () => bulk(policy).finishRetire({ connection, runId, plan })
    let { report, destinations } = await finish()
    while (report === null) ({ report, destinations } = await finish())
    const { retired, kept, published } = report
    controls.show({ outcome: report.outcome, retired, kept, published })
    markOutcome(report.outcome, 0)
    await startDeliveries(connection, destinations)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

interface OpenRetire {
  connection: string
  runId: string
  plan: string
  policy: ActivityPolicy
  controls: RunControls
  streams: StreamName[]
  readers: number
}

/** One reader's share of a phase. What was looked at is marked in the plan, so a chunk that dies costs one record. */
async function retire(
  { connection, runId, plan, policy, controls, streams, readers }: OpenRetire,
  reader: number,
  counts: { retired: number; kept: number },
): Promise<void> {
  for (let more = true; more;) {
    await controls.whileRunning()
    const chunk = await bulk(policy).retireChunk.executeWithOptions(
      { summary: `plan ${plan} of ${connection}, reader ${reader + 1}` },
      [{ connection, runId, plan, streams, reader, readers }],
    )
    counts.retired += chunk.retired
    counts.kept += chunk.kept
    controls.show({ ...counts })
    more = chunk.more
  }
}

function nothingToDo(
  controls: RunControls,
  plan: string,
  outcome: 'already running' | 'done',
  holder: string | null,
): RetireReport {
  showNothingToDo(controls, outcome, holder)
  return { outcome, runId: null, plan, retired: 0, kept: 0, published: 0 }
}
