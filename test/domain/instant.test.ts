import { describe, expect, it } from 'vitest'
import { utcSeconds } from '../../domain/instant.ts'

describe('utcSeconds', () => {
  it.each([
    ['2026-11-20T08:15:30+00:00', '2026-11-20T08:15:30Z'],
    ['2026-11-20T08:15:30Z', '2026-11-20T08:15:30Z'],
    ['2026-11-20T01:15:30+02:00', '2026-11-19T23:15:30Z'],
    ['2026-11-20T08:15:30-0500', '2026-11-20T13:15:30Z'],
    ['2026-11-20T08:15:30.987Z', '2026-11-20T08:15:30Z'],
    ['2026-11-20 08:15:30', '2026-11-20T08:15:30Z'],
  ])('writes %s as %s', (text, expected) => {
    expect(utcSeconds(text)).toBe(expected)
  })

  it.each(['', 'yesterday', '2026-11-20', '2026-13-20T08:15:30Z'])('is nothing for %j', (text) => {
    expect(utcSeconds(text)).toBeUndefined()
  })
})
