import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterFailure, afterSuccess, type PageSize, wholePage } from '../../domain/page-size.ts'

/** Reads a list in which some records break every page that they stand on; a whole page is tried twice before it is cut. */
function read(length: number, bad: Set<number>): { single: number[]; failures: number } {
  let size: PageSize = wholePage
  let at = 0
  let failures = 0
  const single: number[] = []
  while (at < length) {
    const { limit } = size
    const end = Math.min(length, at + Math.max(1, limit))
    const breaks = limit > 0 && Array.from({ length: end - at }, (_, i) => at + i).some((i) => bad.has(i))
    if (breaks) {
      failures += size.suspects === 0 ? 2 : 1
      size = afterFailure(size)
      continue
    }
    if (limit === 0) single.push(at)
    at = end
    size = afterSuccess(size)
  }
  return { single, failures }
}

describe('the size of pages', () => {
  it('comes down to each record that breaks a page, and to few others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.nat(499), { maxLength: 5 }),
        (length, places) => {
          const bad = new Set(places.filter((place) => place < length))
          const { single, failures } = read(length, bad)
          for (const place of bad) expect(single).toContain(place)
          expect(single.length).toBeLessThanOrEqual(bad.size)
          expect(failures).toBeLessThanOrEqual(9 * bad.size)
        },
      ),
    )
  })

  it('is whole where nothing breaks', () => {
    expect(afterSuccess(wholePage)).toEqual(wholePage)
  })
})
