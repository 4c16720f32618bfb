import type { MappingProblem } from '../../../../domain/mapping/problem.ts'
import type { Constant, Rule } from '../../../../domain/mapping/rule.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import type { Cell, CellType } from './cell.ts'
import { type Branch, compileSource, type Report } from './compile-source.ts'
import { compileCondition, type Holds } from './condition.ts'
import type { CompiledExpression } from './expression.ts'
import { compileSteps, named, type Step } from './steps.ts'
import { ending, type TargetKind, unfitFor } from './target-kind.ts'

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
  const report = reporter(rule, problems)
  const source = compileSource(rule, takes, structure, report)
  const holds = compileCondition(rule.when, structure, report)
  if (!source || !holds) return null
  // What its source or condition names and Akeneo lacks is told by now; each works without it, or is null.
  const before = errorCount(problems)
  const branches = source.branches.map((branch) => compileBranch(rule, branch, target, structure, report))
  if (target === 'any') checkOneType(branches, rule, report)
  checkDefault(rule, target, report)
  const byLocale = branches.some((branch) => branch.byLocale)
  if (byLocale && target !== 'text' && target !== 'any') {
    report('source', 'error', 'differs by locale, and this has one value: name a locale, such as code.en_US')
  }
  if (errorCount(problems) > before) return null

  const standIn = standInOf(rule.default, branches[0]?.type)
  const evaluate: CompiledRule['evaluate'] = (view, locale) => {
    const found = source.read(view, locale)
    if (!found) return standIn
    let { cell } = found
    for (const step of branches[found.branch]?.steps ?? []) {
      const next = step(cell, view, locale)
      if (next === null) return standIn
      cell = next
    }
    return cell
  }
  return {
    rule,
    byLocale,
    codes: source.codes,
    holds,
    expression: source.expression,
    evaluate: (view, locale) => view.reading.findings.underRule(rule, () => evaluate(view, locale)),
  }
}

const errorCount = (problems: readonly MappingProblem[]) =>
  problems.filter(({ severity }) => severity === 'error').length

export const reporter =
  (rule: Pick<Rule, 'target' | 'line' | 'lines'>, problems: MappingProblem[]): Report =>
  (part, severity, message) => {
    const line = typeof part === 'number' ? part : (rule.lines[part] ?? rule.line)
    const path = typeof part === 'number' || part === 'source' ? rule.target : `${rule.target}.${part}`
    problems.push({ severity, line, path, message })
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
