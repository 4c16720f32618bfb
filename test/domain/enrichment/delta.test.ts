import { describe, expect, it } from 'vitest'
import { changesIn, indexToRead, instantOf } from '../../../domain/enrichment/delta.ts'
import type { IndexRow } from '../../../domain/enrichment/index-row.ts'

const row = (icecatId: string, updated: string, quality = 'ICECAT'): IndexRow => ({
  icecatId,
  updated,
  quality,
  brandId: '',
  code: '',
  otherCodes: [],
  categoryId: '',
  gtins: [],
  limited: false,
  onMarket: false,
})

describe('a daily index', () => {
  const known = new Map(
    [
      { icecatId: '1', updated: '20260101000000' },
      { icecatId: '2', updated: null },
      { icecatId: '3', updated: '20260101000000' },
    ].map((sheet) => [sheet.icecatId, sheet]),
  )

  it('names what changed since it was fetched, and what is gone; other people’s products are none', () => {
    const rows = [
      row('1', '20260102000000'),
      row('2', '20250101000000'),
      row('3', '20260101000000'),
      row('9', '20260102000000'),
    ]
    expect(changesIn(rows, known)).toEqual([
      { kind: 'changed', icecatId: '1', updated: '20260102000000' },
      { kind: 'changed', icecatId: '2', updated: '20250101000000' },
    ])
    expect(changesIn([row('3', '20260102000000', 'REMOVED')], known)).toEqual([
      { kind: 'removed', icecatId: '3' },
    ])
  })

  it('is enough when no night was missed; else the whole index is read', () => {
    expect(indexToRead(null, '20260102010000')).toBe('files')
    expect(indexToRead('20260101010000', '20260102010000')).toBe('daily')
    expect(indexToRead('20260101010000', '20260102013000')).toBe('files')
    expect(indexToRead('20260102010000', '20260102010000')).toBeNull()
    expect(indexToRead('20260103010000', '20260102010000')).toBeNull()
    expect(indexToRead('nonsense', '20260102010000')).toBe('files')
    expect(instantOf('20260102030405')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5))
  })
})
