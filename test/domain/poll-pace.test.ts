import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextPace, pollPace } from '../../domain/poll-pace.ts'

const minutes = 60_000
const pace = { everyMs: 5 * minutes, quietestMs: 30 * minutes }

describe('the interval of polls', () => {
  it.each([
    [0, 5],
    [5, 5],
    [6, 10],
    [12, 20],
    [18, 30],
    [100_000, 30],
  ])('after %i that found nothing is %i minutes', (quiet, every) =>
    expect(pollPace(pace, quiet)).toBe(every * minutes),
  )

  it('is given to the schedule at each step, and back with the first change', () => {
    expect(nextPace(pace, 4, false)).toBeNull()
    expect(nextPace(pace, 5, false)).toBe(10 * minutes)
    expect(nextPace(pace, 6, false)).toBeNull()
    expect(nextPace(pace, 6, true)).toBe(5 * minutes)
    expect(nextPace(pace, 5, true)).toBeNull()
  })

  it('that was given last is the one that the polls before it ask for', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (found) => {
        let quiet = 0
        let given = pace.everyMs
        for (const something of found) {
          given = nextPace(pace, quiet, something) ?? given
          quiet = something ? 0 : quiet + 1
          expect(given).toBe(pollPace(pace, quiet))
        }
      }),
    )
  })
})
