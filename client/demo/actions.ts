import type { Client } from '@temporalio/client'

/** What an event of a history costs, as Temporal Cloud counts actions (temporal.io/pricing, "actions"). */
const price: Partial<Record<string, number>> = {
  workflowExecutionStartedEventAttributes: 1,
  workflowExecutionContinuedAsNewEventAttributes: 1,
  workflowExecutionSignaledEventAttributes: 1,
  workflowExecutionUpdateAcceptedEventAttributes: 1,
  // A child's start counts twice; its own history's first event is one of the two.
  startChildWorkflowExecutionInitiatedEventAttributes: 1,
  activityTaskScheduledEventAttributes: 1,
  timerStartedEventAttributes: 1,
  upsertWorkflowSearchAttributesEventAttributes: 1,
  markerRecordedEventAttributes: 1,
}

/** A schedule's tick counts three: the schedule's action, its own bookkeeping and the start of the workflow. */
const scheduleTick = 2

export interface ExecutionRef {
  workflowId: string
  runId: string
}

/**
 * Temporal actions of these executions and all children they started: what their histories show, each further attempt of an
 * activity, and two more for a run that a schedule started. Heartbeats leave no trace in a history; ours are silent for the
 * first 20 s of an attempt, which no chunk of a demo reaches.
 */
export async function countActions(client: Client, executions: ExecutionRef[]): Promise<number> {
  let actions = 0
  for (const { workflowId, runId } of executions) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    for (const event of events ?? []) {
      for (const [attribute, cost] of Object.entries(price)) {
        if (event[attribute as keyof typeof event] != null) actions += cost ?? 0
      }
      const started = event.activityTaskStartedEventAttributes
      if (started) actions += (started.attempt ?? 1) - 1
      const start = event.workflowExecutionStartedEventAttributes
      if (start?.searchAttributes?.indexedFields?.['TemporalScheduledById']) actions += scheduleTick
      const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution
      if (child?.workflowId && child.runId) {
        actions += await countActions(client, [{ workflowId: child.workflowId, runId: child.runId }])
      }
    }
  }
  return actions
}
