import type { MeasurementFamily } from '../catalog/records.ts'
import { ApiError, type Violation } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isObject, phpType, sameJson, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { invalidJson } from './payload.ts'

const INVALID = 'The measurement family has an invalid format.'
const RULES = 'The measurement family has data that does not comply with the business rules.'
const MAX_FAMILIES = 100
const MAX_UNITS = 50
const MAX_STEPS = 5

/** Measures are written as one JSON array and answered as one, without line numbers. */
export function measurementFamilyWriteRoutes(pim: Pim): Route[] {
  return [
    {
      method: 'PATCH',
      template: `${API}/measurement-families`,
      acl: 'akeneo_measurement_manage_settings',
      name: 'akeneo_measurement_measurement_family_save_external_api',
      handler: async (request) => {
        const body = decode(await request.text())
        if (!Array.isArray(body)) {
          const message = `The data (${phpType(body) === 'array' ? 'object' : phpType(body)}) must match the type: array`
          throw new ApiError(400, 'The list of measurement families has an invalid format.', {
            errors: [{ property: '', message }],
          })
        }
        return ok(body.map((family) => writeFamily(pim, family)))
      },
    },
  ]
}

function decode(text: string): Json {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw invalidJson()
  }
  if (body === null) throw invalidJson()
  return body
}

function writeFamily(pim: Pim, given: Json): JsonObject {
  const { measurementFamilies } = pim.catalog
  const code = isObject(given) && typeof given['code'] === 'string' ? given['code'] : ''
  const refused = (message: string, errors: Violation[]): JsonObject => ({
    code,
    status_code: 422,
    message,
    errors: errors.map((error) => ({ ...error })),
  })
  if (!isObject(given))
    return refused(INVALID, [{ property: '', message: 'The data must match the type: object' }])
  if (!Object.hasOwn(given, 'code')) {
    return refused(INVALID, [{ property: '', message: 'The required properties (code) are missing' }])
  }
  const existing = measurementFamilies.get(code)
  const whole =
    existing === undefined
      ? given
      : (replaceRecursive(existing as unknown as JsonObject, given) as JsonObject)
  const malformed = structureErrors(whole)
  if (malformed.length > 0) return refused(INVALID, malformed)
  const family = toFamily(whole)
  const violations = businessErrors(pim, family, existing)
  if (violations.length > 0) return refused(RULES, violations)
  measurementFamilies.set(code, family)
  return { code, status_code: existing === undefined ? 201 : 204 }
}

/** PHP's array_replace_recursive: maps merge by key, and so do lists, by index. */
function replaceRecursive(before: Json, after: Json): Json {
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null)
    return after
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
      const old = before[index]
      const given = after[index]
      if (given === undefined) return old ?? null
      return old === undefined ? given : replaceRecursive(old, given)
    })
  }
  const merged = new Map(Object.entries(before))
  for (const [key, value] of Object.entries(after)) {
    const old = merged.get(key)
    merged.set(key, old === undefined ? value : replaceRecursive(old, value))
  }
  return Object.fromEntries(merged)
}

const KEYS = ['code', 'labels', 'standard_unit_code', 'units']

function structureErrors(family: JsonObject): Violation[] {
  const missing = ['units', 'standard_unit_code'].filter((key) => !Object.hasOwn(family, key))
  if (missing.length > 0) {
    return [{ property: '', message: `The required properties (${missing.join(', ')}) are missing` }]
  }
  const extra = Object.keys(family).filter((key) => !KEYS.includes(key))
  if (extra.length > 0) {
    return [{ property: '', message: `Additional object properties are not allowed: ${extra.join(', ')}` }]
  }
  const units = family['units'] ?? null
  if (!isObject(units))
    return [{ property: 'units', message: 'The data (array) must match the type: object' }]
  const wrongUnit = Object.entries(units).find(
    ([, unit]) => !isObject(unit) || !Array.isArray(unit['convert_from_standard'] ?? null),
  )
  if (wrongUnit !== undefined) {
    return [
      {
        property: `units.${wrongUnit[0]}`,
        message: 'The required properties (convert_from_standard) are missing',
      },
    ]
  }
  return typeof family['standard_unit_code'] === 'string'
    ? []
    : [{ property: 'standard_unit_code', message: 'The data must match the type: string' }]
}

function toFamily(whole: JsonObject): MeasurementFamily {
  const labels = (value: Json | undefined) => (isObject(value) ? (value as Record<string, string>) : {})
  return {
    code: whole['code'] as string,
    labels: labels(whole['labels']),
    standard_unit_code: whole['standard_unit_code'] as string,
    units: Object.fromEntries(
      Object.entries(whole['units'] as Record<string, JsonObject>).map(([key, unit]) => [
        key,
        {
          code: typeof unit['code'] === 'string' ? unit['code'] : key,
          labels: labels(unit['labels']),
          convert_from_standard: unit['convert_from_standard'] as unknown as [],
          symbol: typeof unit['symbol'] === 'string' ? unit['symbol'] : '',
        },
      ]),
    ),
  }
}

function businessErrors(
  pim: Pim,
  family: MeasurementFamily,
  existing: MeasurementFamily | undefined,
): Violation[] {
  const violations: Violation[] = []
  const add = (property: string, message: string) => violations.push({ property, message })
  const { code, units } = family
  for (const [key, unit] of Object.entries(units)) {
    if (unit.code !== key) add(`[units][${key}]`, 'The index does not match the unit code.')
  }
  if (violations.length > 0) return violations

  if (!/^[a-zA-Z0-9_]+$/.test(code)) {
    add('code', 'This field can only contain letters, numbers, and underscores.')
  }
  if (existing === undefined && pim.catalog.measurementFamilies.size >= MAX_FAMILIES) {
    add('', `You’ve reached the limit of ${MAX_FAMILIES} measurement families.`)
  }
  if (existing !== undefined && existing.standard_unit_code !== family.standard_unit_code) {
    add('standard_unit_code', `The standard unit code of the "${code}" measurement family cannot be changed`)
  }
  const standard = units[family.standard_unit_code]
  if (standard === undefined) {
    add(
      'standard_unit_code',
      `The "${family.standard_unit_code}" standard unit code does not exist in the list of units for the "${code}" measurement family.`,
    )
  } else if (!sameJson(standard.convert_from_standard, [{ operator: 'mul', value: '1' }])) {
    add(
      'units[0][convert_from_standard]',
      `The standard unit code of the "${code}" measurement family should be a multiply-by-1 operation`,
    )
  }
  const list = Object.values(units)
  if (list.length > MAX_UNITS)
    add('units', `You’ve reached the limit of ${MAX_UNITS} conversion operations per unit.`)
  for (const [index, unit] of list.entries()) {
    const path = `units[${index}][convert_from_standard]`
    if (unit.convert_from_standard.length === 0) {
      add(path, 'A minimum of one conversion operation per unit is required.')
    }
    if (unit.convert_from_standard.length > MAX_STEPS) {
      add(path, `You’ve reached the limit of ${MAX_STEPS} conversion operations per unit.`)
    }
    for (const [step, { operator, value }] of unit.convert_from_standard.entries()) {
      if (!['mul', 'div', 'add', 'sub'].includes(operator)) {
        add(
          `${path}[${step}][operator]`,
          `The "${operator}" operator is invalid, please use "mul", "div", "add", "sub" instead.`,
        )
      }
      if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) {
        add(`${path}[${step}][value]`, 'The operation value should be a valid number')
      }
    }
  }
  if (existing !== undefined && isUsed(pim, code)) violations.push(...lockedErrors(existing, family))
  return violations
}

function isUsed({ catalog }: Pim, code: string): boolean {
  return [...catalog.attributes.values()].some(({ metric_family: family }) => family === code)
}

/** Units of a family in use stay; their labels and symbols may change. */
function lockedErrors(before: MeasurementFamily, after: MeasurementFamily): Violation[] {
  const locked =
    'A product attribute is linked to this measurement family. You can only edit the translated labels and symbol of a unit.'
  const lost = Object.keys(before.units).filter((unit) => after.units[unit] === undefined)
  if (lost.length > 0) return [{ property: 'units', message: locked }]
  const changed = Object.keys(before.units).filter(
    (unit) => !sameJson(before.units[unit]?.convert_from_standard, after.units[unit]?.convert_from_standard),
  )
  return changed.length === 0 ? [] : [{ property: 'units', message: locked.slice(0, -1) }]
}
