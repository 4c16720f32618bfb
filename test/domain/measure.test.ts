import { describe, expect, it } from 'vitest'
import { compareMeasures, toMeasure } from '../../domain/measure.ts'

describe('toMeasure', () => {
  it('keeps the unit as entered and the amount without needless zeros', () => {
    expect(toMeasure('2500.0000', 'GRAM')).toEqual({ amount: '2500', unit: 'GRAM' })
  })

  it.each([
    ['heavy', 'GRAM'],
    ['1', ''],
    ['1', null],
    [null, 'GRAM'],
  ])('is nothing for the amount %j and the unit %j', (amount, unit) => {
    expect(toMeasure(amount, unit)).toBeUndefined()
  })
})

it('compareMeasures orders by unit, then by size and not by spelling', () => {
  const sizes = [
    { amount: '100', unit: 'INCH' },
    { amount: '9.5', unit: 'INCH' },
    { amount: '300', unit: 'CENTIMETER' },
    { amount: '1', unit: 'METER' },
  ]
  expect(sizes.sort(compareMeasures).map(({ amount }) => amount)).toEqual(['300', '9.5', '100', '1'])
})
