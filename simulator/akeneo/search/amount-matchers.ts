import Big from 'big.js'
import type { Catalog } from '../catalog/catalog.ts'
import type { Attribute } from '../catalog/records.ts'
import { unprocessable } from '../errors.ts'
import { isObject, isPhpArray, phpString, phpType, type Json, type JsonObject } from '../json.ts'
import { toStandardUnit } from '../measurements/convert.ts'
import {
  arrayExpected,
  arrayKeyExpected,
  numericExpected,
  validArrayStructureExpected,
  validEntityCodeExpected,
} from '../messages.ts'
import { isNumeric } from './predicate.ts'

export type Matcher = (data: Json) => boolean

export function compare(operator: string, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '=':
      return order === 0
    default:
      return order !== 0
  }
}

function big(value: Json): Big | undefined {
  return isNumeric(value) ? new Big(phpString(value).trim().replace(/^\+/, '')) : undefined
}

export function numberMatcher(code: string, operator: string, value: Json): Matcher {
  const bound = big(value)
  if (bound === undefined) throw unprocessable(numericExpected(code, value))
  return (data) => {
    const amount = big(data)
    return amount !== undefined && compare(operator, amount.cmp(bound))
  }
}

/** To PHP a list is an array as well, which lacks every key. */
function fieldsOf(code: string, value: Json): JsonObject {
  if (!isPhpArray(value)) throw unprocessable(arrayExpected(code, value))
  return isObject(value) ? value : {}
}

/** Measures are compared in the standard unit of their family. */
export function metricMatcher(
  attribute: Attribute,
  operator: string,
  given: Json,
  catalog: Catalog,
): Matcher {
  const { code } = attribute
  const value = fieldsOf(code, given)
  for (const key of ['amount', 'unit']) {
    if (!Object.hasOwn(value, key)) throw unprocessable(arrayKeyExpected(code, key))
  }
  const amount = value['amount'] ?? null
  const unit = value['unit'] ?? null
  if (!isNumeric(amount)) {
    const because = `key "amount" has to be a numeric, "${phpType(amount)}" given`
    throw unprocessable(validArrayStructureExpected(code, because))
  }
  if (typeof unit !== 'string') {
    const because = `key "unit" has to be a string, "${phpType(unit)}" given`
    throw unprocessable(validArrayStructureExpected(code, because))
  }
  const family = catalog.measurementFamilies.get(attribute.metric_family ?? '')
  if (family?.units[unit] === undefined) {
    const because = `The unit does not exist in the attribute's family "${attribute.metric_family ?? ''}"`
    throw unprocessable(validEntityCodeExpected(code, 'unit code', because, unit))
  }
  const bound = toStandardUnit(family, phpString(amount), unit)
  return (data) => {
    if (!isObject(data) || typeof data['unit'] !== 'string') return false
    if (family.units[data['unit']] === undefined || !isNumeric(data['amount'] ?? null)) return false
    const standard = toStandardUnit(family, phpString(data['amount']), data['unit'])
    return compare(operator, standard.cmp(bound))
  }
}

/** Prices are compared within one currency. */
export function priceMatcher(code: string, operator: string, given: Json, catalog: Catalog): Matcher {
  const amountIn = (data: Json, currency: string): Big | undefined => {
    if (!Array.isArray(data)) return undefined
    const price = data.filter(isObject).find((one) => one['currency'] === currency)
    return price === undefined ? undefined : big(price['amount'] ?? null)
  }
  const value = fieldsOf(code, given)
  const forCurrencyOnly = operator.endsWith('FOR CURRENCY')
  const amount = value['amount'] ?? null
  if (!forCurrencyOnly) {
    if (!Object.hasOwn(value, 'amount')) throw unprocessable(arrayKeyExpected(code, 'amount'))
    if (!isNumeric(amount)) throw unprocessable(numericExpected(code, amount))
  }
  if (!Object.hasOwn(value, 'currency')) throw unprocessable(arrayKeyExpected(code, 'currency'))
  const currency = value['currency'] ?? null
  if (typeof currency !== 'string' || catalog.currencies.get(currency)?.enabled !== true) {
    throw unprocessable(validEntityCodeExpected(code, 'currency', 'The currency does not exist', currency))
  }
  if (operator === 'EMPTY FOR CURRENCY') return (data) => amountIn(data, currency) === undefined
  if (operator === 'NOT EMPTY FOR CURRENCY') return (data) => amountIn(data, currency) !== undefined
  const bound = new Big(phpString(amount))
  return (data) => {
    const found = amountIn(data, currency)
    return found !== undefined && compare(operator, found.cmp(bound))
  }
}
