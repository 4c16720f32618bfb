import { describe, expect, it } from 'vitest'
import { changesClocks, isTimeZone, localSeconds } from '../../domain/time-zone.ts'

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Paris', '+02:00', '-09:30'])('may be %s', (zone) => {
    expect(isTimeZone(zone)).toBe(true)
  })

  it.each(['Paris', '+2', 'Europe/Atlantis', ''])('may not be %j', (zone) => {
    expect(isTimeZone(zone)).toBe(false)
  })

  it.each([
    ['UTC', '2026-11-20T08:15:30.999Z', '2026-11-20 08:15:30'],
    ['Europe/Paris', '2026-01-01T00:00:00Z', '2026-01-01 01:00:00'],
    ['Europe/Paris', '2026-07-01T23:30:00Z', '2026-07-02 01:30:00'],
    // The hour that comes twice.
    ['Europe/Paris', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
    ['Europe/Paris', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01 05:45:00'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31 20:30:00'],
    ['-09:30', '2026-01-01T00:00:00Z', '2025-12-31 14:30:00'],
  ])('%s shows %s as %s', (zone, at, shown) => {
    expect(localSeconds(zone, new Date(at))).toBe(shown)
  })

  it('changes its clocks, or does not', () => {
    expect(
      ['Europe/Paris', 'America/Sao_Paulo', 'UTC', '+02:00', 'Australia/Sydney'].map((zone) =>
        changesClocks(zone, 2026),
      ),
    ).toEqual([true, false, false, false, true])
  })
})
