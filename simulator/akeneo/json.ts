/** What JSON.parse can return. Bodies and answers are made of it; nothing in the simulator is `any`. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = Record<string, Json>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** PHP's gettype(): Akeneo's messages name types so, and call a JSON object an array. */
export function phpType(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'double'
  return 'array'
}

/** A PHP array is a list or a map; both are what Akeneo's `expects an array` accepts. */
export function isPhpArray(value: Json | undefined): value is Json[] | JsonObject {
  return typeof value === 'object' && value !== null
}

/** How PHP prints a value with %s: true is "1", false and null are empty. */
export function phpString(value: Json | undefined): string {
  if (value === null || value === undefined || value === false) return ''
  if (value === true) return '1'
  if (typeof value === 'object') return 'Array'
  return String(value)
}

/** Deep equality of two JSON values, blind to the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
    )
  }
  return false
}

/** JSON as PHP's json_encode() prints it: slashes escaped, nothing but ASCII. Clients that compare bytes see no difference. */
export function phpJson(value: Json): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** An answer as PHP prints it where nothing tells an empty map from an empty list: `[]`, and `{}` for completenesses. */
export function withEmptyMapsAsLists(value: Json): Json {
  if (Array.isArray(value)) return value.map(withEmptyMapsAsLists)
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  if (entries.length === 0) return []
  return Object.fromEntries(
    entries.map(([key, held]) => [
      key,
      key === 'completenesses' && Array.isArray(held) && held.length === 0 ? {} : withEmptyMapsAsLists(held),
    ]),
  )
}
