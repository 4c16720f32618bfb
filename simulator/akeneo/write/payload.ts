import { badRequest, type ApiError } from '../errors.ts'
import { isObject, phpType, type Json, type JsonObject } from '../json.ts'
import { arrayExpected, arrayKeyExpected, scalarExpected, validArrayStructureExpected } from '../messages.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Pim } from '../pim.ts'

/** Makes the 422 that carries Akeneo's advice and the link to the route's documentation. */
export type Refuse = (message: string) => ApiError

export interface ValueInput {
  attribute: string
  locale: string | null
  scope: string | null
  data: Json
}

const VALUE_KEYS = ['locale', 'scope', 'data']

/**
 * Checks the form of `values` before anything is looked up, and flattens it. Products have a check of their own before the
 * one that models have too (PayloadFormatValidator), with sentences of its own.
 */
export function readValues(
  values: Json,
  { catalog, settings }: Pim,
  refuse: Refuse,
  kind: 'product' | 'model',
): ValueInput[] {
  if (typeof values !== 'object' || values === null) {
    throw refuse(
      kind === 'model' || values === null
        ? arrayExpected('values', values)
        : 'This value should be of type array|(Traversable&ArrayAccess).',
    )
  }
  if (Array.isArray(values)) {
    if (values.length === 0) return []
    throw refuse('Property "0" does not exist.')
  }
  const found: ValueInput[] = []
  const seen = new Set<string>()
  for (const [code, entries] of Object.entries(values)) {
    if (typeof entries !== 'object' || entries === null) {
      throw refuse(
        kind === 'model' || entries === null
          ? arrayExpected(code, entries)
          : `Property "${code}" expect to be an array`,
      )
    }
    for (const entry of Object.values(entries)) {
      const input = readValue(code, entry, refuse, kind)
      if (settings.refuseExtraValueKeys) checkKeys(code, entry, refuse)
      if (kind === 'product') checkData(code, input.data, catalog, refuse)
      const key = JSON.stringify([code.toLowerCase(), input.locale, input.scope])
      if (seen.has(key)) {
        throw refuse(
          `You cannot update the same product value on the "${code}" attribute twice, with the same scope and locale.`,
        )
      }
      seen.add(key)
      found.push(input)
    }
  }
  return found
}

/** Some builds take nothing but these keys, so that what was read cannot be written back with `linked_data`. */
function checkKeys(code: string, entry: Json, refuse: Refuse): void {
  for (const key of isObject(entry) ? Object.keys(entry) : []) {
    if (!VALUE_KEYS.includes(key)) throw refuse(`Property "${code}" does not expect the "${key}" field.`)
  }
}

function readValue(code: string, entry: Json, refuse: Refuse, kind: 'product' | 'model'): ValueInput {
  if (typeof entry !== 'object' || entry === null) {
    throw refuse(
      kind === 'model' || entry === null
        ? validArrayStructureExpected(code, 'one of the values is not an array')
        : `Property "${code}" expect to be an array of array`,
    )
  }
  const value: JsonObject = isObject(entry) ? entry : {}
  for (const key of VALUE_KEYS) {
    if (!Object.hasOwn(value, key)) throw refuse(arrayKeyExpected(code, key))
  }
  const { locale = null, scope = null, data = null } = value
  if (locale !== null && typeof locale !== 'string') {
    throw refuse(`Property "${code}" expects an array with the key "locale" as string.`)
  }
  if (scope !== null && typeof scope !== 'string') {
    throw refuse(`Property "${code}" expects an array with the key "scope" as string.`)
  }
  return { attribute: code, locale, scope, data }
}

/** Prices and booleans of products have their form checked this early, with sentences of their own. */
function checkData(code: string, data: Json, catalog: Catalog, refuse: Refuse): void {
  const type = catalog.attributes.get(code)?.type
  if (type === 'pim_catalog_price_collection') {
    const wrong = `The data format sent for the "${code}" attribute is wrong. Please, fill in one value per amount field.`
    if (typeof data !== 'object' || data === null) throw refuse(wrong)
    for (const price of Object.values(data)) {
      if (!isObject(price) || !Object.hasOwn(price, 'amount') || typeof price['currency'] !== 'string') {
        throw refuse(wrong)
      }
      const amount = price['amount'] ?? null
      if (amount !== null && typeof amount !== 'string' && typeof amount !== 'number') throw refuse(wrong)
      if (Object.keys(price).length > 2) throw refuse('This field was not expected.')
    }
  }
  if (type === 'pim_catalog_boolean' && data !== null && data !== '' && typeof data !== 'boolean') {
    throw refuse(
      `The ${code} attribute requires a boolean value (true or false) as data, a ${phpType(data)} was detected.`,
    )
  }
}

export function scalar(field: string, value: Json, refuse: Refuse): string | number | boolean | null {
  if (typeof value === 'object' && value !== null) throw refuse(scalarExpected(field, value))
  return value
}

export function scalarList(field: string, value: Json, refuse: Refuse): (string | number | boolean | null)[] {
  if (typeof value !== 'object' || value === null) throw refuse(arrayExpected(field, value))
  return Object.values(value).map((item) => {
    if (typeof item === 'object' && item !== null) {
      throw refuse(validArrayStructureExpected(field, `one of the ${field} is not a scalar`))
    }
    return item
  })
}

/** Codes of categories or groups: every one must be text. */
export function codeList(field: string, noun: string, value: Json, refuse: Refuse): string[] {
  return scalarList(field, value, refuse).map((item) => {
    if (typeof item !== 'string') {
      throw refuse(
        validArrayStructureExpected(
          field,
          `one of the ${noun} codes is not a string, "${phpType(item)}" given`,
        ),
      )
    }
    return item
  })
}

/** Decodes a body that must be a JSON object. To PHP a list is a map of its indices, so its first item is property "0". */
export function decodeBody(text: string): JsonObject {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw invalidJson()
  }
  if (Array.isArray(body)) return Object.fromEntries(body.entries())
  if (!isObject(body)) throw invalidJson()
  return body
}

export const invalidJson = () => badRequest('Invalid json message received')
