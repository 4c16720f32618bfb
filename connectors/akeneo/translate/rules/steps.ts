import { gtinFault } from '../../../../domain/gtin.ts'
import type { Constant, Rule, StepName } from '../../../../domain/mapping/rule.ts'
import { cleanHtml, stripHtml } from '../../../../domain/mapping/steps/clean-html.ts'
import { type Conversion, conversion, convert } from '../../../../domain/mapping/steps/convert-unit.ts'
import { cutText } from '../../../../domain/mapping/steps/cut-text.ts'
import { joinItems } from '../../../../domain/mapping/steps/join-items.ts'
import { roundDecimal } from '../../../../domain/mapping/steps/round-decimal.ts'
import { foldCase } from '../../../../domain/text.ts'
import type { AkeneoAttribute } from '../../schema.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { type Cell, type CellType, textOfCell } from './cell.ts'
import { labelOf } from './labels-of.ts'

/** What one step makes of a value; null when nothing is left, and why is among the record's findings. */
export type Step = (cell: Cell, view: RecordView, locale: string) => Cell | null

export interface CompiledStep {
  name: StepName
  /** What comes out, or a sentence when the step cannot work on what goes in. */
  type: CellType | { unfit: string }
  /** True when it says something else in each locale. */
  byLocale: boolean
  run: Step
}

const texts: ReadonlySet<CellType> = new Set(['text', 'identifier', 'date', 'unknown'])
const codes: ReadonlySet<CellType> = new Set(['option', 'entity'])
const codeLists: ReadonlySet<CellType> = new Set(['options', 'entities', 'assets'])
const lists: ReadonlySet<CellType> = new Set([...codeLists, 'list', 'unknown'])

/** What has a name of its own: options, records and assets. */
export const hasLabels = (type: CellType): boolean => codes.has(type) || codeLists.has(type)

const isList = (cell: Cell): cell is Extract<Cell, { value: string[] }> => lists.has(cell.type)

/** The steps of a rule in their order, for a source of this type. */
export function compileSteps(
  rule: Rule,
  source: { type: CellType; attribute: AkeneoAttribute | undefined },
  structure: Structure,
): CompiledStep[] {
  const { map, as, unit, decimals, html, join, max } = rule.steps
  const made: CompiledStep[] = []
  let type = source.type
  const add = (step: CompiledStep) => {
    made.push(step)
    if (typeof step.type === 'string') type = step.type
  }
  if (map) add(mapStep(map, type, rule))
  if (as === 'label') add(labelStep(type, source.attribute))
  if (as === 'gtin') add(gtinStep(type))
  if (unit !== null) add(unitStep(unit, type, source.attribute, structure, decimals?.places))
  if (decimals) add(decimalsStep(decimals, type, rule))
  if (html !== null) add(htmlStep(html, type))
  if (join !== null) add(joinStep(join, type))
  if (max) add(maxStep(max, type, rule))
  return made
}

function mapStep(map: ReadonlyMap<string, Constant>, type: CellType, rule: Rule): CompiledStep {
  const fits =
    texts.has(type) || codes.has(type) || lists.has(type) || type === 'number' || type === 'boolean'
  const results = new Set([...map.values()].map((constant) => constant.type))
  const one: CellType = results.size === 1 ? ([...results][0] ?? 'text') : 'text'
  return {
    name: 'map',
    type: fits
      ? lists.has(type) && type !== 'unknown'
        ? 'list'
        : one
      : { unfit: `${named(type)} has no codes to map` },
    byLocale: false,
    run: (cell, view) => {
      if (isList(cell)) {
        const found = cell.value.flatMap((item) => map.get(foldCase(item))?.value ?? [])
        return found.length === 0 ? null : { type: 'list', value: found.map(String) }
      }
      const text = textOfCell(cell)
      const found = text === null ? undefined : map.get(foldCase(text))
      if (found) return one === 'text' ? { type: 'text', value: String(found.value) } : found
      if (rule.default === null) {
        view.reading.findings.warn({
          code: 'map-unknown',
          field: rule.target,
          text: `"${text ?? ''}" is not among what ${rule.target} maps`,
          remedy: 'Add it to the mapping file, or give the rule a default',
        })
      }
      return null
    },
  }
}

function labelStep(type: CellType, attribute: AkeneoAttribute | undefined): CompiledStep {
  const several = codeLists.has(type)
  const fits = attribute !== undefined && hasLabels(type)
  return {
    name: 'as',
    type: fits
      ? several
        ? 'list'
        : 'text'
      : { unfit: `${named(type)} has no labels; options, records and assets have` },
    byLocale: true,
    run: (cell, view, locale) => {
      if (!attribute) return null
      if (cell.type === 'option' || cell.type === 'entity') {
        return { type: 'text', value: labelOf(view, attribute, cell.value, locale) }
      }
      if (cell.type !== 'options' && cell.type !== 'entities' && cell.type !== 'assets') return null
      return { type: 'list', value: cell.value.map((code) => labelOf(view, attribute, code, locale)) }
    },
  }
}

/** A wrong one is reported and left out, and the product goes on: a till that scans it would find nothing. */
function gtinStep(type: CellType): CompiledStep {
  const fits = type === 'text' || type === 'identifier' || type === 'number' || type === 'unknown'
  return {
    name: 'as',
    type: fits ? 'text' : { unfit: `${named(type)} cannot be a GTIN` },
    byLocale: false,
    run: (cell, view) => {
      const text = textOfCell(cell)?.trim() ?? ''
      if (text === '') return null
      const fault = gtinFault(text)
      if (fault === null) return { type: 'text', value: text }
      view.reading.findings.warn({
        code: 'gtin-check-digit',
        field: view.lastRead,
        text: `${fault}, so it is no barcode`,
        remedy: 'Correct it in Akeneo',
      })
      return null
    },
  }
}

function unitStep(
  unit: string,
  type: CellType,
  attribute: AkeneoAttribute | undefined,
  structure: Structure,
  places: number | undefined,
): CompiledStep {
  const family = structure.measurementFamilies.get(attribute?.metric_family ?? '')
  const conversions = new Map<string, Conversion | undefined>()
  const unfit =
    type !== 'measure'
      ? `${named(type)} has no unit`
      : family && !Object.hasOwn(family.units, unit)
        ? `unit ${unit} is not in ${family.code}, which has ${Object.keys(family.units).join(', ')}`
        : null
  return {
    name: 'unit',
    type: unfit === null ? 'measure' : { unfit },
    byLocale: false,
    run: (cell, { reading: { findings } }) => {
      if (cell.type !== 'measure') return null
      const { amount, unit: from } = cell.value
      if (from === unit) return cell
      if (!conversions.has(from)) conversions.set(from, family && conversion(family, from, unit))
      const found = conversions.get(from)
      if (found) return { type: 'measure', value: { amount: convert(amount, found, places), unit } }
      // Unlike a wrong barcode, a wrong weight is trusted by whoever ships it.
      findings.refuse({
        code: 'unit-unknown',
        field: attribute?.code ?? null,
        text: family ? `unit "${from}" is not in ${family.code}` : `unit "${from}" has no known family`,
        remedy: 'Fix it in Akeneo, then: pimflow rejections retry',
      })
      return null
    },
  }
}

function decimalsStep(
  { places, rounding }: NonNullable<Rule['steps']['decimals']>,
  type: CellType,
  rule: Rule,
): CompiledStep {
  const fits = type === 'number' || type === 'measure' || type === 'prices' || type === 'unknown'
  return {
    name: 'decimals',
    type: fits ? type : { unfit: `${named(type)} has no decimals` },
    byLocale: false,
    run: (cell, view) => {
      const refused = () => {
        view.reading.findings.warn({
          code: 'decimals-refused',
          field: rule.target,
          text: `${textOfCell(cell) ?? rule.target} has more than ${places} decimals, and the mapping refuses to round`,
          remedy: 'Correct it in Akeneo, or choose another rounding',
        })
        return null
      }
      if (cell.type === 'number') {
        const value = roundDecimal(cell.value, places, rounding)
        return value === null ? refused() : { type: 'number', value }
      }
      if (cell.type === 'measure') {
        const amount = roundDecimal(cell.value.amount, places, rounding)
        return amount === null ? refused() : { type: 'measure', value: { amount, unit: cell.value.unit } }
      }
      if (cell.type !== 'prices') return cell
      const rounded = Object.entries(cell.value).map(
        ([currency, amount]) => [currency, roundDecimal(amount, places, rounding)] as const,
      )
      const kept = rounded.flatMap(([currency, amount]) =>
        amount === null ? [] : [[currency, amount] as const],
      )
      return kept.length < rounded.length ? refused() : { type: 'prices', value: Object.fromEntries(kept) }
    },
  }
}

function htmlStep(how: 'clean' | 'strip' | 'keep', type: CellType): CompiledStep {
  return {
    name: 'html',
    type: texts.has(type) ? type : { unfit: `${named(type)} is no text` },
    byLocale: false,
    run: (cell) => {
      if (cell.type !== 'text' || how === 'keep') return cell
      const value = how === 'clean' ? cleanHtml(cell.value) : stripHtml(cell.value)
      return value === '' ? null : { type: 'text', value }
    },
  }
}

function joinStep(separator: string, type: CellType): CompiledStep {
  return {
    name: 'join',
    type: lists.has(type) ? 'text' : { unfit: `${named(type)} is one value; there is nothing to join` },
    byLocale: false,
    run: (cell) => (isList(cell) ? { type: 'text', value: joinItems(cell.value, separator) } : cell),
  }
}

function maxStep(
  { length, cut }: NonNullable<Rule['steps']['max']>,
  type: CellType,
  rule: Rule,
): CompiledStep {
  return {
    name: 'max',
    type: texts.has(type) ? type : { unfit: `${named(type)} is no text that could be cut` },
    byLocale: false,
    run: (cell, view) => {
      if (cell.type !== 'text') return cell
      const value = cutText(cell.value, length, cut)
      if (value !== null) return value === '' ? null : { type: 'text', value }
      view.reading.findings.warn({
        code: 'text-too-long',
        field: rule.target,
        text: `has ${cell.value.length} letters, ${rule.target} takes ${length}`,
        remedy: 'Shorten it in Akeneo, or let the rule cut it',
      })
      return null
    },
  }
}

const names: Record<CellType, string> = {
  text: 'a text',
  identifier: 'an identifier',
  date: 'a date',
  option: "an option's code",
  options: 'a list of options',
  entity: "a record's code",
  entities: 'a list of records',
  assets: 'a list of assets',
  list: 'a list of texts',
  file: 'a file',
  number: 'a number',
  measure: 'a measure',
  boolean: 'a yes or no',
  prices: 'a list of prices',
  table: 'a table',
  link: 'a link',
  unknown: 'the result of an expression',
}
export const named = (type: CellType): string => names[type]
