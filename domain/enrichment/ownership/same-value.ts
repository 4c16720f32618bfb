import Big from 'big.js'
import { canonicalJson } from '../../canonical.ts'
import { dateOf } from '../../date.ts'
import { toDecimal } from '../../decimal.ts'
import { conversion, convert } from '../../mapping/steps/convert-unit.ts'
import { foldCase } from '../../text.ts'
import type { TargetAttribute, TargetUnitFamily } from '../target.ts'
import { canonicalHtml } from './canonical-html.ts'

/** What decides how two values of an attribute are compared. */
export type ComparedAttribute = Pick<TargetAttribute, 'type' | 'wysiwyg_enabled' | 'metric_family'>

/** Nothing to see: Akeneo shows no value, an empty text, an empty list, an amount of nothing. */
export function isEmptyValue(data: unknown): boolean {
  if (data === null || data === undefined || data === '') return true
  if (Array.isArray(data)) return data.every((item) => isPriceLike(item) && item.amount === null)
  return isObject(data) && 'amount' in data && (data['amount'] === null || data['amount'] === '')
}

/**
 * Whether two values mean the same, whatever way they are written: 2.5 kg is 2500 g, `"800.0000"` is 800, options are sets,
 * prices go by currency, HTML by what it shows. An equivalence: what is the same as a third is the same.
 */
export function sameValue(
  attribute: ComparedAttribute,
  a: unknown,
  b: unknown,
  families: ReadonlyMap<string, TargetUnitFamily>,
): boolean {
  // Nearly all values that are compared were written by us, and stand as they were written.
  if (isWrittenAlike(a, b)) return true
  return meaningOf(attribute, a, families) === meaningOf(attribute, b, families)
}

/** The same text, or a measure of the same texts; false says nothing about what they mean. */
function isWrittenAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true
  return isMeasureLike(a) && isMeasureLike(b) && a.amount === b.amount && a.unit === b.unit
}

/** A text that is the same for values that mean the same. */
export function meaningOf(
  { type, wysiwyg_enabled, metric_family }: ComparedAttribute,
  data: unknown,
  families: ReadonlyMap<string, TargetUnitFamily>,
): string {
  if (isEmptyValue(data)) return ''
  switch (type) {
    case 'pim_catalog_number':
      return `number ${toDecimal(data) ?? written(data)}`
    case 'pim_catalog_metric':
      return measureMeaning(data, families.get(metric_family ?? ''))
    case 'pim_catalog_boolean':
      return `flag ${String(data === true || data === 1 || data === '1' || data === 'true')}`
    case 'pim_catalog_date':
      return `day ${dateOf(data) ?? written(data)}`
    case 'pim_catalog_simpleselect':
      return `options ${foldCase(written(data))}`
    case 'pim_catalog_multiselect':
      return `options ${[...new Set((Array.isArray(data) ? data : [data]).map((code) => foldCase(written(code))))].sort().join(' ')}`
    case 'pim_catalog_price_collection':
      return `prices ${pricesMeaning(data)}`
    case 'pim_catalog_textarea':
      return `text ${wysiwyg_enabled === true ? canonicalHtml(written(data)) : lineBreaks(written(data))}`
    default:
      return `text ${written(data)}`
  }
}

const isObject = (data: unknown): data is Record<string, unknown> =>
  typeof data === 'object' && data !== null && !Array.isArray(data)

const isMeasureLike = (data: unknown): data is { amount: unknown; unit: unknown } =>
  isObject(data) && 'amount' in data && 'unit' in data

const isPriceLike = (item: unknown): item is { amount: unknown; currency: unknown } =>
  isObject(item) && 'amount' in item && 'currency' in item

/** What is no text, and should have been, as JSON: it is only compared. */
const written = (data: unknown): string => (typeof data === 'string' ? data : canonicalJson(data))

const lineBreaks = (text: string): string => text.replace(/\r\n?/g, '\n')

/** In the family's standard unit, exactly; in its own where the family does not know it. */
function measureMeaning(data: unknown, family: TargetUnitFamily | undefined): string {
  if (!isObject(data)) return `measure ${written(data)}`
  const amount = toDecimal(data['amount'])
  const unit = written(data['unit'])
  const [standard] = family === undefined ? [] : standardUnit(family)
  const steps = family && standard !== undefined ? conversion(family, unit, standard) : undefined
  if (amount === undefined || steps === undefined)
    return `measure ${amount ?? written(data['amount'])} ${unit}`
  return `measure ${new Big(convert(amount, steps, 20)).round(12).toFixed()} ${standard ?? ''}`
}

/** One unit that all others are turned into; any serves, as long as it is always the same. */
const standardUnit = ({ units }: TargetUnitFamily): string[] => Object.keys(units).sort()

function pricesMeaning(data: unknown): string {
  const prices = (Array.isArray(data) ? data : [data]).filter(isPriceLike)
  return prices
    .filter(({ amount }) => amount !== null && amount !== '')
    .map(({ amount, currency }) => `${written(currency)} ${toDecimal(amount) ?? written(amount)}`)
    .sort()
    .join(' ')
}
