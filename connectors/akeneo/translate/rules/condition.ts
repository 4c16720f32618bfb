import type { Condition } from '../../../../domain/mapping/rule.ts'
import { foldCase } from '../../../../domain/text.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { readersOf, type Report } from './compile-source.ts'
import type { AddressReader } from './read-address.ts'
import { textOfCell } from './cell.ts'

export type Holds = (view: RecordView, locale: string) => boolean

export const always: Holds = () => true

/**
 * All of what a condition names. Null where Akeneo lacks an attribute of it: without that it would hold too often. A family that is
 * not there is told and holds for no record, so the lines of the others go on when one is deleted.
 */
export function compileCondition(
  condition: Condition | null,
  structure: Structure,
  report: Report,
): Holds | null {
  if (!condition) return always
  const { family } = condition
  const unknown = (family ?? []).filter((code) => !structure.families.has(code))
  for (const code of unknown) report('when', 'error', `family "${code}" is not in Akeneo`)
  const filled = readersOf(condition.filled, structure, report)
  const empty = readersOf(condition.empty, structure, report)
  const named = condition.filled.length + condition.empty.length
  if (filled.length + empty.length < named) return null
  for (const { attribute } of family ? filled : [])
    if (attribute && !family?.some((code) => hasAttribute(structure, code, attribute.code)))
      report('when', 'warning', `${attribute.code} is in none of these families, so it hardly ever holds`)
  const families = family && new Set(family.map(foldCase))
  return (view, locale) => {
    if (families && !(view.family && families.has(foldCase(view.family.code)))) return false
    return (
      filled.every((reader) => isFilled(reader, view, locale)) &&
      !empty.some((reader) => isFilled(reader, view, locale))
    )
  }
}

const hasAttribute = ({ families }: Structure, family: string, attribute: string): boolean =>
  families.get(family)?.attributes.some((code) => foldCase(code) === foldCase(attribute)) === true

function isFilled({ read }: AddressReader, view: RecordView, locale: string): boolean {
  const cell = read(view, locale)
  return cell !== null && textOfCell(cell)?.trim() !== ''
}
