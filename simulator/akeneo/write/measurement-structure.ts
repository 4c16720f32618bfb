import type { Violation } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/*
 * Akeneo reads measures through JSON schemas (MeasurementFamilyListValidator, MeasurementFamilyValidator) and reports
 * what its library says; an empty PHP array counts as a list there, never as an object.
 */

type Check = (value: Json, path: string) => Violation[]

const of =
  (...types: string[]): Check =>
  (value, path) =>
    types.includes(schemaType(value))
      ? []
      : [
          {
            property: path,
            message: `The data (${schemaType(value)}) must match the type: ${types.join(', ')}`,
          },
        ]

/** Every value of a map, whatever its key; lists pass where the map may be empty. */
const mapOf =
  (types: string[], each: Check): Check =>
  (value, path) => {
    const wrong = of(...types)(value, path)
    if (wrong.length > 0 || !isObject(value)) return wrong
    return Object.entries(value).flatMap(([key, one]) => each(one, join(path, key)))
  }

const labels = mapOf(['object', 'array'], of('string'))

const step: Check = (value, path) =>
  objectErrors(value, path, { operator: of('string'), value: of('string') }, ['operator', 'value'], true)

const steps: Check = (value, path) =>
  Array.isArray(value)
    ? value.flatMap((one, index) => step(one, `${path}[${index}]`))
    : of('array')(value, path)

const unit: Check = (value, path) =>
  objectErrors(
    value,
    path,
    { code: of('string'), labels, convert_from_standard: steps, symbol: of('string') },
    ['code', 'convert_from_standard'],
  )

const FAMILY: Record<string, Check> = {
  _links: of('object'),
  code: of('string'),
  labels,
  standard_unit_code: of('string'),
  units: mapOf(['object'], unit),
}

/** What keeps the whole list from being read at all. */
export function listErrors(body: Json): Violation[] {
  if (!Array.isArray(body)) return of('array')(body, '')
  return body.flatMap((family, index) => of('object')(family, `[${index}]`))
}

/** What one family needs before it can be told apart from others. */
export const codeErrors = (family: JsonObject): Violation[] =>
  objectErrors(family, '', { code: of('string') }, ['code'], true)

export const structureErrors = (family: JsonObject): Violation[] =>
  objectErrors(family, '', FAMILY, ['code', 'units', 'standard_unit_code'])

function objectErrors(
  value: Json,
  path: string,
  properties: Record<string, Check>,
  required: string[],
  othersToo = false,
): Violation[] {
  if (!isObject(value)) return of('object')(value, path)
  const missing = required.filter((key) => !Object.hasOwn(value, key))
  if (missing.length > 0) {
    return [{ property: path, message: `The required properties (${missing.join(', ')}) are missing` }]
  }
  const errors = Object.entries(properties).flatMap(([key, check]) =>
    Object.hasOwn(value, key) ? check(value[key] ?? null, join(path, key)) : [],
  )
  const extra = Object.keys(value).filter((key) => !Object.hasOwn(properties, key))
  if (extra.length > 0 && !othersToo) {
    const message = `Additional object properties are not allowed: ${extra.join(', ')}`
    errors.push({ property: path, message })
  }
  return errors
}

const join = (path: string, key: string) =>
  /^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`

function schemaType(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'array' : 'object'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
