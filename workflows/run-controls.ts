import {
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  defineQuery,
  defineSignal,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  type Workflow,
  type WorkflowResultType,
  workflowInfo,
} from '@temporalio/workflow'
import { defineSearchAttributeKey } from '@temporalio/common'
import { searchAttributes, type ProcessName } from '../contracts/names.ts'
import type { ActivityPolicy, CarriedRun } from '../contracts/processes.ts'
import type { Outcome } from '../contracts/reports.ts'
import { quick } from './activities.ts'

/** Pauses the run within one page; `temporal workflow signal --name pause`. */
export const pause = defineSignal('pause')
/** Lets a paused run go on. */
export const resume = defineSignal('resume')
/** Counts so far, by what is counted. */
export const progress = defineQuery<Record<string, number | string>>('progress')

/** Histories from before 0.1.0 have two of these activities at once, and none before `attach`. */
const controlsInOrder = 'controls-in-order'
/** Histories from before 0.1.0 leave the children of a paused run at work. */
const controlsOfChildren = 'controls-of-children'

const connectionKey = defineSearchAttributeKey(searchAttributes.connection, 'KEYWORD')
const processKey = defineSearchAttributeKey(searchAttributes.process, 'KEYWORD')
const outcomeKey = defineSearchAttributeKey(searchAttributes.outcome, 'KEYWORD')
const rejectedKey = defineSearchAttributeKey(searchAttributes.rejected, 'INT')

/** Marks a run that was started by hand, so that it is found like a scheduled one, whose schedule has set these. */
export function markRun(connection: string, process: ProcessName): void {
  if (workflowInfo().typedSearchAttributes.get(connectionKey) !== undefined) return
  upsertSearchAttributes([
    { key: connectionKey, value: connection },
    { key: processKey, value: process },
  ])
}

export function markOutcome(outcome: Outcome, rejected: number): void {
  upsertSearchAttributes([
    { key: outcomeKey, value: outcome },
    { key: rejectedKey, value: rejected },
  ])
}

export interface RunControls {
  /** What the web UI and the `progress` query show. */
  show(counts: Record<string, number | string>): void
  /** What an execution that goes on with this run needs of them. */
  carried(): Pick<CarriedRun, 'totals' | 'paused'>
  /** Adds what one chunk did to the counts. */
  add(chunk: { read: number; changed: number; rejected: number }): void
  /** Waits while the run is paused. */
  whileRunning(): Promise<void>
  /** From here on signals and cancellation reach the activities of this run through its control row. */
  attach(runId: string): Promise<void>
  /** Starts a child once this run is not paused, and waits for it; a pause and a resume reach it, as cancellation does by itself. */
  child<T extends Workflow>(start: () => Promise<ChildWorkflowHandle<T>>): Promise<WorkflowResultType<T>>
}

/** Pause, resume, cancel and progress of a run: all take hold within one page, because each page reads the control row. */
export function runControls(title: string, carried?: CarriedRun): RunControls {
  let { paused, totals } = carried ?? { totals: { read: 0, changed: 0, rejected: 0 }, paused: false }
  let run: string | null = null
  let counts: Record<string, number | string> = {}
  let telling: Promise<void> | null = null
  const tell = async (state: 'running' | 'paused' | 'cancelled') => {
    // One after the other: two on their way at once could land in either order.
    while (telling !== null && patched(controlsInOrder)) await telling.catch(() => undefined)
    // A run that goes on has its control row already: a signal that comes before `attach` must change it too.
    if (run === null && carried !== undefined && patched(controlsInOrder)) run = carried.runId
    if (run === null) return
    telling = quick()
      .setControl({ runId: run, state })
      .finally(() => (telling = null))
    await telling
  }
  let child: ChildWorkflowHandle<Workflow> | null = null
  const tellChild = async (signal: string) => {
    if (child === null || !patched(controlsOfChildren)) return
    // One that has ended needs no word any more, and this run goes on with what it answered.
    await child.signal(signal).catch(() => undefined)
  }
  setHandler(pause, async () => {
    paused = true
    await Promise.all([tellChild(pause.name), tell('paused')])
  })
  setHandler(resume, async () => {
    paused = false
    await Promise.all([tellChild(resume.name), tell('running')])
  })
  setHandler(progress, () => counts)
  return {
    show(next) {
      counts = next
      setCurrentDetails(table(title, next))
    },
    carried: () => ({ totals, paused }),
    add({ read, changed, rejected }) {
      totals = {
        read: totals.read + read,
        changed: totals.changed + changed,
        rejected: totals.rejected + rejected,
      }
      this.show({ ...counts, ...totals })
    },
    whileRunning: () => condition(() => !paused),
    async attach(runId) {
      run = runId
      if (paused) await tell('paused')
      void CancellationScope.current().cancelRequested.catch(() =>
        CancellationScope.nonCancellable(() => tell('cancelled')),
      )
    },
    async child(start) {
      if (patched(controlsOfChildren)) await condition(() => !paused)
      const started = await start()
      child = started
      try {
        // A pause that came while it was being started.
        if (paused) await tellChild(pause.name)
        return await started.result()
      } finally {
        child = null
      }
    },
  }
}

const table = (title: string, counts: Record<string, number | string>) =>
  [
    `**${title}**`,
    '',
    '| | |',
    '| --- | ---: |',
    ...Object.entries(counts).map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n')

/** A run that has its claim. */
export interface OpenRun {
  connection: string
  runId: string
  policy: ActivityPolicy
  controls: RunControls
}

/** Shows why a run ends before it began: somebody else is at it, or there is nothing for it. */
export function showNothingToDo(controls: RunControls, outcome: Outcome, holder: string | null): void {
  controls.show(holder === null ? { outcome } : { outcome, 'running as': holder })
  markOutcome(outcome, 0)
}
