import type { Decimal } from '../../../contracts/hub.ts'

/** An exact number. Divisions by 1.8 or 12 have no end as decimals; as fractions nothing is lost between two steps. */
export interface Fraction {
  above: bigint
  /** Greater than 0. */
  below: bigint
}

/** Reads a decimal of the hub's form, which may have more digits than a float. */
export function toFraction(decimal: Decimal): Fraction {
  const [whole = '0', digits = ''] = decimal.split('.')
  return { above: BigInt(whole + digits), below: 10n ** BigInt(digits.length) }
}

export const add = (a: Fraction, b: Fraction): Fraction =>
  reduced(a.above * b.below + b.above * a.below, a.below * b.below)
export const negate = ({ above, below }: Fraction): Fraction => ({ above: -above, below })
export const multiply = (a: Fraction, b: Fraction): Fraction => reduced(a.above * b.above, a.below * b.below)
/** Undefined for 0, which has no inverse. */
export function invert({ above, below }: Fraction): Fraction | undefined {
  if (above === 0n) return undefined
  return above < 0n ? { above: -below, below: -above } : { above: below, below: above }
}

function reduced(above: bigint, below: bigint): Fraction {
  let [a, b] = [above < 0n ? -above : above, below]
  while (b !== 0n) [a, b] = [b, a % b]
  return { above: above / a, below: below / a }
}

/** Exactly as a decimal; undefined when its digits have no end. */
export function exactDecimal({ above, below }: Fraction): Decimal | undefined {
  let [rest, twos, fives] = [below, 0, 0]
  while (rest % 2n === 0n) [rest, twos] = [rest / 2n, twos + 1]
  while (rest % 5n === 0n) [rest, fives] = [rest / 5n, fives + 1]
  if (rest !== 1n) return undefined
  const places = Math.max(twos, fives)
  return withPlaces((above * 10n ** BigInt(places)) / below, places)
}

/** To this many places, half away from zero. */
export function roundedDecimal({ above, below }: Fraction, places: number): Decimal {
  const scaled = (above < 0n ? -above : above) * 10n ** BigInt(places)
  const half = (scaled * 2n + below) / (below * 2n)
  return withPlaces(above < 0n ? -half : half, places)
}

function withPlaces(scaled: bigint, places: number): Decimal {
  const sign = scaled < 0n ? '-' : ''
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
