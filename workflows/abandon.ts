import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common'
import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { quick } from './activities.ts'

/** A run that fails or is cancelled gives its claim back: the next one need not ask whether this one still lives. */
export async function abandon(connection: string, runId: string, error: unknown): Promise<void> {
  const outcome = isCancellation(error) ? 'cancelled' : 'failed'
  await CancellationScope.nonCancellable(() =>
    quick().abandonRun({ connection, runId, outcome, ...reasonOf(error) }),
  )
}

/** What made a run fail, for those who are told of it. */
export function reasonOf(error: unknown): { why?: { type: string; message: string } } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return reasonOf(error.cause)
  if (!(error instanceof ApplicationFailure)) return {}
  return { why: { type: error.type ?? 'Error', message: error.message } }
}
