import type { FamilyRecord, RecordFamily, RecordValue } from '../../catalog/record-family.ts'
import { ApiError, badRequest, unprocessable, validationFailed } from '../../errors.ts'
import { isObject, isPhpArray, phpString, sameJson, type Json, type JsonObject } from '../../json.ts'
import type { Pim } from '../../pim.ts'
import { invalidJson } from '../../write/payload.ts'
import { codeViolations } from '../../write/structure-rules.ts'
import { dataProblem, MAX_CODE, RECORD_CODE } from './attribute-types.ts'
import { checkFields } from './merge.ts'
import { limitProblem } from './value-limits.ts'

const MAX_RECORDS = 100

export function patchRecords(pim: Pim, family: RecordFamily, text: string): Json {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw invalidJson()
  }
  if (!Array.isArray(body)) throw badRequest('The body should be an array.')
  if (body.length > MAX_RECORDS) {
    throw new ApiError(413, `Too many resources to process, ${MAX_RECORDS} is the maximum allowed.`)
  }
  return body.map((given): JsonObject => {
    const code = isObject(given) && typeof given['code'] === 'string' ? given['code'] : ''
    try {
      if (!isObject(given) || code === '') throw unprocessable('Code is missing.')
      return { code, status_code: writeRecord(pim, family, code, given) ? 201 : 204 }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { code: status_code, ...rest } = error.body()
      return { code, status_code: status_code ?? 422, ...rest }
    }
  })
}

/** Returns whether the record is new. */
export function writeRecord(pim: Pim, family: RecordFamily, code: string, body: JsonObject): boolean {
  checkFields(body, ['code', 'values', 'created', 'updated', '_links', 'asset_family_code'])
  const violations = codeViolations(code, RECORD_CODE, MAX_CODE)
  if (violations.length > 0) throw validationFailed(violations)
  const existing = family.records.get(code)
  const values = mergeValues(pim, family, existing, body['values'] ?? {})
  const at = pim.writtenAt()
  if (existing === undefined) {
    family.records.set(code, { code, values, created: at, updated: at })
    return true
  }
  if (!sameJson([...existing.values], [...values]))
    family.records.set(code, { ...existing, values, updated: at })
  return false
}

function mergeValues(
  pim: Pim,
  family: RecordFamily,
  existing: FamilyRecord | undefined,
  given: Json,
): Map<string, RecordValue[]> {
  if (!isPhpArray(given)) throw unprocessable('Property "values" expects an array as data.')
  const values = new Map([...(existing?.values ?? [])].map(([code, entries]) => [code, [...entries]]))
  for (const [code, inputs] of Object.entries(given)) {
    const attribute = family.attributes.get(code)
    if (attribute === undefined) {
      throw validationFailed([{ property: `values.${code}`, message: `Attribute "${code}" does not exist.` }])
    }
    if (!Array.isArray(inputs)) throw unprocessable(`Property "${code}" expects an array as data.`)
    for (const input of inputs) {
      const { locale = null, channel = null, data = null } = isObject(input) ? input : {}
      checkPlace(pim, attribute, locale, channel)
      const place = { locale: locale as string | null, channel: channel as string | null }
      const others = (values.get(attribute.code) ?? []).filter(
        (entry) => entry.locale !== place.locale || entry.channel !== place.channel,
      )
      const isErased = data === null || data === '' || (Array.isArray(data) && data.length === 0)
      const options = family.options.get(attribute.code)
      const problem = isErased
        ? undefined
        : (dataProblem(attribute, data, (option) => options?.has(option) === true) ??
          limitProblem(attribute, data, (file) => pim.catalog.recordMediaFiles.get(file)))
      if (problem !== undefined) {
        throw validationFailed([{ property: `values.${attribute.code}`, message: problem }])
      }
      const entries = isErased ? others : [...others, { ...place, data }]
      if (entries.length === 0) values.delete(attribute.code)
      else values.set(attribute.code, entries)
    }
  }
  return values
}

function checkPlace(pim: Pim, attribute: JsonObject & { code: string }, locale: Json, channel: Json): void {
  const property = `values.${attribute.code}`
  const refuse = (message: string) => validationFailed([{ property, message }])
  if ((attribute['value_per_locale'] === true) !== (locale !== null)) {
    throw refuse(
      locale === null ? 'A locale is expected.' : `A locale is not expected, "${phpString(locale)}" given.`,
    )
  }
  if ((attribute['value_per_channel'] === true) !== (channel !== null)) {
    throw refuse(
      channel === null
        ? 'A channel is expected.'
        : `A channel is not expected, "${phpString(channel)}" given.`,
    )
  }
  if (locale !== null && !pim.catalog.localeEnabled(phpString(locale))) {
    throw refuse(`The locale "${phpString(locale)}" is not activated.`)
  }
  if (channel !== null && !pim.catalog.channels.has(phpString(channel))) {
    throw refuse(`The channel "${phpString(channel)}" does not exist.`)
  }
}
