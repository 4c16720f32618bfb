import Big from 'big.js'
import type { Decimal } from '../contracts/hub.ts'

const exact = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/

// Three digits of exponent hold every JavaScript number; more would only let one value blow up into megabytes of zeros.
const readable = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i

/**
 * A number as exact decimal text without needless zeros: `"800.0000"` is `"800"`, `1e-7` is `"0.0000001"`.
 * Undefined when it is no number. Never a float, so 0.1 + 0.2 cannot happen to a price.
 */
export function toDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  if (exact.test(text) && text !== '-0') return text
  if (!readable.test(text)) return undefined
  return new Big(text.startsWith('+') ? text.slice(1) : text).toFixed()
}

/** Orders by size; amounts that differ only in the tenth decimal still differ. */
export const compareDecimals = (a: Decimal, b: Decimal): number => new Big(a).cmp(b)
