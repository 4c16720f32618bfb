import { dateOf } from '../../date.ts'
import type { TargetAttribute } from '../target.ts'
import { type CellResult, problem, quoted } from './cell.ts'
import type { SourceValue } from './source.ts'

const textOf = (source: SourceValue): string =>
  source.kind === 'feature' ? source.feature.value.trim() : source.kind === 'text' ? source.text.trim() : ''

/** `Y` and `N` in every language; a feature that can be optional as well is neither. */
export function toBoolean(source: SourceValue, from: string): CellResult {
  const text = textOf(source)
  if (text === 'Y' || text === 'N') return { kind: 'value', data: text === 'Y', from, language: null }
  return problem('not-a-boolean', `${quoted(text)} is neither Y nor N`)
}

export function toDate(source: SourceValue, attribute: TargetAttribute, from: string): CellResult {
  const text = textOf(source)
  const day = dateOf(text)
  if (day === undefined) return problem('not-a-date', `${quoted(text)} is no day like 2025-02-14`)
  const [least, most] = [dateOf(attribute.date_min), dateOf(attribute.date_max)]
  if (least !== undefined && day < least)
    return problem('out-of-range', `${day} is before ${least} of ${attribute.code}`)
  if (most !== undefined && day > most)
    return problem('out-of-range', `${day} is after ${most} of ${attribute.code}`)
  return { kind: 'value', data: day, from, language: null }
}
