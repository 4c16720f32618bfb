import { expect, it } from 'vitest'
import { brokenPromise } from '../../bench/all.ts'

it.each([
  [49.9, null],
  [50, 'poll took 50 s: --quick promises less than 50'],
  [61.2, 'poll took 61 s: --quick promises less than 50'],
])('a benchmark with --quick that took %f s: %s', (seconds, text) =>
  expect(brokenPromise('poll', seconds)).toBe(text),
)
