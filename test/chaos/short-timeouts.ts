import type { WorkflowInterceptorsFactory } from '@temporalio/workflow'

/*
 * Bundled with the workflows of this suite: what only says how long a dead worker goes unnoticed, and how long is waited between two
 * attempts, is seconds here. Whatever depends on one of these being long enough is found.
 */

/** Longer than three of its beats on a busy machine; unit ms. */
export const heartbeatMs = 3000
/** Of what shows no life: a few statements; unit ms. */
const quickMs = 4000

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { options } = input
        return next({
          ...input,
          options: {
            ...options,
            ...(options.heartbeatTimeout === undefined
              ? { startToCloseTimeout: quickMs }
              : { heartbeatTimeout: heartbeatMs }),
            retry: { ...options.retry, initialInterval: 1000, backoffCoefficient: 1 },
          },
        })
      },
    },
  ],
})
