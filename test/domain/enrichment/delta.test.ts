import { describe, expect, it } from 'vitest'
import { indexToRead, instantOf } from '../../../domain/enrichment/delta.ts'

describe('a daily index', () => {
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
