import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { bulkQueue, liveQueue } from '../contracts/names.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'

/**
 * Until a run's first activity has read the connection's own policy. Without an end: an outage of a night must not need a person
 * in the morning, and what can never succeed is non-retryable (activities/failures.ts). The schedule's timeout is the bound.
 */
const firstPolicy: ActivityPolicy = {
  heartbeatTimeoutMs: 100_000,
  initialIntervalMs: 1000,
  maximumIntervalMs: 120_000,
  backoffCoefficient: 2,
  maximumAttempts: 0,
}

const retryOf = ({
  initialIntervalMs,
  maximumIntervalMs,
  backoffCoefficient,
  maximumAttempts,
}: ActivityPolicy) => ({
  initialInterval: initialIntervalMs,
  maximumInterval: maximumIntervalMs,
  backoffCoefficient,
  ...(maximumAttempts === 0 ? {} : { maximumAttempts }),
})

/** Loads and polls; `summary` is what the web UI shows beside the activity's name. A chunk works for about 50 s; ten minutes leave room for one slow page and a wait for a lane. */
export const bulk = (policy: ActivityPolicy = firstPolicy, summary?: string) =>
  proxyActivities<Activities>({
    ...(summary === undefined ? {} : { summary }),
    taskQueue: bulkQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '10m',
    heartbeatTimeout: policy.heartbeatTimeoutMs,
    retry: retryOf(policy),
    // A cancelled run waits for its activities, so that what they committed is in its report.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  })

/** What reads a whole catalogue out of the database in one go: a minute for each 100,000 records. */
export const lengthy = (policy: ActivityPolicy, summary: string) =>
  proxyActivities<Activities>({
    summary,
    taskQueue: bulkQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '6h',
    heartbeatTimeout: policy.heartbeatTimeoutMs,
    retry: retryOf(policy),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  })

/** Short database work of a run: no heartbeat, and never behind a load. */
export const quick = () =>
  proxyActivities<Activities>({
    taskQueue: liveQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '1m',
    retry: retryOf(firstPolicy),
  })

/** Somebody else's service, which a run can do without: tried for two minutes, then by the next run. */
export const forOthers = (summary: string) =>
  proxyActivities<Activities>({
    summary,
    taskQueue: bulkQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '10m',
    retry: { ...retryOf(firstPolicy), backoffCoefficient: 3, maximumAttempts: 6 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  })

/** What a person waits for: tried for as long as a person would, then said. */
export const live = () =>
  proxyActivities<Activities>({
    taskQueue: liveQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '5m',
    heartbeatTimeout: firstPolicy.heartbeatTimeoutMs,
    retry: { ...retryOf(firstPolicy), maximumAttempts: 8 },
  })
