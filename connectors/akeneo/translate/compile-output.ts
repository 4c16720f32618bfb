import type { HubMapping, PriceRules, UnitRule } from '../../../domain/mapping/document.ts'
import { inFileOrder, type MappingProblem } from '../../../domain/mapping/problem.ts'
import { noSteps, type Rule } from '../../../domain/mapping/rule.ts'
import { foldCase } from '../../../domain/text.ts'
import { checkSettings } from './check-settings.ts'
import type { CompiledPrices, CompiledUnit, OutputRules, OutputSettings } from './output.ts'
import { type CompiledRule, compileRule, reporter, type RuleOptions } from './rules/compile-rule.ts'
import { readersOf } from './rules/compile-source.ts'
import type { TargetKind } from './rules/target-kind.ts'
import type { CellType } from './rules/cell.ts'
import { compileCondition } from './rules/condition.ts'
import type { Condition } from '../../../domain/mapping/rule.ts'
import type { Structure } from './structure.ts'

/**
 * A mapping made ready for one structure: rules become plain functions, once. Never throws for what a file may say: a rule that does
 * not fit is left out and stands among `problems`, so an attribute that was deleted stops one field and not the run.
 */
export function compileOutput(mapping: HubMapping, structure: Structure): OutputSettings {
  const problems: MappingProblem[] = []
  checkSettings(mapping, structure, problems)
  const channel = structure.channels.find(({ code }) => foldCase(code) === foldCase(mapping.channel.text))
  const chains = new Map(
    mapping.locales
      ? mapping.locales.map(({ locale, fallbacks }) => [
          locale.text,
          [locale.text, ...fallbacks.map(({ text }) => text)],
        ])
      : (channel?.locales ?? []).map((locale) => [locale, [locale]]),
  )
  return {
    name: mapping.output,
    channel: channel?.code ?? mapping.channel.text,
    locales: [...chains.keys()],
    currencies: mapping.currencies?.map(({ text }) => text) ?? channel?.currencies ?? [],
    chains,
    mapping: `${mapping.name}@${mapping.version}`,
    rules: compileRules(mapping, structure, problems),
    structure,
    remake: (fresh) => compileOutput(mapping, fresh),
    problems: inFileOrder(problems),
  }
}

function compileRules(mapping: HubMapping, structure: Structure, problems: MappingProblem[]): OutputRules {
  const all: CompiledRule[] = []
  const compile = (rule: Rule | null, target: TargetKind, options: Partial<RuleOptions> = {}) => {
    const made = rule && compileRule(rule, { takes: true, ...options, target }, structure, problems)
    if (made) all.push(made)
    return made
  }
  const prices = (rules: PriceRules): CompiledPrices => ({
    list: compile(rules.list, 'prices'),
    msrp: compile(rules.msrp, 'prices'),
    sale: compile(rules.sale, 'prices'),
  })
  const { product, attributes } = mapping
  const made = {
    document: mapping,
    sku: compile(product.sku ?? builtIn('product.sku', 'identifier'), 'string'),
    name: compile(product.name ?? builtIn('product.name', 'label'), 'text'),
    description: compile(product.description, 'text'),
    brand: compile(product.brand, 'text'),
    // Taken only when it is a GTIN: a refused one stays among the attributes, where somebody finds it.
    barcode: compile(asGtin(product.barcode), 'string', { takes: false }),
    type: compile(checkedType(product.type, problems), 'string'),
    taxClass: compile(product.taxClass, 'string'),
    alternateIds: product.alternateIds.flatMap(({ type, rule }) => {
      const compiled = compile(rule, 'string')
      return compiled ? [{ type, rule: compiled }] : []
    }),
    prices: prices(product.prices),
    includes: inclusion(attributes),
    named: attributes.named.flatMap(({ code, rule }) => {
      const compiled = compile(rule, 'any', { takes: false })
      return compiled ? [{ code: structure.attributes.get(code)?.code ?? code, rule: compiled }] : []
    }),
    media: mapping.media.flatMap(({ role, addresses, when, line }, index) => {
      const report = reporterAt(`media[${index}]`, line, when, problems)
      const readers = readersOf(addresses, structure, report)
      for (const { type, address } of readers) {
        if (showsFiles(type)) continue
        const message = `${address.text} is neither an image, nor a file, nor an asset collection`
        report(address.line, 'error', message)
      }
      const holds = compileCondition(when, structure, report)
      return holds ? [{ role, readers: readers.filter(({ type }) => showsFiles(type)), holds }] : []
    }),
    units: mapping.units.flatMap(compileUnit),
    levels: mapping.inventory.levels.flatMap(({ location, unit, quantity }) => {
      const compiled = compile(quantity, 'number')
      return compiled ? [{ location, unit: unit.text, rule: compiled }] : []
    }),
    related:
      mapping.related === 'all'
        ? null
        : new Map(mapping.related.map(({ association, type }) => [foldCase(association), type])),
  }
  const allPrices = [made.prices, ...made.units.map((unit) => unit.prices)]
  return {
    ...made,
    priceCodes: new Set(
      allPrices.flatMap(({ list, msrp, sale }) => [list, msrp, sale].flatMap((rule) => rule?.codes ?? [])),
    ),
    expressions: all.filter(({ expression }) => expression !== null),
  }

  /** All parts are looked at before a fault of one leaves the unit out, so that all faults are told. */
  function compileUnit(unit: UnitRule, index: number): CompiledUnit[] {
    const conversion = compile(unit.conversion, 'number')
    const parts = {
      barcode: compile(asGtin(unit.barcode), 'string', { takes: false }),
      prices: prices(unit.prices),
      weight: compile(unit.weight, 'measure'),
    }
    const report = reporterAt(`units[${index}]`, unit.line, unit.when, problems)
    const holds = compileCondition(unit.when, structure, report)
    return conversion && holds ? [{ code: unit.code, base: unit.base, conversion, ...parts, holds }] : []
  }
}

/** What stands for a field that the file leaves out and no record can be without. */
const builtIn = (target: string, base: 'identifier' | 'label'): Rule => ({
  target,
  line: 1,
  text: `$${base}`,
  source: { kind: 'from', addresses: [{ base, text: `$${base}`, line: 1 }] },
  when: null,
  steps: noSteps,
  default: null,
  required: false,
  lines: {},
})

/** A barcode is checked whether the file asks for it or not. */
const asGtin = (rule: Rule | null): Rule | null => rule && { ...rule, steps: { ...rule.steps, as: 'gtin' } }

const productTypes = ['physical', 'virtual']

/** What a rule can say is known beforehand only where it says it itself: `const`, what it maps to, its default. */
function checkedType(rule: Rule | null, problems: MappingProblem[]): Rule | null {
  if (!rule) return null
  const said = [
    ...(rule.source.kind === 'const' ? [rule.source.constant.value] : []),
    ...[...(rule.steps.map?.values() ?? [])].map(({ value }) => value),
    ...(rule.default ? [rule.default.value] : []),
  ]
  const wrong = said.find((value) => !productTypes.includes(String(value)))
  const open = rule.source.kind !== 'const' && rule.source.kind !== 'expr' && !rule.steps.map
  if (wrong === undefined && !open) return rule
  problems.push({
    severity: 'error',
    line: rule.line,
    path: rule.target,
    message: open ? 'needs map: to physical or virtual' : `must be physical or virtual, not ${String(wrong)}`,
  })
  return null
}

function inclusion({ include, except }: HubMapping['attributes']): OutputRules['includes'] {
  const left = new Set(except.map(({ text }) => foldCase(text)))
  if (include === 'none') return () => false
  if (include === 'all') return left.size === 0 ? () => true : (code) => !left.has(foldCase(code))
  const wanted = new Set(include.map(({ text }) => foldCase(text)))
  return (code) => wanted.has(foldCase(code)) && !left.has(foldCase(code))
}

const reporterAt = (target: string, line: number, when: Condition | null, problems: MappingProblem[]) =>
  reporter({ target, line, lines: when ? { when: when.line } : {} }, problems)

/** Images and files, and the main media of assets. */
const showsFiles = (type: CellType) => type === 'file' || type === 'assets'
