/** A window of `created`, both ends included, to the second; null is open. Windows tile time: nothing is between two. */
export interface Window {
  from: Date | null
  to: Date | null
}

/** Products in one slice: so few that a cursor which Akeneo refuses costs little, so many that planning does. */
const largestSlice = 5000
const smallestSlice = 150

/** Of what an even split of the rest would give a reader, the next slice has this part. */
const partOfEvenSplit = 0.9

/**
 * How a load of this size is cut: shares that add up to 1, in the order in which `readers` take them. Large ones first, and ever
 * smaller towards the end, so that all readers are at work until nearly the last page; equal slices left some of them idle for
 * as long as a slice takes.
 */
export function sliceShares(total: number, readers: number): number[] {
  const smallest = smallestSlice / Math.max(total, smallestSlice)
  const largest = largestSlice / Math.max(total, largestSlice)
  const shares: number[] = []
  let left = 1
  while (left > 0) {
    const share = Math.min(largest, Math.max(smallest, (left / readers) * partOfEvenSplit))
    // What would be left over is too little for a slice of its own.
    const taken = left - share < smallest ? left : share
    shares.push(taken)
    left -= taken
  }
  return shares
}

/**
 * Windows that hold about these shares of the products, by the quantiles of a sample of `created`. A second that many share is
 * never cut, so there may be fewer windows than shares. Balance only: any windows that tile time are right.
 */
export function planWindows(sample: readonly Date[], shares: readonly number[]): Window[] {
  const seconds = sample.map(secondOf).sort((a, b) => a - b)
  const cuts = new Set<number>()
  let upTo = 0
  for (const share of shares.slice(0, -1)) {
    upTo += share
    const second = seconds[Math.floor(upTo * seconds.length + roundingSlack) - 1]
    // A cut at the last second of the sample would leave an empty window behind it.
    if (second !== undefined && second < (seconds.at(-1) ?? 0)) cuts.add(second)
  }
  const ends = [...cuts]
  return [...ends, null].map((end, index) => {
    const before = ends[index - 1]
    return { from: before === undefined ? null : at(before + 1), to: end === null ? null : at(end) }
  })
}

/** Of what has an open end: no Akeneo is as old as this. */
const earliest = Date.UTC(2000, 0, 1) / 1000
const daySeconds = 86_400

/** The halves of a window, with its open ends; null where it is down to one second. */
export function halvesOf({ from, to }: Window, now: Date): [Window, Window] | null {
  const first = from === null ? earliest : secondOf(from)
  // Akeneo's clock may be ahead of ours.
  const last = to === null ? secondOf(now) + daySeconds : secondOf(to)
  if (first >= last) return null
  const middle = Math.floor((first + last) / 2)
  return [
    { from, to: at(middle) },
    { from: at(middle + 1), to },
  ]
}

/** A window in which each of these seconds, all of them in it, is a part of its own. */
export function partsAround({ from, to }: Window, seconds: readonly Date[]): Window[] {
  const parts: Window[] = []
  let next = from === null ? null : secondOf(from)
  for (const second of [...new Set(seconds.map(secondOf))].sort((a, b) => a - b)) {
    if (next === null || next < second)
      parts.push({ from: next === null ? null : at(next), to: at(second - 1) })
    parts.push({ from: at(second), to: at(second) })
    next = second + 1
  }
  if (to === null || next === null || next <= secondOf(to))
    parts.push({ from: next === null ? null : at(next), to })
  return parts
}

export const isWithin = ({ from, to }: Window, at: Date): boolean =>
  (from === null || from <= at) && (to === null || at <= to)

/** Shares are binary fractions: a quarter of eight may come out as 1.9999. */
const roundingSlack = 1e-9

const at = (second: number) => new Date(second * 1000)
const secondOf = (date: Date) => Math.floor(date.getTime() / 1000)
