import { foldCase } from '../../text.ts'
import type { TargetUnitFamily } from '../target.ts'

/** Inches and feet for Icecat; parts of a degree for Akeneo. */
const otherMeaning = new Set(['"', '”', "'"])

/** Signs of Icecat's that are not the symbols which Akeneo's standard families give their units. */
const otherSigns: Readonly<Record<string, readonly string[]>> = {
  '"': ['INCH', 'in'],
  '”': ['INCH', 'in'],
  inch: ['INCH', 'in'],
  "'": ['FOOT', 'ft'],
  sec: ['SECOND', 's'],
  min: ['MINUTE', 'min'],
  hr: ['HOUR', 'h'],
  'pc(s)': ['PIECE', 'Pc'],
  pcs: ['PIECE', 'Pc'],
  '°': ['DEGREE', '°'],
  KB: ['KILOBYTE', 'kB'],
  l: ['LITER', 'l'],
  L: ['LITER', 'l'],
  mAh: ['MILLIAMPEREHOUR', 'mAh'],
  µm: ['MICROMETER', 'μm'],
}

/**
 * Signs by Icecat's number of the measure, for sheets in a language that has its own word, such as `Zoll`. Facts: recorded
 * sheets; the list of measures has the others.
 */
export const knownMeasures: ReadonlyMap<string, string> = new Map([
  ['16', '"'],
  ['18', 'MHz'],
  ['19', 'MB'],
  ['20', 'GB'],
  ['24', 'mm'],
  ['27', 'ms'],
  ['31', 'kHz'],
  ['32', '°'],
  ['34', 'cm'],
  ['36', 'Hz'],
  ['37', 'GHz'],
  ['38', 'g'],
  ['42', 'V'],
  ['44', 'W'],
  ['46', 'h'],
  ['51', 'mAh'],
  ['65', '°C'],
])

/** The unit that a measure of Icecat's is in a family: by its sign, else by the sign that its number stands for. */
export function unitOfMeasure(
  measure: { id: string; sign: string },
  family: TargetUnitFamily,
  measures: ReadonlyMap<string, string>,
): string | undefined {
  const sign = measures.get(measure.id) ?? knownMeasures.get(measure.id)
  return unitOf(measure.sign, family) ?? (sign === undefined ? undefined : unitOf(sign, family))
}

/** The unit of a family that a sign stands for: by symbol, by code, then by what Icecat writes instead. Undefined when none or several. */
export function unitOf(sign: string, { units }: TargetUnitFamily): string | undefined {
  const all = Object.values(units)
  const bySymbol = (wanted: string) => all.filter(({ symbol }) => symbol === wanted)
  if (sign.trim() === '') return undefined
  const exact = otherMeaning.has(sign.trim()) ? [] : bySymbol(sign.trim())
  if (exact.length === 1) return exact[0]?.code
  const [code, symbol] = otherSigns[sign.trim()] ?? []
  const named =
    all.find((unit) => unit.code === code) ??
    all.find((unit) => foldCase(unit.code) === foldCase(sign.trim()))
  if (named !== undefined) return named.code
  if (symbol !== undefined) {
    const known = bySymbol(symbol)
    if (known.length === 1) return known[0]?.code
  }
  // `KG` for `kg`, unless that could be two: Mb and MB are.
  if (otherMeaning.has(sign.trim())) return undefined
  const folded = all.filter((unit) => foldCase(unit.symbol ?? '') === foldCase(sign.trim()))
  return folded.length === 1 ? folded[0]?.code : undefined
}
