import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../../contracts/hub.ts'
import { compareDecimals, toDecimal } from '../../domain/decimal.ts'

describe('toDecimal', () => {
  it.each([
    ['800.0000', '800'],
    ['0.10', '0.1'],
    ['89.897', '89.897'],
    [0.1, '0.1'],
    [49, '49'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    ['1.5E+3', '1500'],
    ['-0.00', '0'],
    [-0, '0'],
    ['-3.50', '-3.5'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+2', '2'],
    [' 2 ', '2'],
    ['12345678901234567890.123456789012345678900', '12345678901234567890.1234567890123456789'],
  ])('writes %j as %s', (given, expected) => {
    expect(toDecimal(given)).toBe(expected)
  })

  it.each(['', 'ten', '1,5', '1e9999', '0x10', '1 000', Infinity, NaN, null, undefined, true, {}, ['1']])(
    'takes %j for no number',
    (given) => {
      expect(toDecimal(given)).toBeUndefined()
    },
  )

  it('keeps every number exactly, in the one form that the contract allows', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = toDecimal(number)
        expect(Decimal.safeParse(text).success).toBe(true)
        expect(Number(text) === number).toBe(true)
      }),
    )
  })

  it('keeps digits of text that no float could', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(digits, digits, fc.boolean(), (whole, fraction, negative) => {
        const given = `${negative ? '-' : ''}${whole.join('')}.${fraction.join('')}`
        const text = toDecimal(given) ?? ''
        expect(Decimal.safeParse(text).success).toBe(true)
        expect(new Big(text).eq(new Big(given))).toBe(true)
        expect(toDecimal(text)).toBe(text)
      }),
    )
  })
})

it('compareDecimals tells amounts apart that are the same as floats', () => {
  expect(compareDecimals('0.1', '0.10000000000000000001')).toBe(-1)
  expect(compareDecimals('10', '9')).toBe(1)
  expect(compareDecimals('5', '5')).toBe(0)
})
