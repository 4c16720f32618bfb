import { uuidFrom } from '../catalog/deterministic.ts'
import type { Category, CategoryValue } from '../catalog/records.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import type { Refuse } from './payload.ts'

type Values = NonNullable<Category['values']>

/** Values of enriched categories come as a list and merge per attribute, channel and locale; null erases. */
export function mergeCategoryValues(before: Values, given: Json, refuse: Refuse): Values {
  if (!Array.isArray(given)) throw refuse('Property "values" expects an array of objects as data.')
  let values = [...before]
  for (const input of given) {
    if (!isObject(input) || typeof input['attribute_code'] !== 'string') {
      throw refuse('Property "values" expects an array with the key "attribute_code".')
    }
    const { channel = null, locale = null, data = null } = input
    const value: CategoryValue = {
      // What a read shows is the code with a uuid behind it; both are taken.
      attribute_code: input['attribute_code'].split('|')[0] ?? '',
      channel: channel === null ? null : phpString(channel),
      locale: locale === null ? null : phpString(locale),
      data,
    }
    values = values.filter((other) => place(other) !== place(value))
    if (data !== null) values.push(value)
  }
  return values
}

const place = ({ attribute_code: code, channel, locale }: CategoryValue) =>
  JSON.stringify([code, channel, locale])

/** As a read shows them: by attribute, its uuid, channel and locale, which is not how they are written. */
export function renderCategoryValues(values: Values): JsonObject {
  const rendered: JsonObject = {}
  for (const { attribute_code: code, channel, locale, data } of values) {
    const attribute = `${code}|${uuidFrom(`category attribute ${code}`)}`
    const key = [attribute, channel, locale].filter((part) => part !== null).join('|')
    rendered[key] = { data, type: typeOf(data), channel, locale, attribute_code: attribute }
  }
  return rendered
}

function typeOf(data: Json): string {
  if (isObject(data)) return 'image'
  return typeof data === 'boolean' ? 'boolean' : 'text'
}
