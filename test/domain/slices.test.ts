import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  halvesOf,
  isWithin,
  partsAround,
  planWindows,
  sliceShares,
  type Window,
} from '../../domain/slices.ts'

const second = (n: number) => new Date(n * 1000)

describe('shares of a load', () => {
  it('add up to the whole, within the bounds of a slice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000_000 }),
        fc.integer({ min: 1, max: 16 }),
        (total, readers) => {
          const shares = sliceShares(total, readers)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
          for (const share of shares) {
            expect(share * total).toBeLessThan(5000 + 150)
            if (shares.length > 1) expect(share * total).toBeGreaterThan(150 - 1e-6)
          }
        },
      ),
    )
  })

  it.each([
    [0, 4, 1],
    [400, 4, 2],
    [1239, 4, 6],
    [10_000, 4, 15],
    [50_000, 4, 23],
    [1_000_000, 4, 213],
  ])('of %i products for %i readers are %i', (total, readers, count) =>
    expect(sliceShares(total, readers)).toHaveLength(count),
  )

  it.each([
    [5_000, 0.84],
    [10_000, 0.91],
    [50_000, 0.97],
    [1_000_000, 0.99],
  ])('keep the readers of %i products at work for %f of the time', (total, part) => {
    const readers = 4
    const busy = Array.from({ length: readers }, () => 0)
    // Whoever is free first takes the next slice.
    for (const share of sliceShares(total, readers)) {
      const next = busy.indexOf(Math.min(...busy))
      busy[next] = (busy[next] ?? 0) + share
    }
    expect(1 / readers / Math.max(...busy)).toBeGreaterThan(part)
  })
})

describe('windows of `created`', () => {
  it('tile time: each instant is in exactly one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 })),
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: -10, max: 510 }),
        (sample, total, at) => {
          const windows = planWindows(sample.map(second), sliceShares(total, 4))
          const holding = windows.filter(
            ({ from, to }) => (from === null || from <= second(at)) && (to === null || second(at) <= to),
          )
          expect(holding).toHaveLength(1)
        },
      ),
    )
  })

  it('follow the shares', () => {
    const sample = Array.from({ length: 8 }, (_, n) => second(n))
    expect(planWindows(sample, [0.5, 0.25, 0.25])).toEqual([
      { from: null, to: second(3) },
      { from: second(4), to: second(5) },
      { from: second(6), to: null },
    ])
  })

  it('never cut a second that many share', () =>
    expect(
      planWindows(
        Array.from({ length: 100 }, () => second(7)),
        [0.5, 0.5],
      ),
    ).toEqual([{ from: null, to: null }]))
})

describe('halves of a window', () => {
  const now = second(100)

  it('tile it, and lead to each second in a few steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30 * 365 * 86_400, max: 86_000 }), (given) => {
        let window: Window = { from: null, to: null }
        let steps = 0
        for (let halves = halvesOf(window, now); halves !== null; halves = halvesOf(window, now), steps++) {
          const holding = halves.filter(
            ({ from, to }) =>
              (from === null || from <= second(given)) && (to === null || second(given) <= to),
          )
          expect(holding).toHaveLength(1)
          window = holding[0] ?? window
        }
        expect(steps).toBeLessThan(32)
      }),
    )
  })

  it('end at one second', () => {
    expect(halvesOf({ from: second(7), to: second(8) }, now)).toEqual([
      { from: second(7), to: second(7) },
      { from: second(8), to: second(8) },
    ])
    expect(halvesOf({ from: second(7), to: second(7) }, now)).toBeNull()
  })
})

describe('parts around known seconds', () => {
  it('tile the window, and each such second is a part of its own', () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(
        seconds,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 0, max: 20 }),
        (known, fromOpen, toOpen, given) => {
          const window = { from: fromOpen ? null : second(0), to: toOpen ? null : second(20) }
          const parts = partsAround(window, known.map(second))
          const holding = parts.filter((part) => isWithin(part, second(given)))
          expect(holding).toHaveLength(1)
          if (known.includes(given)) expect(holding).toEqual([{ from: second(given), to: second(given) }])
        },
      ),
    )
  })
})
