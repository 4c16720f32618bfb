import { CancellationScope, isCancellation } from '@temporalio/workflow'
import { quick } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { reasonOf } from './reason.ts'

/**
 * A run that fails or is cancelled gives its claim back: the next one need not ask whether this one still lives. What it published by then is
 * delivered.
 */
export async function abandon(connection: string, runId: string, error: unknown): Promise<void> {
  const outcome = isCancellation(error) ? 'cancelled' : 'failed'
  await CancellationScope.nonCancellable(async () => {
    const ended = await quick().abandonRun({ connection, runId, outcome, ...reasonOf(error) })
    await startDeliveries(connection, ended?.destinations)
  })
}
