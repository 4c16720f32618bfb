import Big from 'big.js'
import type { Json } from '../json.ts'

/**
 * Amounts as Akeneo prints them: whole numbers where the attribute allows no decimals, else text with a fixed number of
 * decimals (4 for numbers and measures, 2 for prices), so that no reader loses precision.
 */
export function printedAmount(
  amount: string | number,
  decimalsAllowed: boolean,
  precision: number,
): string | number {
  const value = new Big(String(amount).trim().replace(/^\+/, ''))
  return decimalsAllowed ? value.toFixed(precision) : Number(value.round(0, Big.roundDown))
}

/** A number attribute keeps decimals beyond the fourth; measures and prices do not (ProductValueNormalizer). */
export function printedNumber(amount: string | number, decimalsAllowed: boolean): string | number {
  const value = new Big(String(amount).trim().replace(/^\+/, ''))
  if (!decimalsAllowed) return Number(value.round(0, Big.roundDown))
  const decimals = value.toFixed().split('.')[1]?.length ?? 0
  return value.toFixed(Math.max(decimals, 4))
}

/** PHP takes a number with blanks around it for one; Akeneo does not. */
export function isPadded(value: string | number): boolean {
  return typeof value === 'string' && value.includes(' ')
}

export function isDecimal(value: Json): value is string | number {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\s*$/.test(value)
}
