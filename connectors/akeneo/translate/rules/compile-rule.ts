import type { MappingProblem } from '../../../../domain/mapping/problem.ts'
import type { Address } from '../../../../domain/mapping/address.ts'
import type { Constant, Rule } from '../../../../domain/mapping/rule.ts'
import { isBlank } from '../../../../domain/text.ts'
import type { AkeneoAttribute } from '../../schema.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { type Cell, type CellType, textOfCell } from './cell.ts'
import { always, compileCondition, type Holds } from './condition.ts'
import { type CompiledExpression, compileExpression } from './expression.ts'
import { labelOf } from './labels-of.ts'
import { type AddressReader, compileAddress } from './read-address.ts'
import { compileSteps, named, type Step } from './steps.ts'

/** What a target takes. `string` has no locale; `any` is an attribute of the hub, whose type the rule decides. */
export type TargetKind = 'text' | 'string' | 'number' | 'measure' | 'prices' | 'any'

export interface CompiledRule {
  rule: Rule
  /** Has a result for each locale. */
  byLocale: boolean
  /** Attributes that it reads as its source. */
  codes: readonly string[]
  holds: Holds
  expression: CompiledExpression | null
  /** The value in one locale; null where there is none. Says nothing about `required`. */
  evaluate: (view: RecordView, locale: string) => Cell | null
}

export interface RuleOptions {
  target: TargetKind
  /** What it reads becomes a field of its own and does not stand among the attributes again. */
  takes: boolean
}

/** A rule that does not fit the catalogue gives null and says why, with its lines; the others work on. */
export function compileRule(
  rule: Rule,
  { target, takes }: RuleOptions,
  structure: Structure,
  problems: MappingProblem[],
): CompiledRule | null {
  const before = errorCount(problems)
  const report = reporter(rule, problems)
  const source = compileSource(rule, takes, structure, report)
  const holds = compileWhen(rule, structure, report)
  if (!source) return null
  const branches = source.branches.map((branch) => compileBranch(rule, branch, target, structure, report))
  if (target === 'any') checkOneType(branches, rule, report)
  checkDefault(rule, target, report)
  const byLocale = branches.some((branch) => branch.byLocale)
  if (byLocale && target !== 'text' && target !== 'any') {
    report('source', 'error', 'differs by locale, and this has one value: name a locale, such as code.en_US')
  }
  if (errorCount(problems) > before) return null

  const standIn = standInOf(rule.default, branches[0]?.type)
  return {
    rule,
    byLocale,
    codes: source.codes,
    holds,
    expression: source.expression,
    evaluate: (view, locale) => {
      const found = source.read(view, locale)
      if (!found) return standIn
      let { cell } = found
      for (const step of branches[found.branch]?.steps ?? []) {
        const next = step(cell, view, locale)
        if (next === null) return standIn
        cell = next
      }
      return cell
    },
  }
}

const errorCount = (problems: readonly MappingProblem[]) =>
  problems.filter(({ severity }) => severity === 'error').length

type Report = (part: keyof Rule['lines'] | number, severity: 'error' | 'warning', message: string) => void

const reporter =
  (rule: Rule, problems: MappingProblem[]): Report =>
  (part, severity, message) => {
    const line = typeof part === 'number' ? part : (rule.lines[part] ?? rule.line)
    const path = typeof part === 'number' || part === 'source' ? rule.target : `${rule.target}.${part}`
    problems.push({ severity, line, path, message })
  }

/** One kind of value that may come in: each address of a list has its own type and its own steps. */
interface Branch {
  type: CellType
  byLocale: boolean
  attribute: AkeneoAttribute | undefined
}

interface Source {
  branches: readonly Branch[]
  codes: string[]
  expression: CompiledExpression | null
  read: (view: RecordView, locale: string) => { cell: Cell; branch: number } | null
}

function compileSource(rule: Rule, takes: boolean, structure: Structure, report: Report): Source | null {
  const { source } = rule
  switch (source.kind) {
    case 'from':
      return fromSource(readersOf(source.addresses, structure, report), takes)
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

function readersOf(addresses: readonly Address[], structure: Structure, report: Report): AddressReader[] {
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
    const fits =
      part.show === 'plain' ||
      (part.show === 'label'
        ? reader.type === 'option' || reader.type === 'options'
        : reader.type === 'measure')
    if (!fits)
      report(
        'source',
        'error',
        `{${part.address.text}|${part.show}}: ${named(reader.type)} has no ${part.show}`,
      )
    if (
      reader.type === 'prices' ||
      reader.type === 'table' ||
      reader.type === 'file' ||
      reader.type === 'link'
    ) {
      report('source', 'error', `{${part.address.text}}: ${named(reader.type)} is no text`)
    }
    return { reader, show: part.show }
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
    const family = view.reading.structure.measurementFamilies.get(attribute?.metric_family ?? '')
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

function compileWhen(rule: Rule, structure: Structure, report: Report): Holds {
  const { when } = rule
  if (!when) return always
  for (const code of when.family ?? []) {
    if (!structure.families.has(code)) report('when', 'error', `family "${code}" is not in Akeneo`)
  }
  return compileCondition(when, {
    filled: readersOf(when.filled, structure, report),
    empty: readersOf(when.empty, structure, report),
  })
}

interface CompiledBranch {
  steps: Step[]
  type: CellType
  byLocale: boolean
}

function compileBranch(
  rule: Rule,
  branch: Branch,
  target: TargetKind,
  structure: Structure,
  report: Report,
): CompiledBranch {
  const steps = compileSteps(rule, branch, structure)
  let { type, byLocale } = branch
  for (const step of steps) {
    if (typeof step.type === 'object') {
      report(step.name, 'error', `does not fit: ${step.type.unfit}`)
      return { steps: [], type: 'unknown', byLocale }
    }
    type = step.type
    byLocale ||= step.byLocale
  }
  const unfit = unfitFor(target, type)
  if (unfit !== null) report('source', 'error', unfit)
  const end = ending(target, rule)
  return { steps: [...steps.map(({ run }) => run), ...(end ? [end] : [])], type, byLocale }
}

const textual: ReadonlySet<CellType> = new Set(['text', 'identifier', 'date', 'number', 'unknown'])

/** Why a value of this type cannot be this target's, with the step that would help. */
function unfitFor(target: TargetKind, type: CellType): string | null {
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
function ending(target: TargetKind, rule: Rule): Step | null {
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

/** A field that is a number in one product and a text in the next can be used by nobody. */
function checkOneType(branches: readonly CompiledBranch[], rule: Rule, report: Report): void {
  const types = [...new Set(branches.map(({ type }) => type).filter((type) => type !== 'unknown'))]
  if (types.length > 1) {
    report('source', 'error', `would be ${types.map(named).join(' in one product and ')} in another`)
  }
  const [type] = types
  const fits = type === 'text' ? 'text' : type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : null
  if (rule.default && type !== undefined && rule.default.type !== fits && type !== 'option') {
    report('default', 'error', `does not fit: the rule gives ${named(type)}`)
  }
}

function checkDefault(rule: Rule, target: TargetKind, report: Report): void {
  if (!rule.default) return
  const { type } = rule.default
  const fits = target === 'any' || (target === 'number' ? type === 'number' : type === 'text')
  if (!fits || target === 'prices' || target === 'measure') {
    report(
      'default',
      'error',
      `does not fit: ${target === 'text' || target === 'string' ? 'a text' : named(target)} is needed`,
    )
  }
}

/** A default of an option is a code of it; else a product without the option would have a text where others have a code. */
function standInOf(constant: Constant | null, type: CellType | undefined): Cell | null {
  if (constant?.type !== 'text') return constant
  const same = type === 'option' || type === 'entity' || type === 'identifier' || type === 'date'
  return same ? { type, value: constant.value } : constant
}
