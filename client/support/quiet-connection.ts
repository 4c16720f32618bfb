import { setTimeout as sleep } from 'node:timers/promises'
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'

/** Longest pause between two tries of a call: also the longest that closing may wait. Unit ms. */
const longestDelayMs = 2000

/**
 * A connection that may be closed while calls are under way, as when a person stops following a run. The SDK's own retry
 * would try such a call again on the closed channel, and what that throws nobody can catch: so calls that end because of the
 * closing are not tried again, and one that waits for its next try is given that try before the channel goes.
 */
export async function quietConnection(
  options: ConnectionOptions,
): Promise<{ connection: Connection; close: () => Promise<void> }> {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions({ maxIntervalMs: () => longestDelayMs })
  let closing = false
  let nextTryAtMs = 0
  const retry = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const delayMs = Math.min(longestDelayMs, delayFunction(attempt, status))
      nextTryAtMs = Math.max(nextTryAtMs, performance.now() + delayMs)
      return delayMs
    },
  })
  const connection = await Connection.connect({ ...options, interceptors: [retry] })
  return {
    connection,
    async close() {
      closing = true
      // A timer may fire a millisecond late.
      if (nextTryAtMs > performance.now()) await sleep(nextTryAtMs - performance.now() + timerSlackMs)
      await connection.close()
    },
  }
}

const timerSlackMs = 20
