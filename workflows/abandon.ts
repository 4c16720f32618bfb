import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { quick } from './activities.ts'

/** A run that fails or is cancelled gives its claim back: the next one need not ask whether this one still lives. */
export async function abandon(connection: string, runId: string, error: unknown): Promise<void> {
  const outcome = isCancellation(error) ? 'cancelled' : 'failed'
  await CancellationScope.nonCancellable(() => quick().abandonRun({ connection, runId, outcome }))
}
