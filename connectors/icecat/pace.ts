import { setTimeout as sleep } from 'node:timers/promises'
import type { IcecatThrottle } from './settings.ts'

/** So many calls at once, so far apart, and none before the time that a 429 named. Of this process only. */
export interface Pace {
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Everybody waits from now on. */
  pause(ms: number): void
}

export function createPace({ concurrency, spacingMs }: IcecatThrottle): Pace {
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
    },
  }
}
