import { setTimeout as sleep } from 'node:timers/promises'
import type { IcecatThrottle } from './settings.ts'

/** When calls may go out: so many at once, so far apart, and none before the time that a 429 named. */
export interface Pace {
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Everybody waits from now on. */
  pause(ms: number): Promise<void>
}

/** Of this process only, for commands that look at Icecat without a database; workers share lanes (access.ts). */
export function createPace({ concurrency, perSecond }: IcecatThrottle): Pace {
  const spacingMs = 1000 / perSecond
  const waiting: (() => void)[] = []
  let running = 0
  let nextStart = 0

  async function enter(): Promise<void> {
    if (running < concurrency) {
      running++
      return
    }
    // Whoever leaves hands its place on.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }

  return {
    async run(call, signal) {
      await enter()
      try {
        for (;;) {
          signal?.throwIfAborted()
          const waitMs = nextStart - performance.now()
          if (waitMs <= 0) break
          await sleep(waitMs, undefined, signal ? { signal } : {})
        }
        nextStart = performance.now() + spacingMs
        return await call()
      } finally {
        leave()
      }
    },
    pause(ms) {
      nextStart = Math.max(nextStart, performance.now() + ms)
      return Promise.resolve()
    },
  }
}
