import {
  allHandlersFinished,
  condition,
  ContinueAsNew,
  continueAsNew,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { ActivityPolicy, ReconcileCatalogInput } from '../contracts/processes.ts'
import type { Outcome, ReconcileReport, RetireReport } from '../contracts/reports.ts'
import { proposed } from '../domain/proposals.ts'
import { abandon } from './abandon.ts'
import { bulk } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { isHistoryLong } from './history.ts'
import { input } from './input.ts'
import { pollProducts } from './poll-products.ts'
import { retireRecords } from './retire-records.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/** Records that are read by their id because no poll brought them, in one run; more come with a run that reads content. */
const unknownPerRun = 1000

/**
 * Compares everything that Akeneo lists with what the hub holds:
 * all keys are listed; what was never read is read; what is missing becomes a plan, which is carried out when the guards
 * allow it and else waits for a person. With `content` everything is read again first.
 */
export async function reconcileCatalog(given: ReconcileCatalogInput): Promise<ReconcileReport> {
  const reconcile = input(given, 'reconcileCatalog', '{"connection":"acme"}')
  const { connection, content = false, carried } = reconcile
  const controls = runControls(`Reconcile of ${connection}`, carried)
  markRun(connection, 'reconcile')
  if (carried !== undefined) {
    const { runId } = carried
    const resumed = await bulk(undefined, 'the claim of a run that goes on').resumeRun({ connection, runId })
    if (resumed === null) return nothingToDo(controls, 'already running', null)
    return compare({ reconcile, connection, controls, ...carried, ...resumed }, () =>
      Promise.resolve(carried.loadRunId),
    )
  }
  const { runId, outcome, holder, readers, policy } = await bulk().openReconcile({ connection, content })
  if (runId === null) return nothingToDo(controls, outcome ?? 'already running', holder)
  const run: OpenRun = { reconcile, connection, runId, policy, controls, readers, loadRunId: null }
  return compare(run, () => (content ? readEverything(run) : Promise.resolve(null)))
}

/** `load` answers with the run that has read everything again, where that was asked for. */
async function compare(run: OpenRun, load: () => Promise<string | null>): Promise<ReconcileReport> {
  const { connection, runId, policy, controls } = run
  try {
    await controls.attach(runId)
    run.loadRunId = await load()
    controls.show({ step: 'listing' })
    await list(run, run.readers)
    await bulk(policy).planDependentLists({ connection, runId })
    await list(run, 1)
    const unknown = await readUnknown(run)
    const judged = await bulk(policy).judgeAbsence({ connection, runId, loadRunId: run.loadRunId })
    const retired = judged.plan !== null && judged.held.length === 0 ? await carryOut(run, judged.plan) : null
    const closing = { connection, runId, judged, unknown, retired }
    let { report, destinations } = await bulk(policy).closeReconcile(closing)
    while (report === null) ({ report, destinations } = await bulk(policy).closeReconcile(closing))
    controls.show(shown(connection, report))
    markOutcome(report.outcome, 0)
    await startDeliveries(connection, destinations)
    return report
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    await abandon(connection, runId, error)
    throw error
  }
}

interface OpenRun {
  reconcile: ReconcileCatalogInput
  connection: string
  runId: string
  policy: ActivityPolicy
  controls: RunControls
  readers: number
  loadRunId: string | null
}

/** The full pass, under its own id; returns its run. One that is at work already is waited for by the next reconcile. */
async function readEverything({ connection, controls }: OpenRun): Promise<string> {
  controls.show({ step: 'reading everything again' })
  const { runId, outcome } = await controls.child(() =>
    startChild(pollProducts, {
      args: [{ connection, mode: 'full' }],
      workflowId: workflowId(connection, 'load-products'),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `full pass of ${connection} for a reconcile`,
    }),
  )
  // What it made wait for a person was read all the same.
  const complete = outcome.startsWith('done') || outcome === 'awaiting approval'
  if (runId === null || !complete)
    throw new Error(
      `The full pass of ${connection} ended ${outcome}: nothing can be said about what is missing`,
    )
  return runId
}

/** Lists are queued in the database with their cursors, so a chunk that dies costs a page, and another execution goes on with them. */
async function list(run: OpenRun, readers: number): Promise<void> {
  const { reconcile, connection, runId, policy, controls, loadRunId } = run
  const read = async (reader: number): Promise<'all is read' | 'history is long'> => {
    for (let more = true; more;) {
      await controls.whileRunning()
      const chunk = await bulk(policy).listKeys.executeWithOptions(
        { summary: `keys of ${connection}, reader ${reader + 1}` },
        [{ connection, runId, reader }],
      )
      controls.add(chunk)
      more = chunk.more
      if (more && isHistoryLong(reconcile.maxHistoryEvents)) return 'history is long'
    }
    return 'all is read'
  }
  const ends = await Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)))
  if (!ends.includes('history is long')) return
  await condition(allHandlersFinished)
  await continueAsNew<typeof reconcileCatalog>({
    ...reconcile,
    carried: { runId, ...controls.carried(), readers: run.readers, loadRunId },
  })
}

/** Returns how many there were. */
async function readUnknown({ connection, runId, policy, controls }: OpenRun): Promise<number> {
  let found = 0
  let budget = unknownPerRun
  for (let more = true; more && budget > 0;) {
    await controls.whileRunning()
    const chunk = await bulk(policy).readUnknown({ connection, runId, budget })
    found = Math.max(found, unknownPerRun - budget + chunk.unknown)
    budget -= chunk.read
    more = chunk.more
  }
  return found
}

const carryOut = ({ connection, controls }: OpenRun, plan: string): Promise<RetireReport> =>
  controls.child(() =>
    startChild(retireRecords, {
      args: [{ connection, plan }],
      workflowId: workflowId(connection, 'retire', plan),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `plan ${plan} of ${connection}`,
    }),
  )

function shown(
  connection: string,
  { outcome, listed, absent, plan, retired, kept, drift }: ReconcileReport,
): Record<string, number | string> {
  return {
    outcome,
    listed,
    absent,
    ...(outcome === 'awaiting approval'
      ? { plan: `${plan}: ${proposed(`pimflow approvals show ${plan}`, { connection })}` }
      : {}),
    retired,
    kept,
    'never read before': drift.unknown,
    'changed without a trace': drift.changed,
  }
}

function nothingToDo(controls: RunControls, outcome: Outcome, holder: string | null): ReconcileReport {
  controls.show(holder === null ? { outcome } : { outcome, 'running as': holder })
  markOutcome(outcome, 0)
  const drift = { changed: 0, unknown: 0, missing: 0 }
  return { outcome, runId: null, listed: 0, absent: 0, plan: null, held: [], retired: 0, kept: 0, drift }
}
