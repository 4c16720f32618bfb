import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { continueAsNew, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { CollectMediaInput } from '../contracts/processes.ts'
import type { MediaReport } from '../contracts/reports.ts'
import { abandon } from './abandon.ts'
import { bulk } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/**
 * Downloads the files that published records name and the store lacks, one after the other, so that no load or poll waits for them:
 * what is known of a file stands in the records that name it as soon as all of theirs are through. Once a day it tidies the store.
 */
export async function collectMedia(given: CollectMediaInput): Promise<MediaReport> {
  const { connection, retryRefused = false } = input(given, 'collectMedia', '{"connection":"acme"}')
  const controls = runControls(`Files of ${connection}`)
  markRun(connection, 'media')
  const { runId, holder, policy } = await bulk(undefined, 'the claim').openMedia({ connection, retryRefused })
  if (runId === null) return nothingToDo(controls, holder)
  try {
    await controls.attach(runId)
    let downloaded = 0
    for (let more = true; more && !workflowInfo().continueAsNewSuggested;) {
      await controls.whileRunning()
      const chunk = await bulk(policy, `files of ${connection}`).collectFiles({ connection, runId })
      downloaded += chunk.downloaded
      controls.show({ downloaded })
      more = chunk.state === 'paused' || (chunk.more && chunk.state === 'running')
    }
    const close = () => bulk(policy, 'the store, and counts').closeMedia({ connection, runId })
    let { report, destinations } = await close()
    while (report === null) ({ report, destinations } = await close())
    // A history that grew long ends here: the next execution goes on with what is due.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof collectMedia>({ connection })
    const { outcome, runId: _runId, ...counts } = report
    controls.show({ outcome, ...counts })
    markOutcome(outcome, report.refused)
    await startDeliveries(connection, destinations)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

/** Beside the caller, which does not wait; one that is at it already finds what is new by itself. */
export async function startMedia(connection: string): Promise<void> {
  try {
    await startChild(collectMedia, {
      args: [{ connection }],
      workflowId: workflowId(connection, 'media'),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `files of ${connection}`,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

function nothingToDo(controls: RunControls, holder: string | null): MediaReport {
  controls.show({ outcome: 'already running', ...(holder === null ? {} : { 'running as': holder }) })
  markOutcome('already running', 0)
  return {
    outcome: 'already running',
    runId: null,
    downloaded: 0,
    bytes: 0,
    refused: 0,
    published: 0,
    removed: 0,
  }
}
