import { parseIsoFilterDate } from '../../dates.ts'
import { unprocessable } from '../../errors.ts'
import { phpString, type Json, type JsonObject } from '../../json.ts'
import { textMatcher } from '../../search/text-match.ts'
import type { Condition } from './record-filter.ts'

/** What a request projects values to, which is also where a filter looks that names no place itself. */
export interface Projected {
  channel: string | undefined
  locales: readonly string[] | undefined
}

const PRESENCE = ['EMPTY', 'NOT EMPTY']
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  text: ['=', 'CONTAINS', 'DOES NOT CONTAIN', 'STARTS WITH', 'ENDS WITH', ...PRESENCE],
  number: ['=', ...PRESENCE],
  boolean: ['=', ...PRESENCE],
  date: ['=', '<', '>', 'BETWEEN', 'NOT BETWEEN', ...PRESENCE],
  single_option: ['IN', ...PRESENCE],
  multiple_options: ['IN', ...PRESENCE],
  record: ['IN', ...PRESENCE],
  reference_entity_single_link: ['IN', ...PRESENCE],
  reference_entity_multiple_links: ['IN', ...PRESENCE],
}

/** A condition on the value of one attribute, in one channel and locale (the cloud only). */
export function recordValueCondition(
  attribute: JsonObject & { code: string },
  criterion: JsonObject,
  defaults: Projected,
): Condition {
  const operator = phpString(criterion['operator'])
  const type = phpString(attribute['type'])
  if (OPERATORS[type]?.includes(operator) !== true) {
    throw unprocessable(
      `Filter on property "${attribute.code}" is not supported or does not support operator "${operator}"`,
    )
  }
  const channel =
    attribute['value_per_channel'] === true ? place(criterion['channel'], defaults.channel) : null
  const locale =
    attribute['value_per_locale'] === true ? place(criterion['locale'], defaults.locales?.[0]) : null
  const matches = matcher(type, operator, criterion['value'] ?? null)
  return (record) => {
    const data = (record.values.get(attribute.code) ?? []).find(
      (entry) => entry.channel === channel && entry.locale === locale,
    )?.data
    if (operator === 'EMPTY') return data === undefined
    return data !== undefined && matches(data)
  }
}

const place = (given: Json | undefined, otherwise: string | undefined): string | null =>
  typeof given === 'string' ? given : (otherwise ?? null)

function matcher(type: string, operator: string, value: Json): (data: Json) => boolean {
  if (PRESENCE.includes(operator)) return () => true
  if (operator === 'IN') {
    const wanted = new Set(
      (Array.isArray(value) ? value : [value]).map((code) => phpString(code).toLowerCase()),
    )
    return (data) =>
      (Array.isArray(data) ? data : [data]).some((one) => wanted.has(phpString(one).toLowerCase()))
  }
  if (type === 'boolean') return (data) => data === value
  if (type === 'number') return (data) => Number(phpString(data)) === Number(phpString(value))
  if (type === 'date') return dateMatcher(operator, value)
  const text = phpString(value)
  if (operator === 'ENDS WITH') return (data) => phpString(data).toLowerCase().endsWith(text.toLowerCase())
  const matches = textMatcher(operator, text)
  return (data) => matches(phpString(data))
}

function dateMatcher(operator: string, value: Json): (data: Json) => boolean {
  const parse = (text: Json | undefined): number => {
    const given = phpString(text)
    const at = parseIsoFilterDate(/^\d{4}-\d{2}-\d{2}$/.test(given) ? `${given}T00:00:00Z` : given)
    if (at === undefined)
      throw unprocessable(`"${given}" is not a date like 2026-01-31 or 2026-01-31T08:00:00Z.`)
    return at
  }
  const on = (data: Json) => Date.parse(phpString(data))
  if (operator === 'BETWEEN' || operator === 'NOT BETWEEN') {
    const [from, to] = Array.isArray(value) ? value : []
    const [first, last] = [parse(from), parse(to)]
    return (data) => (on(data) >= first && on(data) <= last) === (operator === 'BETWEEN')
  }
  const bound = parse(value)
  if (operator === '=') return (data) => on(data) === bound
  return operator === '>' ? (data) => on(data) > bound : (data) => on(data) < bound
}
