import Big from 'big.js'
import type { Decimal } from '../../../contracts/hub.ts'
import { toDecimal } from '../../decimal.ts'
import { conversion, convert } from '../../mapping/steps/convert-unit.ts'
import { roundDecimal } from '../../mapping/steps/round-decimal.ts'
import type { Steps } from '../../mapping/rule.ts'
import type { TargetAttribute, TargetUnitFamily } from '../target.ts'
import { type CellProblem, type CellResult, problem, quoted } from './cell.ts'
import { itemsOf, type SourceValue } from './source.ts'
import { unitOfMeasure } from './units.ts'

/** A number without a unit; what the sheet's unit is does not matter. */
export function toNumber(
  source: SourceValue,
  steps: Steps,
  attribute: TargetAttribute,
  from: string,
): CellResult {
  const read = amountOf(source)
  if (typeof read !== 'string') return read
  const amount = fitted(read, steps, attribute)
  if (typeof amount !== 'string') return amount
  return { kind: 'value', data: written(amount, attribute), from, language: null }
}

/** An amount in the rule's unit, or in the sheet's own where the rule names none. */
export function toMeasure(
  source: SourceValue,
  steps: Steps,
  attribute: TargetAttribute,
  family: TargetUnitFamily,
  measures: ReadonlyMap<string, string>,
  from: string,
): CellResult {
  const read = amountOf(source)
  if (typeof read !== 'string') return read
  const measure = source.kind === 'feature' ? source.feature.measure : null
  const own = measure === null ? undefined : unitOfMeasure(measure, family, measures)
  if (own === undefined) {
    return measure === null || measure.sign === ''
      ? problem('no-unit', `${quoted(read)} comes without a unit, ${attribute.code} needs one`)
      : problem(
          'foreign-unit',
          `${quoted(measure.sign)} is no unit of ${attribute.metric_family ?? 'its family'}`,
        )
  }
  const unit = steps.unit ?? own
  const found = conversion(family, own, unit)
  if (found === undefined) return problem('foreign-unit', `${own} cannot be turned into ${unit}`)
  const converted = own === unit ? read : convert(read, found, steps.decimals?.places)
  const amount = fitted(converted, steps, attribute)
  if (typeof amount !== 'string') return amount
  return { kind: 'value', data: { amount: written(amount, attribute), unit }, from, language: null }
}

/** The international value: its decimal sign is a point in every language. */
function amountOf(source: SourceValue): Decimal | CellProblem {
  const text = source.kind === 'feature' ? source.feature.value : source.kind === 'text' ? source.text : ''
  const amount = toDecimal(text)
  if (amount !== undefined) return amount
  const items = itemsOf(text)
  return items.length > 1 && items.every((item) => toDecimal(item) !== undefined)
    ? problem('several-values', `${quoted(text)} are ${items.length} numbers, one is wanted`)
    : problem('not-a-number', `${quoted(text)} is no number`)
}

/** By the rule's decimals, then by the attribute's own rules. */
function fitted(amount: Decimal, { decimals }: Steps, attribute: TargetAttribute): Decimal | CellProblem {
  const rounded = decimals === null ? amount : roundDecimal(amount, decimals.places, decimals.rounding)
  if (rounded === null) {
    return problem(
      'decimals',
      `${amount} has more than ${String(decimals?.places)} decimals, and the rule refuses to round`,
    )
  }
  const { code, decimals_allowed, negative_allowed, number_min, number_max } = attribute
  if (decimals_allowed !== true && rounded.includes('.')) {
    return problem(
      'decimals',
      `${rounded} has decimals, ${code} takes whole numbers; decimals: 0 would round it`,
    )
  }
  if (negative_allowed !== true && rounded.startsWith('-')) {
    return problem('negative', `${rounded} is negative, ${code} takes none`)
  }
  const [least, most] = [toDecimal(number_min), toDecimal(number_max)]
  if (least !== undefined && new Big(rounded).lt(least))
    return problem('out-of-range', `${rounded} is below ${least} of ${code}`)
  if (most !== undefined && new Big(rounded).gt(most))
    return problem('out-of-range', `${rounded} is above ${most} of ${code}`)
  return rounded
}

/** Akeneo takes texts where decimals are allowed, numbers where not; what a float cannot hold stays text. */
const written = (amount: Decimal, { decimals_allowed }: TargetAttribute): string | number =>
  decimals_allowed !== true && Number.isSafeInteger(Number(amount)) ? Number(amount) : amount
