/** A window of `created`, both ends included, to the second; null is open. Windows tile time: nothing is between two. */
export interface Window {
  from: Date | null
  to: Date | null
}

/** Products in one slice: long enough that planning costs little, short enough that the last reader is not alone for long. */
const largestSlice = 5000
const smallestSlice = 250

/** How many slices a load of this size is cut into, so that `readers` of them are at work until near the end. */
export function sliceCount(total: number, readers: number): number {
  const size = Math.min(largestSlice, Math.max(smallestSlice, Math.ceil(total / readers)))
  return Math.max(1, Math.ceil(total / size))
}

/**
 * Windows that hold about the same number of products each, by the quantiles of a sample of `created`. A second that many
 * share is never cut, so there may be fewer windows than asked for. Balance only: any windows that tile time are right.
 */
export function planWindows(sample: readonly Date[], count: number): Window[] {
  const seconds = sample.map((date) => Math.floor(date.getTime() / 1000)).sort((a, b) => a - b)
  const cuts = new Set<number>()
  for (let cut = 1; cut < count; cut++) {
    const second = seconds[Math.floor((cut * seconds.length) / count) - 1]
    // A cut at the last second of the sample would leave an empty window behind it.
    if (second !== undefined && second < (seconds.at(-1) ?? 0)) cuts.add(second)
  }
  const ends = [...cuts]
  return [...ends, null].map((end, index) => {
    const before = ends[index - 1]
    return { from: before === undefined ? null : at(before + 1), to: end === null ? null : at(end) }
  })
}

const at = (second: number) => new Date(second * 1000)
