import type { Client } from '@temporalio/client'
import type { ExecutionRef } from '../../client/support/actions.ts'

/** How long the activities of one kind took in a run. */
export interface StepTime {
  name: string
  times: number
  /** From the first one's beginning to the last one's end: steps go on side by side. */
  spanSeconds: number
  /** All of them together, what they waited for a worker included. */
  seconds: number
}

/** The activities of a run by kind, in the order in which they began. */
export async function stepsOf(client: Client, { workflowId, runId }: ExecutionRef): Promise<StepTime[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const scheduled = new Map<string, { name: string; atMs: number }>()
  const steps = new Map<string, { firstMs: number; lastMs: number; times: number; ms: number }>()
  for (const event of events ?? []) {
    const atMs = millis(event.eventTime)
    const begun = event.activityTaskScheduledEventAttributes
    if (begun) scheduled.set(String(event.eventId), { name: begun.activityType?.name ?? '', atMs })
    const end = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes
    const begin = end && scheduled.get(String(end.scheduledEventId))
    if (!begin) continue
    const step = steps.get(begin.name) ?? { firstMs: begin.atMs, lastMs: 0, times: 0, ms: 0 }
    steps.set(begin.name, {
      firstMs: Math.min(step.firstMs, begin.atMs),
      lastMs: Math.max(step.lastMs, atMs),
      times: step.times + 1,
      ms: step.ms + atMs - begin.atMs,
    })
  }
  const seconds = (ms: number) => Math.round(ms / 10) / 100
  return [...steps]
    .sort(([, a], [, b]) => a.firstMs - b.firstMs)
    .map(([name, { firstMs, lastMs, times, ms }]) => ({
      name,
      times,
      spanSeconds: seconds(lastMs - firstMs),
      seconds: seconds(ms),
    }))
}

const millis = (at: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  at == null ? 0 : Number(at.seconds ?? 0) * 1000 + (at.nanos ?? 0) / 1e6
