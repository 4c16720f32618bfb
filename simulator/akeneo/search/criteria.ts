import type { ApiError } from '../errors.ts'
import { unprocessable } from '../errors.ts'
import { isObject, phpType, type Json } from '../json.ts'

/** One condition of a `search` parameter; all of them must hold. */
export interface Criterion {
  property: string
  operator: string
  value: Json
  locale: string | undefined
  locales: string[] | undefined
  scope: string | undefined
  /** Which of the PIM's readiness configurations is meant. */
  readinessCode?: string
}

/** Decodes `search`; `malformed` makes the answer to text that is no JSON, which differs by resource. */
export function decodeSearch(text: string | undefined, malformed: () => ApiError): Record<string, Json> {
  if (text === undefined) return {}
  let decoded: Json
  try {
    decoded = JSON.parse(text) as Json
  } catch {
    throw malformed()
  }
  if (Array.isArray(decoded)) return Object.fromEntries(decoded.map((item, index) => [String(index), item]))
  if (!isObject(decoded)) throw malformed()
  return decoded
}

/** Checks the shape that products and models share, and fills in the query's default locale and scope. */
export function criteriaOf(
  search: Record<string, Json>,
  defaults: { locale?: string | undefined; scope?: string | undefined },
): Criterion[] {
  for (const [property, filters] of Object.entries(search)) checkShape(property, filters)
  return Object.entries(search).flatMap(([property, filters]) =>
    (filters as Record<string, Json>[]).map((filter): Criterion => {
      checkLocale(property, filter)
      return {
        property,
        operator: filter['operator'] as string,
        value: filter['value'] ?? null,
        locale: typeof filter['locale'] === 'string' ? filter['locale'] : defaults.locale,
        locales: Array.isArray(filter['locales']) ? filter['locales'].map(String) : undefined,
        scope: typeof filter['scope'] === 'string' ? filter['scope'] : defaults.scope,
        ...(typeof filter['readiness_code'] === 'string' && { readinessCode: filter['readiness_code'] }),
      }
    }),
  )
}

function checkShape(property: string, filters: Json): void {
  if (!Array.isArray(filters) || filters.length === 0) {
    throw unprocessable(
      `Structure of filter "${property}" should respect this structure: {"${property}":[{"operator": "my_operator", "value": "my_value"}]}`,
    )
  }
  for (const filter of filters) {
    const operator = isObject(filter) ? (filter['operator'] ?? null) : null
    if (operator === null) throw unprocessable(`Operator is missing for the property "${property}".`)
    if (typeof operator !== 'string') {
      throw unprocessable(`Operator has to be a string, "${phpType(operator)}" given.`)
    }
  }
}

function checkLocale(property: string, filter: Record<string, Json>): void {
  const locale = filter['locale'] ?? null
  const locales = filter['locales'] ?? null
  if (property === 'completeness' || property.startsWith('readiness')) {
    if (locales !== null && !Array.isArray(locales)) {
      throw unprocessable(`Property "${property}" expects an array with the key "locales".`)
    }
    return
  }
  if (locale !== null && typeof locale !== 'string') {
    throw unprocessable(`Property "${property}" expects a string with the key "locale".`)
  }
  if (locales !== null) throw unprocessable(`Property "${property}" expects an array with the key "locale".`)
}
