import { setTimeout as sleep } from 'node:timers/promises'

/** What was counted, and when that began. */
export interface Counted<T> {
  value: T
  at: Date
}

/** Counting takes no more than this part of the time, however often somebody asks. */
const share = 1 / 20

/**
 * Counts that may take long: the last ones, which are made anew in the background once they are old in proportion to what they cost. Who asks before
 * there are any waits for at most `patienceMs`; null: they are still being made. A failure is told to who waits for it; who asks next asks anew.
 */
export function countedLater<T>(
  count: () => Promise<T>,
  { patienceMs }: { patienceMs: number },
): () => Promise<Counted<T> | null> {
  let last: (Counted<T> & { freshUntil: number }) | null = null
  let underWay: Promise<void> | null = null
  const begin = async (): Promise<void> => {
    const [at, began] = [new Date(), performance.now()]
    try {
      const value = await count()
      const ended = performance.now()
      last = { value, at, freshUntil: ended + (ended - began) / share }
    } finally {
      underWay = null
    }
  }
  return async () => {
    if (last === null || performance.now() > last.freshUntil) {
      underWay ??= begin()
      // Unless it is waited for below.
      underWay.catch(() => undefined)
    }
    if (last === null) await Promise.race([underWay, sleep(patienceMs, undefined, { ref: false })])
    return last
  }
}
