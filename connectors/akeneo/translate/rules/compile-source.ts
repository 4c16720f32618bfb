import type { Address } from '../../../../domain/mapping/address.ts'
import type { Rule } from '../../../../domain/mapping/rule.ts'
import type { TemplatePlace } from '../../../../domain/mapping/template.ts'
import { isBlank } from '../../../../domain/text.ts'
import type { AkeneoAttribute } from '../../schema.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { unitsOf } from '../units.ts'
import { type Cell, type CellType, textOfCell } from './cell.ts'
import { type CompiledExpression, compileExpression } from './expression.ts'
import { labelOf } from './labels-of.ts'
import { type AddressReader, compileAddress } from './read-address.ts'
import { hasLabels, named } from './steps.ts'

/** Notes what is wrong with a part of a rule, or with a line of the file. */
export type Report = (
  part: keyof Rule['lines'] | number,
  severity: 'error' | 'warning',
  message: string,
) => void

/** One kind of value that may come in: each address of a list has its own type and its own steps. */
export interface Branch {
  type: CellType
  byLocale: boolean
  attribute: AkeneoAttribute | undefined
}

export interface Source {
  branches: readonly Branch[]
  codes: string[]
  expression: CompiledExpression | null
  read: (view: RecordView, locale: string) => { cell: Cell; branch: number } | null
}

/** Null where nothing can be read. Of a list of addresses those are read that Akeneo has: one that was deleted is empty everywhere. */
export function compileSource(
  rule: Rule,
  takes: boolean,
  structure: Structure,
  report: Report,
): Source | null {
  const { source } = rule
  switch (source.kind) {
    case 'from': {
      const readers = readersOf(source.addresses, structure, report)
      return readers.length > 0 ? fromSource(readers, takes) : null
    }
    case 'const': {
      const found = { cell: source.constant, branch: 0 }
      const branch = { type: source.constant.type, byLocale: false, attribute: undefined }
      return { branches: [branch], codes: [], expression: null, read: () => found }
    }
    case 'template':
      return templateSource(rule, structure, report)
    case 'expr': {
      const expression = compileExpression(source.expression, structure)
      if (typeof expression === 'string') {
        report('source', 'error', expression)
        return null
      }
      return expressionSource(rule, expression)
    }
  }
}

export function readersOf(
  addresses: readonly Address[],
  structure: Structure,
  report: Report,
): AddressReader[] {
  return addresses.flatMap((address) => {
    const { reader, faults } = compileAddress(address, structure)
    for (const { severity, message } of faults) report(address.line, severity, message)
    return reader ? [reader] : []
  })
}

/** The first address that is not empty; blanks count only where nothing better comes. */
function fromSource(readers: readonly AddressReader[], takes: boolean): Source {
  return {
    branches: readers,
    codes: [...new Set(readers.flatMap(({ attribute }) => attribute?.code ?? []))],
    expression: null,
    read: (view, locale) => {
      let blanks: ReturnType<Source['read']> = null
      for (let branch = 0; branch < readers.length; branch++) {
        const cell = readNext(readers[branch], view, locale)
        if (takes && view.lastRead !== null) view.taken.add(view.lastRead)
        if (!cell) continue
        if (typeof cell.value !== 'string' || !isBlank(cell.value)) return { cell, branch }
        if (!blanks) blanks = { cell, branch }
      }
      return blanks
    },
  }
}

function readNext(reader: AddressReader | undefined, view: RecordView, locale: string): Cell | null {
  view.lastRead = null
  return reader?.read(view, locale) ?? null
}

/** Empty as soon as one of its places is: half a sentence is worse than none. */
function templateSource(rule: Rule, structure: Structure, report: Report): Source | null {
  if (rule.source.kind !== 'template') return null
  const pieces = rule.source.parts.map((part) => {
    if (typeof part === 'string') return part
    const [reader] = readersOf([part.address], structure, report)
    if (!reader) return null
    const unfit = unfitPlace(reader.type, part)
    if (unfit !== null) report('source', 'error', unfit)
    return unfit === null ? { reader, show: part.show } : null
  })
  const readable = pieces.filter((piece) => piece !== null)
  if (readable.length < pieces.length) return null
  const readers = readable.flatMap((piece) => (typeof piece === 'string' ? [] : [piece]))
  return {
    branches: [
      {
        type: 'text',
        byLocale: readers.some(({ reader, show }) => reader.byLocale || show === 'label'),
        attribute: undefined,
      },
    ],
    codes: [...new Set(readers.flatMap(({ reader }) => reader.attribute?.code ?? []))],
    expression: null,
    read: (view, locale) => {
      let text = ''
      for (const piece of readable) {
        if (typeof piece === 'string') {
          text += piece
          continue
        }
        const cell = piece.reader.read(view, locale)
        const shown = cell && shownText(cell, piece.show, piece.reader, view, locale)
        if (shown === null || isBlank(shown)) return null
        text += shown
      }
      return { cell: { type: 'text', value: text }, branch: 0 }
    },
  }
}

function unfitPlace(type: CellType, { address, show }: TemplatePlace): string | null {
  if (type === 'prices' || type === 'table' || type === 'file' || type === 'link')
    return `{${address.text}}: ${named(type)} is no text`
  const fits = show === 'plain' || (show === 'label' ? hasLabels(type) : type === 'measure')
  return fits ? null : `{${address.text}|${show}}: ${named(type)} has no ${show}`
}

function shownText(
  cell: Cell,
  show: 'plain' | 'label' | 'amount' | 'unit',
  { attribute }: AddressReader,
  view: RecordView,
  locale: string,
): string | null {
  if (cell.type === 'measure') {
    const { amount, unit } = cell.value
    if (show === 'amount') return amount
    const family = attribute && unitsOf(attribute, view.reading)
    const symbol = family?.units[unit]?.symbol ?? unit
    return show === 'unit' ? symbol : `${amount} ${symbol}`
  }
  if (show === 'label' && attribute) {
    if (cell.type === 'option' || cell.type === 'entity') return labelOf(view, attribute, cell.value, locale)
    if (cell.type === 'options' || cell.type === 'entities' || cell.type === 'assets') {
      return cell.value.map((code) => labelOf(view, attribute, code, locale)).join(', ')
    }
  }
  return textOfCell(cell)
}

/** Its results were awaited before the translation began: that alone keeps everything else synchronous. */
function expressionSource(rule: Rule, expression: CompiledExpression): Source {
  return {
    branches: [{ type: 'unknown', byLocale: expression.byLocale, attribute: undefined }],
    codes: expression.codes,
    expression,
    read: (view, locale) => {
      if (!view.expressions) {
        throw new Error('This output has expressions: evaluate them first, with evaluateExpressions().')
      }
      const result = view.expressions.get(rule.target)?.get(locale) ?? null
      if (result === null) return null
      if (!('failed' in result)) return { cell: result, branch: 0 }
      view.reading.findings.warn({
        code: 'expression-failed',
        field: rule.target,
        text: `its expression failed: ${result.failed}`,
        remedy: 'See the record with: pimflow mapping preview <id>',
      })
      return null
    },
  }
}
