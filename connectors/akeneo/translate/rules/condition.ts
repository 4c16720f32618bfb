import type { Condition } from '../../../../domain/mapping/rule.ts'
import { foldCase } from '../../../../domain/text.ts'
import type { RecordView } from '../record-view.ts'
import type { AddressReader } from './read-address.ts'
import { textOfCell } from './cell.ts'

export type Holds = (view: RecordView, locale: string) => boolean

export const always: Holds = () => true

/** All of what a condition names; `readers` are those of its addresses. */
export function compileCondition(
  condition: Condition | null,
  readers: { filled: AddressReader[]; empty: AddressReader[] },
): Holds {
  if (!condition) return always
  const families = condition.family && new Set(condition.family.map(foldCase))
  return (view, locale) => {
    if (families && !(view.family && families.has(foldCase(view.family.code)))) return false
    return (
      readers.filled.every((reader) => isFilled(reader, view, locale)) &&
      !readers.empty.some((reader) => isFilled(reader, view, locale))
    )
  }
}

function isFilled({ read }: AddressReader, view: RecordView, locale: string): boolean {
  const cell = read(view, locale)
  return cell !== null && textOfCell(cell)?.trim() !== ''
}
