import type { FamilyRecord, RecordFamily } from '../../catalog/record-family.ts'
import { parseIsoFilterDate } from '../../dates.ts'
import { badRequest, unprocessable } from '../../errors.ts'
import { isObject, isStringArray, phpString, type Json, type JsonObject } from '../../json.ts'
import type { Pim } from '../../pim.ts'
import { decodeSearch } from '../../search/criteria.ts'

type Condition = (record: FamilyRecord) => boolean

/** `code` IN, `updated` with ISO dates, `complete` for a channel and some of its locales. */
export function recordFilter(text: string | undefined, pim: Pim, family: RecordFamily): Condition {
  const search = decodeSearch(text, () => badRequest('Search query parameter should be valid JSON.'))
  const conditions: Condition[] = []
  for (const [property, given] of Object.entries(search)) {
    const criteria = (Array.isArray(given) ? given : [given]).filter(isObject)
    for (const criterion of criteria) {
      const { operator = null, value = null } = criterion
      if (property === 'code' && operator === 'IN' && Array.isArray(value)) {
        const wanted = new Set(value.map((code) => phpString(code).toLowerCase()))
        conditions.push(({ code }) => wanted.has(code.toLowerCase()))
      } else if (property === 'updated') conditions.push(updatedCondition(phpString(operator), value, pim))
      else if (property === 'complete' && operator === '=')
        conditions.push(completeCondition(criterion, pim, family))
      else {
        throw unprocessable(
          `Filter on property "${property}" is not supported or does not support operator "${phpString(operator)}"`,
        )
      }
    }
  }
  return (record) => conditions.every((holds) => holds(record))
}

/** Complete is a record that has a value wherever an attribute asks for one: per channel, per locale, or once. */
function completeCondition(criterion: JsonObject, { catalog }: Pim, family: RecordFamily): Condition {
  const { value = null, channel = null, locales = null } = criterion
  if (typeof value !== 'boolean')
    throw unprocessable('Filter "complete" with operator "=" expects a boolean value.')
  if (typeof channel !== 'string' || !catalog.channels.has(channel)) {
    throw unprocessable(`The channel "${phpString(channel)}" does not exist.`)
  }
  if (!isStringArray(locales) || locales.length === 0) {
    throw unprocessable('Filter "complete" expects a list of locales.')
  }
  const required = [...family.attributes.values()].filter(
    (one) => one['is_required_for_completeness'] === true,
  )
  const isComplete: Condition = (record) =>
    required.every((attribute) => {
      const wanted = attribute['value_per_locale'] === true ? locales : [null]
      const where = attribute['value_per_channel'] === true ? channel : null
      const entries = record.values.get(attribute.code) ?? []
      return wanted.every((locale) => entries.some((one) => one.locale === locale && one.channel === where))
    })
  return (record) => isComplete(record) === value
}

function updatedCondition(operator: string, value: Json, pim: Pim): Condition {
  const parse = (text: Json) => {
    const at = parseIsoFilterDate(phpString(text))
    if (at === undefined) throw badRequest('This value is not in a valid ISO 8601 standard datetime format')
    return at
  }
  switch (operator) {
    case '>': {
      const bound = parse(value)
      return ({ updated }) => updated > bound
    }
    case '<': {
      const bound = parse(value)
      return ({ updated }) => updated < bound
    }
    case 'BETWEEN':
    case 'NOT BETWEEN': {
      const [from = 0, to = 0] = (Array.isArray(value) ? value : []).map(parse)
      return ({ updated }) => (updated >= from && updated <= to) === (operator === 'BETWEEN')
    }
    case 'SINCE LAST N DAYS': {
      const bound = pim.clock.now().getTime() - Number(value) * 86_400_000
      return ({ updated }) => updated > bound
    }
    default:
      throw unprocessable(
        `Filter on property "updated" is not supported or does not support operator "${operator}"`,
      )
  }
}
