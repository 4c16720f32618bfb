import type { Rule } from '../../../../domain/mapping/rule.ts'
import type { RecordView } from '../record-view.ts'
import { type CellType, textOfCell } from './cell.ts'
import { named, type Step } from './steps.ts'

/** What a target takes. `string` has no locale; `any` is an attribute of the hub, whose type the rule decides. */
export type TargetKind = 'text' | 'string' | 'number' | 'measure' | 'prices' | 'any'

const textual: ReadonlySet<CellType> = new Set(['text', 'identifier', 'date', 'number', 'unknown'])

/** Why a value of this type cannot be this target's, with the step that would help. */
export function unfitFor(target: TargetKind, type: CellType): string | null {
  switch (target) {
    case 'text':
      if (textual.has(type)) return null
      if (type === 'option') return "is an option's code, which is no text: add as: label, or map"
      return type === 'options' || type === 'list'
        ? `is ${named(type)}: add ${type === 'options' ? 'as: label and ' : ''}join`
        : `is ${named(type)}, and a text is needed`
    case 'string':
      return textual.has(type) || type === 'option' || type === 'entity'
        ? null
        : `is ${named(type)}, and one text is needed`
    case 'number':
    case 'measure':
    case 'prices':
      return type === target || type === 'unknown'
        ? null
        : `is ${named(type)}, and ${named(target)} is needed`
    case 'any':
      return type === 'list' ? 'is a list of texts: add join' : null
  }
}

/** Brings what passed the check into the form of the target; an expression shows its type only here. */
export function ending(target: TargetKind, rule: Rule): Step | null {
  if (target === 'any') return rule.source.kind === 'expr' ? notAList(rule) : null
  if (target === 'text' || target === 'string') {
    return (cell) => {
      if (cell.type === 'text') return cell
      const value = textOfCell(cell)
      return value === null ? null : { type: 'text', value }
    }
  }
  return (cell, view) => {
    if (cell.type === target) return cell
    unfitResult(rule, view, named(target))
    return null
  }
}

const notAList =
  (rule: Rule): Step =>
  (cell, view) => {
    if (cell.type !== 'list') return cell
    unfitResult(rule, view, 'one value')
    return null
  }

const unfitResult = (rule: Rule, { reading }: RecordView, needed: string) =>
  reading.findings.warn({
    code: 'expression-failed',
    field: rule.target,
    text: `its expression did not give ${needed}`,
    remedy: 'See the record with: pimflow mapping preview <id>',
  })
