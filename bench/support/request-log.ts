import type { LoggedRequest } from './simulator.ts'

/** How long they took on average; unit ms. */
export const meanMs = (requests: LoggedRequest[]): number =>
  requests.reduce((sum, { startedAt, finishedAt }) => sum + finishedAt - startedAt, 0) /
  Math.max(1, requests.length)

/** Calls under way on average between two instants of the wall clock. */
export function underWayBetween(requests: LoggedRequest[], fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  const within = requests.map(({ startedAt, finishedAt }) =>
    Math.max(0, Math.min(finishedAt, toMs) - Math.max(startedAt, fromMs)),
  )
  return within.reduce((sum, ms) => sum + ms, 0) / (toMs - fromMs)
}

/** Calls under way between the 5th and the 95th percentile of the time from the first call to the last answer. */
export function underWayInTheMiddle(requests: LoggedRequest[]): number {
  const { firstMs, lastMs } = spanOf(requests)
  const part = (lastMs - firstMs) * 0.05
  return underWayBetween(requests, firstMs + part, lastMs - part)
}

/** From the first call to the last answer, unit ms of the wall clock. */
export function spanOf(requests: LoggedRequest[]): { firstMs: number; lastMs: number } {
  if (requests.length === 0) return { firstMs: 0, lastMs: 0 }
  return requests.reduce(
    ({ firstMs, lastMs }, { startedAt, finishedAt }) => ({
      firstMs: Math.min(firstMs, startedAt),
      lastMs: Math.max(lastMs, finishedAt),
    }),
    { firstMs: Number.POSITIVE_INFINITY, lastMs: 0 },
  )
}

/**
 * How long Akeneo waits for the next call where it could have taken one: from an answer to the call that takes its place, which is the one that
 * was free for longest. Unit ms, in the order of the calls.
 */
export function gapsBetween(requests: LoggedRequest[]): number[] {
  const free: number[] = []
  const ends = requests.map(({ finishedAt }) => finishedAt).sort((a, b) => a - b)
  const gaps: number[] = []
  for (const { startedAt } of requests.toSorted((a, b) => a.startedAt - b.startedAt)) {
    while (ends[0] !== undefined && ends[0] <= startedAt) free.push(ends.shift() ?? 0)
    const since = free.shift()
    if (since !== undefined) gaps.push(startedAt - since)
  }
  return gaps
}

/** Of numbers in any order; 0 of none. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}
