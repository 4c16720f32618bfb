import { expect, it } from 'vitest'
import { dayText } from '../../client/support/enrichment-overview.ts'

const day = (at: string, counts: Record<string, number>) => ({
  day: at,
  runs: 1,
  counts,
  by: { brand: [], family: [], locale: [], attribute: [], reason: [] },
})

it('shows sheets that were taken without a brand to compare on days that have some', () => {
  const [table = ''] = dayText([
    day('2026-03-02', { enriched: 4, unchecked: 3 }),
    day('2026-03-01', { enriched: 2 }),
  ])
  const [head, second, first] = table.trim().split('\n')
  expect(head).toMatch(/delivered +unchecked$/)
  expect(second).toMatch(/^ *2026-03-02 .* 3$/)
  expect(first).toMatch(/^ *2026-03-01 .* 0$/)
})

it('has no column for them where there is none', () => {
  expect(dayText([day('2026-03-01', { enriched: 2 })]).join('\n')).not.toContain('unchecked')
})
