import { unprocessable } from '../../errors.ts'
import { isObject, isPhpArray, type Json, type JsonObject } from '../../json.ts'
import { unknownProperty } from '../../messages.ts'

/** Objects merge by key, everything else replaces. */
export function mergeFields(before: JsonObject, body: JsonObject): JsonObject {
  const merged = { ...before }
  for (const [field, value] of Object.entries(body)) {
    const old = merged[field] ?? null
    merged[field] = field === 'labels' && isObject(old) && isPhpArray(value) ? mergeLabels(old, value) : value
  }
  return merged
}

function mergeLabels(before: JsonObject, given: Json[] | JsonObject): JsonObject {
  const labels = new Map(Object.entries(before))
  for (const [locale, label] of Object.entries(given)) {
    if (label === null || label === '') labels.delete(locale)
    else labels.set(locale, label)
  }
  return Object.fromEntries(labels)
}

export function checkFields(body: JsonObject, known: string[]): void {
  const unknown = Object.keys(body).find((field) => !known.includes(field))
  if (unknown !== undefined) throw unprocessable(unknownProperty(unknown))
}
