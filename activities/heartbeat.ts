import { type Context, heartbeat } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'

/**
 * Shows life while any activity works, at 0.4 of its heartbeat timeout: silent at first, because Temporal records the first
 * heartbeat of an attempt as an action and most chunks are done before. It shows life only: what was done is in the database.
 */
export const heartbeatInterceptor: ActivityInterceptorsFactory = ({ info }: Context) => ({
  inbound: {
    async execute(input, next) {
      const { heartbeatTimeoutMs } = info
      if (heartbeatTimeoutMs === undefined) return next(input)
      const alive = setInterval(() => heartbeat(), heartbeatTimeoutMs * 0.4)
      try {
        return await next(input)
      } finally {
        clearInterval(alive)
      }
    },
  },
})
