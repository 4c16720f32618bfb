import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf } from '../../domain/date.ts'

describe('dateOf', () => {
  it.each([
    ['2025-02-14T00:00:00+02:00', '2025-02-14'],
    ['2025-02-14T00:00:00-11:00', '2025-02-14'],
    ['2025-02-14T23:59:59Z', '2025-02-14'],
    ['2025-02-14 10:00:00', '2025-02-14'],
    ['2025-02-14', '2025-02-14'],
    ['2024-02-29', '2024-02-29'],
    ['2000-02-29', '2000-02-29'],
  ])('cuts the day from %s', (text, day) => {
    expect(dateOf(text)).toBe(day)
  })

  it.each([
    '2025-02-29',
    '1900-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-04-31',
    '14.02.2025',
    '2025-02-143',
    '',
    null,
    20250214,
  ])('finds no day in %j', (text) => {
    expect(dateOf(text)).toBeUndefined()
  })

  it('never shifts a day, whatever time and offset stand behind it', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: -12, max: 14 }),
        (date, hour, offset) => {
          const day = date.toISOString().slice(0, 10)
          const two = (number: number) => String(Math.abs(number)).padStart(2, '0')
          const text = `${day}T${two(hour)}:30:00${offset < 0 ? '-' : '+'}${two(offset)}:00`
          expect(dateOf(text)).toBe(day)
        },
      ),
    )
  })
})
