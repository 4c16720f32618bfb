import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { bulkQueue, liveQueue } from '../contracts/names.ts'

/**
 * Retries of everything that talks to Akeneo or the hub. Without an end: an outage of a night must not need a person in the
 * morning, and what can never succeed is non-retryable (activities/failures.ts). The schedule's run timeout is the bound.
 */
const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '2m' } as const

/**
 * Longer than an activity's silence (20 s) and Akeneo's HTTP timeout (60 s by default) together: a call that hangs is ended
 * by its own timeout, never by a heartbeat that was not sent meanwhile.
 */
const heartbeatTimeout = '100s'

/** Loads and polls. A chunk works for about 50 s; ten minutes leave room for one slow page and a wait for a lane. */
export const bulk = () =>
  proxyActivities<Activities>({
    taskQueue: bulkQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '10m',
    heartbeatTimeout,
    retry,
    // A cancelled run waits for its activities, so that what they committed is in its report.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  })

/** Short database work of a run: no heartbeat, and never behind a load. */
export const quick = () =>
  proxyActivities<Activities>({
    taskQueue: liveQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '1m',
    retry,
  })

/** What a person waits for: tried for as long as a person would, then said. */
export const live = () =>
  proxyActivities<Activities>({
    taskQueue: liveQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '5m',
    heartbeatTimeout,
    retry: { ...retry, maximumAttempts: 8 },
  })
