import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common'

/** What made a run fail, for those who are told of it. */
export function reasonOf(error: unknown): { why?: { type: string; message: string } } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return reasonOf(error.cause)
  if (!(error instanceof ApplicationFailure)) return {}
  return { why: { type: error.type ?? 'Error', message: error.message } }
}
