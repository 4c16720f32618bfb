import type { Decimal, Measure } from '../../../contracts/hub.ts'
import { toDecimal } from '../../decimal.ts'
import {
  add,
  exactDecimal,
  type Fraction,
  invert,
  multiply,
  negate,
  roundedDecimal,
  toFraction,
} from './fraction.ts'

/** A family of units. Each unit's steps lead, in order, TO the standard unit, although Akeneo calls them otherwise. */
export interface UnitFamily {
  units: Readonly<
    Record<
      string,
      { convert_from_standard: readonly { operator: 'mul' | 'div' | 'add' | 'sub'; value: string }[] }
    >
  >
}

/** Places kept where the digits have no end, such as 1 inch in thirds of a foot, and no `decimals` says how many. */
export const endlessPlaces = 10

/** Turns amounts of one unit into another: `amount × factor + shift`, both exact. */
export interface Conversion {
  factor: Fraction
  shift: Fraction
}

const one: Fraction = { above: 1n, below: 1n }
const zero: Fraction = { above: 0n, below: 1n }

/** Undefined when the family lacks one of the units, or when its steps cannot be undone. */
export function conversion(family: UnitFamily, from: string, to: string): Conversion | undefined {
  const there = toStandard(family, from)
  const back = toStandard(family, to)
  const undone = back && invert(back.factor)
  if (!there || !undone) return undefined
  return {
    factor: multiply(there.factor, undone),
    shift: multiply(add(there.shift, negate(back.shift)), undone),
  }
}

function toStandard(family: UnitFamily, unit: string): Conversion | undefined {
  if (!Object.hasOwn(family.units, unit)) return undefined
  let made: Conversion = { factor: one, shift: zero }
  for (const { operator, value } of family.units[unit]?.convert_from_standard ?? []) {
    const decimal = toDecimal(value)
    if (decimal === undefined) return undefined
    const operand = toFraction(decimal)
    if (operator === 'add' || operator === 'sub') {
      made = { ...made, shift: add(made.shift, operator === 'add' ? operand : negate(operand)) }
      continue
    }
    const times = operator === 'mul' ? operand : invert(operand)
    if (!times) return undefined
    made = { factor: multiply(made.factor, times), shift: multiply(made.shift, times) }
  }
  return made
}

/** Exactly; where the digits have no end, to `places` or else ten. */
export function convert(amount: Decimal, { factor, shift }: Conversion, places?: number): Decimal {
  const result = add(multiply(toFraction(amount), factor), shift)
  return exactDecimal(result) ?? roundedDecimal(result, Math.max(places ?? 0, endlessPlaces))
}

/** The same quantity in another unit; undefined when the family cannot say. */
export function convertMeasure(measure: Measure, to: string, family: UnitFamily): Measure | undefined {
  if (measure.unit === to) return measure
  const found = conversion(family, measure.unit, to)
  return found && { amount: convert(measure.amount, found), unit: to }
}
