import { expect, it } from 'vitest'
import { faultKinds } from './faults.ts'
import { partOf, reportOf, seedsOf, textOf } from './report.ts'

const outcome = (seed: number, lost: string[] = []) => ({
  ...{ seed, lost, doubled: [], leaked: [] },
  ...{ faults: { kill: 2 }, edits: 10, failed: 0, seconds: 90 },
})

it('names seeds by ranges, and finds them again', () => {
  expect(textOf([3, 1, 2, 7])).toBe('1-3, 7')
  expect(seedsOf('1-3, 7')).toEqual([1, 2, 3, 7])
})

it('counts what parts of different revisions have found together', () => {
  const earlier = partOf([outcome(1), outcome(2, ['a product'])], { revision: 'a', seconds: 200 })
  const later = partOf([outcome(3)], { revision: 'b', seconds: 100 })
  expect(reportOf([earlier, later], {})).toMatchObject({
    ...{ seeds: 3, lost: 1, doubled: 0, leaked: 0, edits: 30, seconds: 300 },
    faults: { ...Object.fromEntries(faultKinds.map((kind) => [kind, 0])), kill: 6 },
    parts: [
      { revision: 'a', seeds: '1-2', lost: 1 },
      { revision: 'b', seeds: '3', lost: 0 },
    ],
  })
})
