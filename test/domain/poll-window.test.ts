import { describe, expect, it } from 'vitest'
import { pollWindow } from '../../domain/poll-window.ts'

const now = new Date('2026-11-20T12:00:00Z')
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const hour = 3600
const known = { at: before(60), hourlyAt: before(600), nightlyAt: before(2 * hour) }

describe('the window of a poll', () => {
  it('has no beginning before the first load, and ends at Akeneo’s clock', () => {
    expect(pollWindow({ watermark: null, akeneoDate: before(3), localNow: now })).toEqual({
      since: null,
      t0: before(3),
      overlapSeconds: null,
      warning: null,
    })
  })

  it.each([
    ['Akeneo does not say the time', null],
    ['Akeneo’s clock runs ahead', before(-10 * hour)],
  ])('ends 90 seconds after our own clock where %s', (_what, akeneoDate) => {
    expect(pollWindow({ watermark: known, akeneoDate, localNow: now }).t0).toEqual(before(-90))
  })

  it.each([
    ['five minutes', known, 300],
    ['three hours, once an hour', { ...known, hourlyAt: before(hour) }, 3 * hour],
    ['36 hours, once a day', { ...known, hourlyAt: before(hour), nightlyAt: before(24 * hour) }, 36 * hour],
  ])('looks back %s', (_what, watermark, seconds) => {
    const found = pollWindow({ watermark, akeneoDate: now, localNow: now })
    expect(found).toEqual({ since: before(60 + seconds), t0: now, overlapSeconds: seconds, warning: null })
  })

  it('does not go back with a clock that does, reads from before that, and says so', () => {
    const found = pollWindow({ watermark: known, akeneoDate: before(hour), localNow: now })
    expect(found).toMatchObject({ t0: known.at, since: before(hour + 300) })
    expect(found.warning).toMatch(
      /^Akeneo's clock says 2026-11-20T11:00:00\.000Z, which is before the watermark/,
    )
  })
})
