import type { AttributeValue, Decimal, Measure } from '../../../contracts/hub.ts'
import { dateOf } from '../../../domain/date.ts'
import { toDecimal } from '../../../domain/decimal.ts'
import { toMeasure } from '../../../domain/measure.ts'

/** `null`: there is no value. `undefined`: there is one, and it does not fit the attribute's type. */
export type Read<V> = V | null | undefined

/** One of the hub's types of value, and how Akeneo's data becomes it. */
export interface ValueKind {
  type: AttributeValue['type']
  /** What a person would call data that fits. */
  expected: string
  one(data: unknown, currencies: readonly string[]): Read<AttributeValue>
  byLocale(
    data: readonly (readonly [locale: string, data: unknown])[],
    currencies: readonly string[],
  ): Read<AttributeValue>
}

interface KindParts<V> {
  type: AttributeValue['type']
  expected: string
  read: (data: unknown, currencies: readonly string[]) => Read<V>
  one: (value: V) => AttributeValue
  byLocale: (values: Record<string, V>) => AttributeValue
}

function kind<V>({ type, expected, read, one, byLocale }: KindParts<V>): ValueKind {
  return {
    type,
    expected,
    one: (data, currencies) => {
      const value = read(data, currencies)
      if (value === undefined) return undefined
      return value === null ? null : one(value)
    },
    byLocale: (data, currencies) => {
      const values: [string, V][] = []
      for (const [locale, item] of data) {
        const value = read(item, currencies)
        if (value === undefined) return undefined
        if (value !== null) values.push([locale, value])
      }
      return values.length === 0 ? null : byLocale(Object.fromEntries(values))
    },
  }
}

const written = (type: 'text' | 'identifier'): ValueKind =>
  kind({
    type,
    expected: 'a text',
    read: readText,
    one: (value) => ({ type, value }),
    byLocale: (values) => ({ type, values }),
  })
const chosen = (type: 'option' | 'entity'): ValueKind =>
  kind({
    type,
    expected: 'a code',
    read: readText,
    one: (value) => ({ type, value }),
    byLocale: (values) => ({ type, values }),
  })
const listed = (type: 'options' | 'entities' | 'assets'): ValueKind =>
  kind({
    type,
    expected: 'a list of codes',
    read: readCodes,
    one: (value) => ({ type, value }),
    byLocale: (values) => ({ type, values }),
  })
const asIs = (type: 'table' | 'link'): ValueKind =>
  kind({
    type,
    expected: `a ${type}`,
    read: readAsIs,
    one: (value) => ({ type, value }),
    byLocale: (values) => ({ type, values }),
  })

const number: ValueKind = kind({
  type: 'number',
  expected: 'a number',
  read: readNumber,
  one: (value) => ({ type: 'number', value }),
  byLocale: (values) => ({ type: 'number', values }),
})
const measure: ValueKind = kind({
  type: 'measure',
  expected: 'an amount with a unit',
  read: readMeasure,
  one: (value) => ({ type: 'measure', value }),
  byLocale: (values) => ({ type: 'measure', values }),
})
const boolean: ValueKind = kind({
  type: 'boolean',
  expected: 'true or false',
  read: readBoolean,
  one: (value) => ({ type: 'boolean', value }),
  byLocale: (values) => ({ type: 'boolean', values }),
})
const date: ValueKind = kind({
  type: 'date',
  expected: 'a date',
  read: readDate,
  one: (value) => ({ type: 'date', value }),
  byLocale: (values) => ({ type: 'date', values }),
})
const prices: ValueKind = kind({
  type: 'prices',
  expected: 'a list of prices',
  read: readPrices,
  one: (value) => ({ type: 'prices', value }),
  byLocale: (values) => ({ type: 'prices', values }),
})

/** By Akeneo's attribute type. Images and files are not here: they become media. */
const kinds = new Map<string, ValueKind>([
  ['pim_catalog_identifier', written('identifier')],
  ['pim_catalog_text', written('text')],
  ['pim_catalog_textarea', written('text')],
  ['pim_catalog_number', number],
  ['pim_catalog_metric', measure],
  ['pim_catalog_boolean', boolean],
  ['pim_catalog_date', date],
  ['pim_catalog_simpleselect', chosen('option')],
  ['pim_catalog_multiselect', listed('options')],
  ['pim_catalog_price_collection', prices],
  ['pim_reference_data_simpleselect', chosen('entity')],
  ['pim_reference_data_multiselect', listed('entities')],
  ['akeneo_reference_entity', chosen('entity')],
  ['akeneo_reference_entity_collection', listed('entities')],
  ['pim_catalog_asset_collection', listed('assets')],
  ['pim_catalog_table', asIs('table')],
  ['pim_catalog_product_link', asIs('link')],
])

export const kindOf = (akeneoType: string): ValueKind | undefined => kinds.get(akeneoType)

const mediaTypes = new Set(['pim_catalog_image', 'pim_catalog_file'])
export const isMediaType = (akeneoType: string): boolean => mediaTypes.has(akeneoType)

/** The hub's name for a type of attribute; one that we do not know keeps Akeneo's, so that it can be looked for. */
export const hubTypeOf = (akeneoType: string): string =>
  isMediaType(akeneoType) ? 'file' : (kinds.get(akeneoType)?.type ?? akeneoType)

const isNothing = (data: unknown): data is null | undefined | '' =>
  data === null || data === undefined || data === ''

export function readText(data: unknown): Read<string> {
  if (isNothing(data)) return null
  return typeof data === 'string' ? data : undefined
}

export function readBoolean(data: unknown): Read<boolean> {
  if (isNothing(data)) return null
  return typeof data === 'boolean' ? data : undefined
}

export function readMeasure(data: unknown): Read<Measure> {
  if (isNothing(data)) return null
  if (typeof data !== 'object' || !('amount' in data) || !('unit' in data)) return undefined
  return data.amount === null ? null : toMeasure(data.amount, data.unit)
}

/** Only the output's currencies; an entry without amount is an empty box on Akeneo's screen. */
export function readPrices(data: unknown, currencies: readonly string[]): Read<Record<string, Decimal>> {
  if (isNothing(data)) return null
  if (!Array.isArray(data)) return undefined
  const found: [string, Decimal][] = []
  for (const entry of data as unknown[]) {
    if (typeof entry !== 'object' || entry === null) return undefined
    if (!('amount' in entry) || !('currency' in entry) || typeof entry.currency !== 'string') return undefined
    if (isNothing(entry.amount)) continue
    const amount = toDecimal(entry.amount)
    if (amount === undefined) return undefined
    if (currencies.includes(entry.currency)) found.push([entry.currency, amount])
  }
  return found.length === 0 ? null : Object.fromEntries(found)
}

function readNumber(data: unknown): Read<Decimal> {
  return isNothing(data) ? null : toDecimal(data)
}

function readDate(data: unknown): Read<string> {
  return isNothing(data) ? null : dateOf(data)
}

export function readCodes(data: unknown): Read<string[]> {
  if (isNothing(data)) return null
  if (!Array.isArray(data)) return undefined
  const codes: string[] = []
  for (const code of data as unknown[]) {
    if (typeof code !== 'string') return undefined
    codes.push(code)
  }
  return codes.length === 0 ? null : codes
}

function readAsIs(data: unknown): Read<object | string> {
  if (isNothing(data) || (Array.isArray(data) && data.length === 0)) return null
  return typeof data === 'object' || typeof data === 'string' ? data : undefined
}
