import type { Measure } from '../contracts/hub.ts'
import { compareDecimals, toDecimal } from './decimal.ts'

/** An amount in the unit that it was entered in: converting here would make 2.5 kg and 2500 g the same keystrokes. */
export function toMeasure(amount: unknown, unit: unknown): Measure | undefined {
  const decimal = toDecimal(amount)
  if (decimal === undefined || typeof unit !== 'string' || unit === '') return undefined
  return { amount: decimal, unit }
}

/** By unit, then amount: sizes in different units are not compared, since that needs the unit family's steps. */
export function compareMeasures(a: Measure, b: Measure): number {
  if (a.unit !== b.unit) return a.unit < b.unit ? -1 : 1
  return compareDecimals(a.amount, b.amount)
}
