import Big from 'big.js'
import type { Decimal } from '../../../contracts/hub.ts'
import { toDecimal } from '../../decimal.ts'
import type { Rounding } from '../rule.ts'

/** To at most this many places. Null when the rule refuses to round and there are more. */
export function roundDecimal(amount: Decimal, places: number, rounding: Rounding): Decimal | null {
  const point = amount.indexOf('.')
  if (point === -1 || amount.length - point - 1 <= places) return amount
  if (rounding === 'refuse') return null
  return toDecimal(new Big(amount).round(places, modeOf(amount, rounding)).toFixed()) ?? null
}

/** `up` and `down` mean towards the greater and the smaller number; big.js rounds by distance from zero. */
function modeOf(amount: Decimal, rounding: Exclude<Rounding, 'refuse'>): Big.RoundingMode {
  if (rounding === 'half-up') return Big.roundHalfUp
  if (rounding === 'half-even') return Big.roundHalfEven
  const negative = amount.startsWith('-')
  return (rounding === 'up') === negative ? Big.roundDown : Big.roundUp
}
