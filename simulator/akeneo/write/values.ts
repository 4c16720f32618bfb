import type { Catalog } from '../catalog/catalog.ts'
import { isDecimal, isPadded, printedAmount, printedNumber } from '../catalog/numbers.ts'
import type { Attribute, Value, Values } from '../catalog/records.ts'
import { fromWallClock, isoDate } from '../dates.ts'
import { isObject, isPhpArray, phpString, phpType, type Json, type JsonObject } from '../json.ts'
import {
  arrayExpected,
  arrayKeyExpected,
  booleanExpected,
  numericExpected,
  stringExpected,
  validArrayStructureExpected,
  validPathExpected,
} from '../messages.ts'
import type { Refuse, ValueInput } from './payload.ts'
import { productLink } from './product-link.ts'

/** Applies value inputs to a record's own values: per attribute, then per locale and scope; what is empty erases. */
export function applyValues(
  before: Values,
  inputs: readonly ValueInput[],
  catalog: Catalog,
  timezone: string,
  refuse: Refuse,
): Map<string, Value[]> {
  const values = new Map([...before].map(([code, entries]) => [code, [...entries]]))
  for (const input of inputs) {
    const attribute = catalog.attributes.get(input.attribute)
    if (attribute === undefined) throw refuse(`The ${input.attribute} attribute does not exist in your PIM.`)
    if (!isEmpty(attribute, input.data)) checkPlace(attribute, input, refuse)
    const data = isEmpty(attribute, input.data)
      ? undefined
      : readData(attribute, input, catalog, timezone, refuse)
    const entries = (values.get(attribute.code) ?? []).filter(
      ({ locale, scope }) => locale !== input.locale || scope !== input.scope,
    )
    if (data !== undefined) entries.push({ locale: input.locale, scope: input.scope, data })
    if (entries.length > 0) values.set(attribute.code, inOrder(entries))
    else values.delete(attribute.code)
  }
  return values
}

/** A value needs exactly the locale and channel that its attribute asks for (ValidateAttribute). */
export function checkPlace(
  { code, localizable, scopable }: Attribute,
  { locale, scope }: ValueInput,
  refuse: Refuse,
): void {
  if ((locale !== null) === localizable && (scope !== null) === scopable) return
  const channel = `${scope ?? 'nothing'} was detected`
  const language = `${locale ?? 'nothing'} was detected`
  if (localizable && scopable) {
    throw refuse(
      `The ${code} attribute requires a value per channel (${channel}) and a locale (${language}).`,
    )
  }
  if (localizable) {
    throw refuse(
      `The ${code} attribute does not require a value per channel (${channel}) but requires a value per locale (${language}).`,
    )
  }
  if (scopable) {
    throw refuse(
      `The ${code} attribute requires a value per channel (${channel}) but does not require a value per locale (${language}).`,
    )
  }
  throw refuse(`The ${code} attribute requires neither a channel (${channel}) nor a locale (${language}).`)
}

/** By scope, then locale: the same values answer in the same order, whatever the order in which they came. */
function inOrder(entries: Value[]): Value[] {
  const key = ({ scope, locale }: Value) => `${scope ?? ''}/${locale ?? ''}`
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Null, blank text, an empty list, a measure without amount and prices without any (EntityWithValuesBuilder). */
function isEmpty(attribute: Attribute, data: Json): boolean {
  if (data === null || (typeof data === 'string' && data.trim() === '')) return true
  if (Array.isArray(data) && data.length === 0) return true
  if (attribute.type === 'pim_catalog_metric') {
    return isObject(data) && Object.hasOwn(data, 'amount') && data['amount'] === null
  }
  if (attribute.type === 'pim_catalog_price_collection' && isPhpArray(data)) {
    return Object.values(data).every((price) => isObject(price) && price['amount'] === null)
  }
  return false
}

function readData(
  attribute: Attribute,
  { data, scope }: ValueInput,
  catalog: Catalog,
  timezone: string,
  refuse: Refuse,
): Json {
  const { code } = attribute
  switch (attribute.type) {
    case 'pim_catalog_boolean':
      if (typeof data !== 'boolean') throw refuse(booleanExpected(code, data))
      return data
    case 'pim_catalog_text':
    case 'pim_catalog_textarea':
      if (typeof data !== 'string') {
        throw refuse(`The ${code} attribute requires a string, a ${phpType(data)} was detected.`)
      }
      return data
    case 'pim_catalog_identifier':
      if (typeof data !== 'string') throw refuse(stringExpected(code, data))
      return data
    case 'pim_catalog_number':
      if (typeof data === 'object' || typeof data === 'boolean') throw refuse(numericExpected(code, data))
      return isDecimal(data) ? numberData(attribute, data) : data
    case 'pim_catalog_metric':
      return metricData(attribute, data, catalog, refuse)
    case 'pim_catalog_price_collection':
      return priceData(
        attribute,
        pricesIn(code, data, refuse),
        scope === null ? undefined : catalog.channels.get(scope)?.currencies,
      )
    case 'pim_catalog_date':
      return dateData(attribute, data, timezone, refuse)
    case 'pim_catalog_simpleselect':
      if (typeof data !== 'string') {
        throw refuse(`The ${code} attribute requires a string, a ${phpType(data)} was detected.`)
      }
      return catalog.options.get(code)?.get(data)?.code ?? data
    case 'pim_catalog_multiselect':
      // The same option twice is for validation to name.
      return optionList(code, data, 'one of the options', refuse)
        .map((one) => catalog.options.get(code)?.get(one)?.code ?? one)
        .sort()
    case 'pim_catalog_image':
    case 'pim_catalog_file':
      if (typeof data !== 'string') throw refuse(stringExpected(code, data))
      if (!catalog.mediaFiles.has(data)) throw refuse(validPathExpected(code, data))
      return data
    case 'pim_reference_data_simpleselect':
    case 'akeneo_reference_entity':
      if (typeof data !== 'string') throw refuse(stringExpected(code, data))
      return data
    case 'pim_reference_data_multiselect':
    case 'akeneo_reference_entity_collection':
    case 'pim_catalog_asset_collection':
      return [...new Set(optionList(code, data, 'one of the reference data code', refuse))]
    case 'pim_catalog_product_link':
      return productLink(code, data, catalog, refuse)
    default:
      if (!isPhpArray(data)) throw refuse(arrayExpected(code, data))
      return data
  }
}

/** A number that does not fit the attribute is kept as sent, so that validation can name it. */
function numberData(attribute: Attribute, data: string | number): Json {
  if (isPadded(data) || (attribute.decimals_allowed !== true && Number(data) % 1 !== 0)) return data
  return printedNumber(data, attribute.decimals_allowed === true)
}

function metricData(attribute: Attribute, data: Json, catalog: Catalog, refuse: Refuse): Json {
  const { code } = attribute
  if (!isPhpArray(data)) throw refuse(arrayExpected(code, data))
  const metric = isObject(data) ? data : {}
  if (!Object.hasOwn(metric, 'amount')) throw refuse(arrayKeyExpected(code, 'amount'))
  if (!Object.hasOwn(metric, 'unit')) throw refuse(arrayKeyExpected(code, 'unit'))
  const { amount = null, unit: given = null } = metric
  const units = Object.keys(catalog.measurementFamilies.get(attribute.metric_family ?? '')?.units ?? {})
  const unit =
    typeof given === 'string'
      ? (units.find((one) => one.toLowerCase() === given.toLowerCase()) ?? given)
      : given
  if (typeof unit !== 'string') {
    throw refuse(validArrayStructureExpected(code, `key "unit" has to be a string, "${phpType(unit)}" given`))
  }
  if (typeof amount === 'object' || typeof amount === 'boolean') {
    throw refuse(`Property "${code}" expects a decimal as data, "${phpString(amount)}" given.`)
  }
  const fits =
    isDecimal(amount) &&
    !isPadded(amount) &&
    (attribute.decimals_allowed === true || Number(amount) % 1 === 0)
  if (!fits) return { amount, unit }
  return { amount: printedAmount(amount, attribute.decimals_allowed === true, 4), unit }
}

interface Price {
  amount: Json
  currency: string
}

/** What products had checked before, models have checked here, in other words. */
function pricesIn(code: string, data: Json, refuse: Refuse): Price[] {
  if (!isPhpArray(data)) throw refuse(arrayExpected(code, data))
  return Object.values(data).flatMap((given) => {
    if (!isPhpArray(given)) throw refuse(`Property "${code}" expects an array of arrays as data.`)
    const price: JsonObject = isObject(given) ? given : {}
    if (price['amount'] === null) return []
    for (const key of ['amount', 'currency']) {
      if ((price[key] ?? null) === null) throw refuse(arrayKeyExpected(code, key))
    }
    return [{ amount: price['amount'] ?? null, currency: phpString(price['currency']) }]
  })
}

/**
 * The last amount of a currency counts; the collection is kept in the order of currencies. A price of one channel never
 * shows a currency which that channel lacks (NonExistentPriceCollectionValueFilter).
 */
function priceData(
  attribute: Attribute,
  given: readonly Price[],
  currencies: readonly string[] | undefined,
): Json {
  const prices = new Map<string, Json>()
  for (const price of given) {
    if (currencies?.includes(price.currency) === false) continue
    const fits =
      isDecimal(price.amount) &&
      !isPadded(price.amount) &&
      (attribute.decimals_allowed === true || Number(price.amount) % 1 === 0)
    const amount = fits
      ? printedAmount(price.amount as string | number, attribute.decimals_allowed === true, 2)
      : price.amount
    prices.set(price.currency, { amount, currency: price.currency })
  }
  return [...prices.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, price]) => price)
}

const DATE_FORMAT = 'yyyy-mm-dd'

/** A day, or a day with time and offset; Akeneo keeps the day at midnight in its own zone. */
function dateData(attribute: Attribute, data: Json, timezone: string, refuse: Refuse): Json {
  if (typeof data !== 'string') {
    throw refuse(`The ${attribute.code} attribute requires a string, a ${phpType(data)} was detected.`)
  }
  const day = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    data,
  )?.[1]
  const at = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) {
    throw refuse(
      `The ${attribute.code} attribute requires a valid date. Please use the following format ${DATE_FORMAT} for dates.`,
    )
  }
  return isoDate(fromWallClock(at, timezone), timezone)
}

function optionList(code: string, data: Json, what: string, refuse: Refuse): string[] {
  if (!isPhpArray(data)) throw refuse(arrayExpected(code, data))
  const list = Object.values(data)
  if (!list.every((item) => typeof item === 'string')) {
    throw refuse(validArrayStructureExpected(code, `${what} is not a string`))
  }
  if (list.some((item) => item === ''))
    throw refuse(validArrayStructureExpected(code, `${what} is an empty string`))
  return list
}
