import Big from 'big.js'
import type { Catalog } from '../catalog/catalog.ts'
import { isDecimal, isPadded } from '../catalog/numbers.ts'
import type { Attribute, MediaFile, Product, ProductModel, Value } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { isObject, phpString, sameJson, type Json } from '../json.ts'
import { phpPattern } from './attribute-type-rules.ts'
import { SNIFFED, sniffMimeType } from './sniff.ts'
import { IDENTIFIER_FORM } from './structure-rules.ts'
import { rowProblems } from './table-rules.ts'

const TEXT_LENGTH = 255
const TEXTAREA_LENGTH = 65_535

/**
 * What Akeneo's validators say about a record's own values, one violation per value and rule: every value by itself, then
 * the options of all of them, then their channels, then their locales (`getters` of config/validation/product.yml).
 */
export function valueViolations(catalog: Catalog, record: Product | ProductModel): Violation[] {
  const passes: ((attribute: Attribute, entry: Value) => Finding[])[] = [
    (attribute, entry) => [
      ...dataRules(catalog, attribute, entry.data),
      ...(attribute.unique && isTaken(catalog, record, attribute, entry)
        ? says(uniqueMessage(attribute, entry.data))
        : []),
    ],
    (attribute, { data }) => optionRules(catalog, attribute, data),
    (attribute, entry) => channelRules(catalog, attribute, entry),
    (attribute, entry) => localeRules(catalog, attribute, entry),
  ]
  return passes.flatMap((rules) =>
    [...record.values].flatMap(([code, entries]) => {
      const attribute = catalog.attributes.get(code)
      if (attribute === undefined) return []
      return entries.flatMap((entry) => {
        const place = { attribute: code, locale: entry.locale, scope: entry.scope }
        return rules(attribute, entry).map(({ message, currency }) => ({
          property: 'values',
          message,
          ...place,
          ...(currency !== undefined && { currency }),
        }))
      })
    }),
  )
}

interface Finding {
  message: string
  currency?: string
}

const says = (message: string): Finding[] => [{ message }]

function dataRules(catalog: Catalog, attribute: Attribute, data: Json): Finding[] {
  switch (attribute.type) {
    case 'pim_catalog_text':
    case 'pim_catalog_textarea':
    case 'pim_catalog_identifier':
      return textRules(attribute, phpString(data))
    case 'pim_catalog_number':
      return amountRules(attribute, data)
    case 'pim_catalog_metric':
      return metricRules(catalog, attribute, data)
    case 'pim_catalog_price_collection':
      return priceRules(catalog, attribute, data)
    case 'pim_catalog_date':
      return dateRules(attribute, phpString(data).slice(0, 10))
    case 'pim_catalog_multiselect':
      return repeatedOptions(data)
    case 'pim_catalog_file':
    case 'pim_catalog_image':
      return fileRules(catalog, attribute, phpString(data))
    case 'pim_catalog_table':
      return rowProblems(catalog, attribute.code, attribute.table_configuration, data).map((message) => ({
        message,
      }))
    default:
      return []
  }
}

function textRules(attribute: Attribute, text: string): Finding[] {
  const { code } = attribute
  const most = attribute.type === 'pim_catalog_textarea' ? TEXTAREA_LENGTH : TEXT_LENGTH
  const limit = Math.min(attribute.max_characters ?? most, most)
  const found: Finding[] = []
  if (Array.from(text).length > limit) {
    found.push({
      message: `The ${code} attribute must not contain more than ${limit} characters. The submitted value is too long.`,
    })
  }
  if (attribute.type === 'pim_catalog_textarea') return found
  const { validation_rule: rule, validation_regexp: regexp } = attribute
  if (!followsRule(text, rule, regexp)) found.push({ message: ruleMessages[rule ?? '']?.(attribute) ?? '' })
  if (attribute.type === 'pim_catalog_identifier') {
    if (!IDENTIFIER_FORM.test(text)) {
      found.push({
        message: 'This field should not contain any comma or semicolon or leading/trailing space',
      })
    }
    if (/[\r\n\f\v]/.test(text)) found.push({ message: 'This field should not contain any line break' })
  }
  return found
}

const ruleMessages: Readonly<Record<string, (attribute: Attribute) => string>> = {
  email: ({ code }) => `The ${code} attribute requires an e-mail address.`,
  url: ({ code }) => `The ${code} attribute requires a url link.`,
  regexp: ({ code, validation_regexp: regexp }) =>
    `The ${code} attribute must match the following regular expression: ${regexp ?? ''}.`,
}

/** Whether a text is what an attribute's `validation_rule` asks for. */
export function followsRule(text: string, rule: string | null, regexp: string | null): boolean {
  if (rule === 'email') return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)
  if (rule === 'url') return /^https?:\/\/[^\s/$.?#].\S*$/i.test(text)
  return rule !== 'regexp' || regexp === null || phpPattern(regexp)?.test(text) !== false
}

/** Rules that numbers, measures and prices share. */
function amountRules(attribute: Attribute, amount: Json): Finding[] {
  const { code } = attribute
  if (!isDecimal(amount)) {
    return says(
      `The ${code} attribute requires a number, and the submitted ${phpString(amount)} value is not.`,
    )
  }
  if (isPadded(amount)) {
    return says(
      `The ${code} attribute requires a value which does not contain space, and the submitted "${amount}" has at least one.`,
    )
  }
  const value = new Big(String(amount).trim())
  const found: Finding[] = []
  if (attribute.decimals_allowed !== true && !value.round(0, Big.roundDown).eq(value)) {
    found.push({
      message: `The ${code} attribute requires a non-decimal value, and ${phpString(amount)} is not a valid value.`,
    })
  }
  const range = rangeOf(attribute)
  if (range.min !== undefined && value.lt(range.min)) {
    found.push({ message: `The ${code} attribute requires an equal or greater than ${range.min} value.` })
  } else if (range.max !== undefined && value.gt(range.max)) {
    found.push({ message: `The ${code} attribute requires an equal or lesser than ${range.max} value.` })
  }
  return found
}

const PHP_INT_MAX = '9223372036854775807'

/** Bounds as the messages print them: the database keeps four decimals. What has one bound ends where PHP's numbers do. */
function rangeOf({ number_min: from, number_max: to, negative_allowed: negative }: Attribute) {
  const bound = (given: string | null) => (given === null ? undefined : new Big(given.trim()).toFixed(4))
  const given = { min: bound(from), max: bound(to) }
  const min = negative === false && (given.min === undefined || Number(given.min) < 0) ? '0' : given.min
  return { min, max: given.max ?? (min === undefined ? undefined : PHP_INT_MAX) }
}

function metricRules(catalog: Catalog, attribute: Attribute, data: Json): Finding[] {
  if (!isObject(data)) return []
  const family = catalog.measurementFamilies.get(attribute.metric_family ?? '')
  const unit = phpString(data['unit'])
  const known = family?.units[unit] !== undefined
  return [
    ...(known ? [] : says('Please specify a valid metric unit')),
    ...amountRules(attribute, data['amount'] ?? null),
  ]
}

function priceRules(catalog: Catalog, attribute: Attribute, data: Json): Finding[] {
  if (!Array.isArray(data)) return []
  return data.filter(isObject).flatMap((price) => {
    const currency = phpString(price['currency'])
    const findings = amountRules(attribute, price['amount'] ?? null).map((one) => ({ ...one, currency }))
    // Other codes are found in any case; this one Akeneo compares letter by letter (CurrencyValidator).
    const known = catalog.currencies.get(currency)
    if (known?.enabled !== true || known.code !== currency) {
      const message = `Please specify a valid currency for the ${attribute.code} attribute, the ${currency} code was sent.`
      findings.push({ message, currency })
    }
    return findings
  })
}

function dateRules(attribute: Attribute, day: string): Finding[] {
  const min = attribute.date_min?.slice(0, 10)
  const max = attribute.date_max?.slice(0, 10)
  if (min !== undefined && day < min) {
    return says(`The ${attribute.code} attribute requires a date that should be ${min} or after.`)
  }
  if (max !== undefined && day > max) {
    return says(`The ${attribute.code} attribute requires a date that should be ${max} or before.`)
  }
  return []
}

/** The same option twice, whatever its letter case. */
function repeatedOptions(data: Json): Finding[] {
  const codes = (Array.isArray(data) ? data : []).map(phpString)
  const isLater = (code: string, index: number) =>
    codes.slice(0, index).some((before) => before.toLowerCase() === code.toLowerCase())
  const repeated = [...new Map(codes.filter(isLater).map((code) => [code.toLowerCase(), code])).values()]
  if (repeated.length === 0) return []
  const what = repeated.length === 1 ? 'option was' : 'options were'
  return says(
    `The following ${what} used multiple times: "${repeated.join(', ')}". Please check your option list again.`,
  )
}

function optionRules(catalog: Catalog, attribute: Attribute, data: Json): Finding[] {
  const options = catalog.options.get(attribute.code)
  if (attribute.type === 'pim_catalog_simpleselect') {
    return options?.has(phpString(data)) === true
      ? []
      : says(`The ${phpString(data)} value is not in the ${attribute.code} attribute option list.`)
  }
  if (attribute.type !== 'pim_catalog_multiselect') return []
  const unknown = (Array.isArray(data) ? data : [])
    .map(phpString)
    .filter((code) => options?.has(code) !== true)
    .map((code) => code.toLowerCase())
  if (unknown.length === 0) return []
  return says(`The ${unknown.join(', ')} values are not in the ${attribute.code} attribute option list.`)
}

/** As limits of attributes count them. */
export const megabytesOf = ({ size }: MediaFile): number => size / (1024 * 1024)

function fileRules(catalog: Catalog, attribute: Attribute, key: string): Finding[] {
  const file = catalog.mediaFiles.get(key)
  if (file === undefined) return []
  const allowed = attribute.allowed_extensions
  if (allowed.length > 0 && !allowed.includes(file.extension)) {
    return says(
      `The ${file.extension} file extension is not allowed for the ${attribute.code} attribute. Allowed extensions are ${allowed.join(', ')}.`,
    )
  }
  const megabytes = megabytesOf(file)
  if (attribute.max_file_size !== null && megabytes > Number(attribute.max_file_size)) {
    return says(
      `The file ${file.original_filename} is too large (${megabytes.toFixed(2)} MB). The ${attribute.code} attribute can not exceed ${attribute.max_file_size} MB.`,
    )
  }
  const expected = SNIFFED[file.extension]
  const found = Buffer.isBuffer(file.content) ? sniffMimeType(file.content) : expected
  if (attribute.type === 'pim_catalog_image' && expected !== undefined && found !== expected) {
    return says(
      `The MIME type is not allowed for ${file.extension} (allowed types: ${expected}, found ${found ?? 'application/octet-stream'}).`,
    )
  }
  return []
}

function channelRules(catalog: Catalog, { code, scopable }: Attribute, { scope }: Value): Finding[] {
  if (!scopable || (scope !== null && catalog.channels.has(scope))) return []
  return says(
    `The ${code} attribute requires a value per channel. The ${scope ?? ''} channel (scope) must exist in your PIM`,
  )
}

/** The locale of a value must exist, and go together with its channel and attribute. */
function localeRules(catalog: Catalog, attribute: Attribute, { locale, scope }: Value): Finding[] {
  const { code, localizable, available_locales: available } = attribute
  if (!localizable || locale === null) return []
  const needed = `The ${code} attribute requires a valid locale.`
  if (!catalog.localeEnabled(locale)) return says(`${needed} The ${locale} locale does not exist.`)
  const channel = scope === null ? undefined : catalog.channels.get(scope)
  if (channel !== undefined && !channel.locales.includes(locale)) {
    return says(`${needed} The ${locale} locale is not bound to the ${channel.code} channel.`)
  }
  return available.length > 0 && !available.includes(locale)
    ? says(`The ${locale} locale is not available on the ${code} attribute.`)
    : []
}

function isTaken(
  catalog: Catalog,
  record: Product | ProductModel,
  attribute: Attribute,
  entry: Value,
): boolean {
  if (record.kind !== 'product') return false
  for (const other of catalog.products.values()) {
    if (other.uuid === record.uuid) continue
    const values = other.values.get(attribute.code)
    if (values?.some((value) => sameText(value.data, entry.data)) === true) return true
  }
  return false
}

function sameText(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase()
  return sameJson(a, b)
}

function uniqueMessage({ code, type }: Attribute, data: Json): string {
  const value = phpString(data)
  return type === 'pim_catalog_identifier'
    ? `The ${value} value is already set on another product for the ${code} identifier attribute.`
    : `The ${code} attribute can not have the same value more than once. The ${value} value is already set on another product.`
}
