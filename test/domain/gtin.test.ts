import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDigit, gtinFault } from '../../domain/gtin.ts'

describe('gtinFault', () => {
  it.each(['96385074', '036000291452', '4006381333931', '2000000123455', '10012345000017'])(
    'finds nothing wrong with %s',
    (gtin) => {
      expect(gtinFault(gtin)).toBeNull()
    },
  )

  it.each([
    ['4006381333932', '"4006381333932" has a wrong check digit, 1 would be right'],
    ['12345', '"12345" has 5 digits, a GTIN has 8, 12, 13 or 14'],
    ['', '"" has 0 digits, a GTIN has 8, 12, 13 or 14'],
    ['400638133393X', '"400638133393X" has other characters than digits'],
    ['4006 381333931', '"4006 381333931" has other characters than digits'],
  ])('says why %j is refused', (text, fault) => {
    expect(gtinFault(text)).toBe(fault)
  })

  it('refuses a single wrong digit wherever it stands', () => {
    const bodies = fc
      .constantFrom(7, 11, 12, 13)
      .chain((length) => fc.stringMatching(new RegExp(`^\\d{${length}}$`)))
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const gtin = body + checkDigit(body)
        expect(gtinFault(gtin)).toBeNull()
        const place = at % gtin.length
        const wrong = (Number(gtin[place]) + by) % 10
        expect(gtinFault(gtin.slice(0, place) + String(wrong) + gtin.slice(place + 1))).not.toBeNull()
      }),
    )
  })
})
