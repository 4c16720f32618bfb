import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { firstLine, WorkFailedError } from './errors.ts'
import type { ProgressDisplay } from './progress-display.ts'
import type { Progress, Sight } from './progress.ts'

/** Between two looks at a run; unit ms. */
const lookEveryMs = 1000

export type Followed = { ended: true; report: unknown } | { ended: false }

/** Waits for a run's report and shows how far it is; ends early, and the run not with it, when `signal` says so. */
export async function follow(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  { display, signal }: { display: ProgressDisplay; signal: AbortSignal },
): Promise<Followed> {
  const handle = client.workflow.getHandle(workflowId, runId)
  const result: Promise<Followed> = handle.result().then((report: unknown) => ({ ended: true, report }))
  const interrupted = new Promise<Followed>((resolve) => {
    signal.addEventListener('abort', () => resolve({ ended: false }), { once: true })
    if (signal.aborted) resolve({ ended: false })
  })
  const settled = Promise.race([result, interrupted])
  // Who stops following leaves the result behind, and closing the connection then fails it.
  result.catch(() => undefined)
  try {
    return await showUntil(settled, handle, display)
  } catch (error) {
    throw error instanceof WorkflowFailedError ? workFailed(workflowId, error) : error
  } finally {
    display.stop()
  }
}

async function showUntil(
  settled: Promise<Followed>,
  handle: WorkflowHandle,
  display: ProgressDisplay,
): Promise<Followed> {
  for (;;) {
    // A look may take long when no worker answers: the end of the run does not wait for it.
    const seen = await Promise.race([settled, look(handle)])
    if ('ended' in seen) return seen
    display.show(seen)
    const next = await Promise.race([settled, sleep(lookEveryMs)])
    if (next !== undefined) return next
  }
}

/** What cannot be seen (no worker yet, a run that just ended) is shown as nothing. */
async function look(handle: WorkflowHandle): Promise<Sight> {
  const [progress, trouble] = await Promise.all([
    handle.query<Progress>('progress').catch(() => null),
    troubleOf(handle).catch(() => null),
  ])
  return { progress, trouble }
}

async function troubleOf(handle: WorkflowHandle): Promise<Sight['trouble']> {
  const { raw } = await handle.describe()
  for (const { lastFailure, attempt } of raw.pendingActivities ?? []) {
    if (lastFailure?.message) return { text: firstLine(lastFailure.message), attempt: attempt ?? 1 }
  }
  return null
}

/** The run's own words: those of the failure at the bottom, whose first line says what to do. */
export function workFailed(workflowId: string, error: WorkflowFailedError): WorkFailedError {
  let cause: Error = error
  while (cause.cause instanceof Error) cause = cause.cause
  const text = firstLine(cause.message) || cause.name
  return new WorkFailedError(`${workflowId} failed: ${text}`, { cause: error })
}
