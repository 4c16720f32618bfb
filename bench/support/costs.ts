import type { Client } from '@temporalio/client'
import { countActions, type ExecutionRef } from '../../client/demo/actions.ts'

export interface TemporalCost {
  /** As Temporal Cloud counts them, recorded heartbeats included. */
  actions: number
  /** In the histories of the run and its children. */
  events: number
}

/** What a run and its children cost. Heartbeats leave no trace in a history: they follow from how long attempts took. */
export async function costOf(client: Client, execution: ExecutionRef): Promise<TemporalCost> {
  const { events, heartbeats } = await eventsOf(client, execution)
  return { actions: (await countActions(client, [execution])) + heartbeats, events }
}

async function eventsOf(
  client: Client,
  { workflowId, runId }: ExecutionRef,
): Promise<{ events: number; heartbeats: number }> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const total = { events: events?.length ?? 0, heartbeats: 0 }
  const timeouts = new Map<string, number>()
  const started = new Map<string, { atMs: number; timeoutMs: number }>()
  for (const event of events ?? []) {
    const id = String(event.eventId)
    const atMs = millis(event.eventTime)
    const scheduled = event.activityTaskScheduledEventAttributes
    if (scheduled) timeouts.set(id, millis(scheduled.heartbeatTimeout))
    const start = event.activityTaskStartedEventAttributes
    if (start) started.set(id, { atMs, timeoutMs: timeouts.get(String(start.scheduledEventId)) ?? 0 })
    const end = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes
    const begin = end ? started.get(String(end.startedEventId)) : undefined
    if (begin) total.heartbeats += recordedHeartbeats(atMs - begin.atMs, begin.timeoutMs)
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution
    if (child?.workflowId && child.runId) {
      const below = await eventsOf(client, { workflowId: child.workflowId, runId: child.runId })
      total.events += below.events
      total.heartbeats += below.heartbeats
    }
  }
  return total
}

/** Workers show life at this share of the heartbeat timeout (activities/heartbeat.ts) … */
const shownAt = 0.4
/** … and the SDK sends at most one in so much of it, at most a minute: what comes earlier waits. */
const throttledTo = 0.8
const longestThrottleMs = 60_000

/** How many heartbeats of an attempt that took so long reached the server. */
export function recordedHeartbeats(tookMs: number, timeoutMs: number): number {
  const firstMs = timeoutMs * shownAt
  if (timeoutMs === 0 || tookMs < firstMs) return 0
  return 1 + Math.floor((tookMs - firstMs) / Math.min(timeoutMs * throttledTo, longestThrottleMs))
}

const millis = (at: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  at == null ? 0 : Number(at.seconds ?? 0) * 1000 + (at.nanos ?? 0) / 1e6
