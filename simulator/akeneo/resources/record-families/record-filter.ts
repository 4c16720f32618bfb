import type { FamilyRecord, RecordFamily } from '../../catalog/record-family.ts'
import { parseIsoFilterDate } from '../../dates.ts'
import { badRequest, unprocessable } from '../../errors.ts'
import { isObject, isStringArray, phpString, type Json, type JsonObject } from '../../json.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import { decodeSearch } from '../../search/criteria.ts'
import { textMatcher } from '../../search/text-match.ts'
import { recordValueCondition, type Projected } from './record-values.ts'

export type Condition = (record: FamilyRecord) => boolean

/** `code` IN, `updated` with ISO dates, `complete` for a channel and some of its locales; in the cloud values, too. */
export function recordFilter(
  text: string | undefined,
  pim: Pim,
  family: RecordFamily,
  defaults: Projected,
): Condition {
  const search = decodeSearch(text, () => badRequest('Search query parameter should be valid JSON.'))
  return allOf(search, { pim, family, defaults })
}

interface Context {
  pim: Pim
  family: RecordFamily
  defaults: Projected
}

/** Everything in one object holds together. In the cloud `and` and `or` join lists of such objects, however deep. */
function allOf(search: JsonObject, context: Context): Condition {
  const cloud = isCloud(context.pim.settings)
  const joints = Object.keys(search).filter((key) => cloud && (key === 'and' || key === 'or'))
  if (joints.length > 1) {
    throw unprocessable('Only one logical operator, "and" or "or", is allowed at one level of the search.')
  }
  const conditions = Object.entries(search).flatMap(([property, given]): Condition[] => {
    if (joints.includes(property)) return [joined(property, given, context)]
    const criteria = (Array.isArray(given) ? given : [given]).filter(isObject)
    return criteria.map((criterion) => condition(property, criterion, context))
  })
  return (record) => conditions.every((holds) => holds(record))
}

function joined(joint: string, given: Json, context: Context): Condition {
  const branches = Array.isArray(given) ? given.filter(isObject) : []
  if (branches.length === 0) throw unprocessable(`"${joint}" expects a list of filters.`)
  const conditions = branches.map((branch) => allOf(branch, context))
  if (joint === 'and') return (record) => conditions.every((holds) => holds(record))
  return (record) => conditions.some((holds) => holds(record))
}

function condition(property: string, criterion: JsonObject, { pim, family, defaults }: Context): Condition {
  const { operator = null, value = null } = criterion
  const cloud = isCloud(pim.settings)
  if (property === 'code' && operator === 'IN' && Array.isArray(value)) {
    const wanted = new Set(value.map((code) => phpString(code).toLowerCase()))
    return ({ code }) => wanted.has(code.toLowerCase())
  }
  if (property === 'code' && cloud && CODE_OPERATORS.has(phpString(operator))) {
    const matches = textMatcher(phpString(operator).replaceAll('_', ' '), phpString(value))
    return ({ code }) => matches(code)
  }
  if (property === 'updated') return updatedCondition(phpString(operator), value, pim)
  if (property === 'complete' && operator === '=') {
    // Among logical operators the documentation puts channel and locales into a context of their own.
    const context = isObject(criterion['context']) ? criterion['context'] : {}
    return completeCondition({ ...criterion, ...context }, pim, family)
  }
  const attribute = cloud ? family.attributes.get(property) : undefined
  if (attribute !== undefined) return recordValueCondition(attribute, criterion, defaults)
  throw unprocessable(
    `Filter on property "${property}" is not supported or does not support operator "${phpString(operator)}"`,
  )
}

const CODE_OPERATORS = new Set(['=', '!=', 'CONTAINS', 'STARTS WITH', 'STARTS_WITH'])

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
