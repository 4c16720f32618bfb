import type { MeasurementFamily } from '../catalog/records.ts'
import { ApiError, type Violation } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { businessErrors, indexErrors } from './measurement-rules.ts'
import { codeErrors, listErrors, structureErrors } from './measurement-structure.ts'
import { invalidJson } from './payload.ts'

const INVALID = 'The measurement family has an invalid format.'
const RULES = 'The measurement family has data that does not comply with the business rules.'

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
        const errors = listErrors(body)
        if (!Array.isArray(body) || errors.length > 0) {
          throw new ApiError(400, 'The list of measurement families has an invalid format.', {
            errors: errors.map((error) => ({ ...error })),
          })
        }
        return ok((body as JsonObject[]).map((family) => writeFamily(pim, family)))
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

function writeFamily(pim: Pim, given: JsonObject): JsonObject {
  const { measurementFamilies } = pim.catalog
  const refused = (message: string, errors: Violation[]): JsonObject => ({
    code: given['code'] ?? '',
    status_code: 422,
    message,
    errors: errors.map((error) => ({ ...error })),
  })
  const nameless = codeErrors(given)
  if (nameless.length > 0) return refused(INVALID, nameless)
  const code = phpString(given['code'])
  const existing = measurementFamilies.get(code)
  const whole =
    existing === undefined
      ? given
      : (replaceRecursive(existing as unknown as JsonObject, given) as JsonObject)
  const malformed = structureErrors(whole)
  if (malformed.length > 0) return refused(INVALID, malformed)
  const family = toFamily(whole)
  const misplaced = indexErrors(family)
  const violations = misplaced.length > 0 ? misplaced : businessErrors(pim, family, existing)
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
