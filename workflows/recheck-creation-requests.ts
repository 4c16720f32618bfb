import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { RecheckCreationRequestsInput } from '../contracts/processes.ts'
import type { RecheckReport } from '../contracts/reports.ts'
import { abandon } from './abandon.ts'
import { bulk, quick } from './activities.ts'
import { enrichCatalog } from './enrich-catalog.ts'
import { input } from './input.ts'
import { markOutcome, markRun, runControls } from './run-controls.ts'
import { tellRequests } from './tell-requests.ts'

/**
 * Asks Icecat again for what it was asked to make, each request when its time has come. What is there by now goes into Akeneo in the
 * same step: asking is enriching.
 */
export async function recheckCreationRequests(given: RecheckCreationRequestsInput): Promise<RecheckReport> {
  const { connection } = input(given, 'recheckCreationRequests', '{"connection":"acme"}')
  const controls = runControls(`Content that Icecat was asked for, of ${connection}`)
  markRun(connection, 'recheck-requests')
  const { runId, holder, queued, isWebhookThere = false } = await quick().openRecheck({ connection })
  if (runId === null) {
    controls.show({
      outcome: 'already running',
      ...(holder === null ? {} : { 'running as': holder }),
    })
    markOutcome('already running', 0)
    return {
      outcome: 'already running',
      runId: null,
      checked: 0,
      delivered: 0,
      givenUp: 0,
    }
  }
  try {
    if (queued > 0) await enrichQueued(connection)
    if (isWebhookThere) await tellRequests(connection, controls)
    const report = await bulk(undefined, 'counts').closeRecheck({
      connection,
      runId,
      queued,
    })
    controls.show({
      outcome: report.outcome,
      checked: report.checked,
      delivered: report.delivered,
    })
    markOutcome(report.outcome, 0)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

/** A run that is at it finds the queue before it ends. */
async function enrichQueued(connection: string): Promise<void> {
  try {
    await executeChild(enrichCatalog, {
      args: [{ connection, mode: 'queued' }],
      workflowId: workflowId(connection, 'enrich'),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `content that Icecat was asked for, of ${connection}`,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
