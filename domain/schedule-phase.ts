import { hash } from 'node:crypto'

/** By its id alone, so that it stays as it is: somewhere in the interval, to the second. */
export const phaseOf = (id: string, everyMs: number): number => {
  const seconds = Math.max(1, Math.floor(everyMs / 1000))
  return (hash('sha256', id, 'buffer').readUInt32BE(0) % seconds) * 1000
}

/** Beside the phase of an interval; a tenth of the interval where that is shorter. */
const longestJitterMs = 20_000
export const jitterOf = (everyMs: number): number => Math.min(longestJitterMs, Math.floor(everyMs / 10))
