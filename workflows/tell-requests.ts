import { isCancellation } from '@temporalio/workflow'
import { ActivityFailure } from '@temporalio/common'
import { forOthers } from './activities.ts'
import type { RunControls } from './run-controls.ts'

/** A receiver that is down, or refuses, keeps no run from its end: what it was not told is told by the next one. */
export async function tellRequests(connection: string, controls: RunControls): Promise<void> {
  try {
    await forOthers('content that Icecat lacks, to the webhook').tellRequests({ connection })
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
    controls.show({ step: 'the webhook was not told', why: error.cause?.message ?? error.message })
  }
}
