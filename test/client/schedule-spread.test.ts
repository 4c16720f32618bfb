import { describe, expect, it } from 'vitest'
import { phaseOf } from '../../domain/schedule-phase.ts'
import { scheduleId } from '../../contracts/names.ts'

const minutes = 60_000

describe('polls of many connections', () => {
  it('begin all through their interval: no second has more than a namespace starts', () => {
    const everyMs = 5 * minutes
    const starts = Array.from({ length: everyMs / 1000 }, () => 0)
    for (let n = 0; n < 5000; n++) {
      const phaseMs = phaseOf(scheduleId(`shop-${n}`, 'poll'), everyMs)
      expect(phaseMs).toBeLessThan(everyMs)
      starts[phaseMs / 1000] = (starts[phaseMs / 1000] ?? 0) + 1
    }
    // On average 17.
    expect(Math.max(...starts)).toBeLessThanOrEqual(34)
    const tens = starts.map((_, n) => starts.slice(n, n + 10).reduce((sum, one) => sum + one, 0))
    expect(Math.max(...tens) / 10).toBeLessThan(25)
  })

  it('keep their place from one application to the next', () =>
    expect(phaseOf('pimflow/acme/poll', 5 * minutes)).toBe(phaseOf('pimflow/acme/poll', 5 * minutes)))

  it.each([500, 1000, 60_000])('of every %i ms have a place within it', (everyMs) => {
    const phaseMs = phaseOf('pimflow/acme/poll', everyMs)
    expect(phaseMs).toBeLessThan(Math.max(everyMs, 1000))
    expect(phaseMs % 1000).toBe(0)
  })
})
