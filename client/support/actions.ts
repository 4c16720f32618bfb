import type { Client } from '@temporalio/client'

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>
type Event = NonNullable<History['events']>[number]

export interface ExecutionRef {
  workflowId: string
  runId: string
}

export interface TemporalCost {
  /** Billable ones, as Temporal Cloud counts them. */
  actions: number
  /** In the histories. */
  events: number
}

export interface Child extends ExecutionRef {
  type: string
}

/** What one history says of its execution, without those that it started or went on in. */
export interface ExecutionCost extends TemporalCost {
  isOver: boolean
  /** The executions of the same workflow before and after this one, where it went on in another; their run ids. */
  before: string | null
  next: string | null
  /** Those that it started, in the order of their starts. */
  children: Child[]
}

const oneAction = [
  'activityTaskScheduledEventAttributes',
  'timerStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
] as const

const closing = [
  'workflowExecutionCompletedEventAttributes',
  'workflowExecutionFailedEventAttributes',
  'workflowExecutionTimedOutEventAttributes',
  'workflowExecutionCanceledEventAttributes',
  'workflowExecutionTerminatedEventAttributes',
  'workflowExecutionContinuedAsNewEventAttributes',
] as const

/**
 * The price of an event by https://docs.temporal.io/cloud/actions: a schedule's tick is three, a child's start two, in the parent's history, a start
 * in a new execution one, in that one's. What `patched` leaves is free; queries leave nothing.
 */
function priceOf(event: Event): number {
  const start = event.workflowExecutionStartedEventAttributes
  if (start) {
    if (start.continuedExecutionRunId) return 1
    if (start.parentWorkflowExecution) return 0
    return start.searchAttributes?.indexedFields?.['TemporalScheduledById'] ? 3 : 1
  }
  if (event.startChildWorkflowExecutionInitiatedEventAttributes) return 2
  const upsert = event.upsertWorkflowSearchAttributesEventAttributes
  if (upsert) {
    const names = Object.keys(upsert.searchAttributes?.indexedFields ?? {})
    return names.every((name) => name === 'TemporalChangeVersion') ? 0 : 1
  }
  const attempt = event.activityTaskStartedEventAttributes?.attempt
  if (attempt) return attempt - 1
  return oneAction.some((name) => event[name]) ? 1 : 0
}

export function executionCost({ events }: Pick<History, 'events'>): ExecutionCost {
  const list = events ?? []
  const start = list[0]?.workflowExecutionStartedEventAttributes
  const last = list.at(-1)
  return {
    actions: list.reduce((sum, event) => sum + priceOf(event), 0) + heartbeatsOf(list),
    events: list.length,
    isOver: last !== undefined && closing.some((name) => last[name]),
    before: start?.continuedExecutionRunId || null,
    next: last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId || null,
    children: list.flatMap(({ childWorkflowExecutionStartedEventAttributes: child }) => {
      const { workflowId, runId } = child?.workflowExecution ?? {}
      return workflowId && runId ? [{ type: child?.workflowType?.name ?? '', workflowId, runId }] : []
    }),
  }
}

/** Heartbeats leave no trace in a history: they follow from how long attempts took, of those that were repeated the last one. */
function heartbeatsOf(events: Event[]): number {
  const timeouts = new Map<string, number>()
  const started = new Map<string, { atMs: number; timeoutMs: number }>()
  let heartbeats = 0
  for (const event of events) {
    const id = String(event.eventId)
    const atMs = millis(event.eventTime)
    const scheduled = event.activityTaskScheduledEventAttributes
    if (scheduled) timeouts.set(id, millis(scheduled.heartbeatTimeout))
    const start = event.activityTaskStartedEventAttributes
    if (start) started.set(id, { atMs, timeoutMs: timeouts.get(String(start.scheduledEventId)) ?? 0 })
    const end =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes
    const begin = end ? started.get(String(end.startedEventId)) : undefined
    if (begin) heartbeats += recordedHeartbeats(atMs - begin.atMs, begin.timeoutMs)
  }
  return heartbeats
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

/** What its history says now. Fails with a gRPC error where Temporal does not have it any more. */
export async function costOfExecution(
  client: Client,
  { workflowId, runId }: ExecutionRef,
): Promise<ExecutionCost> {
  return executionCost(await client.workflow.getHandle(workflowId, runId).fetchHistory())
}

/** What an execution cost so far, with those that it went on in and all children. */
export async function costOf(client: Client, execution: ExecutionRef): Promise<TemporalCost> {
  const { actions, events, next, children } = await costOfExecution(client, execution)
  const total = { actions, events }
  for (const other of [...children, ...(next === null ? [] : [{ ...execution, runId: next }])]) {
    const cost = await costOf(client, other)
    total.actions += cost.actions
    total.events += cost.events
  }
  return total
}
