import { parseIsoFilterDate } from '../dates.ts'
import { badRequest } from '../errors.ts'
import { isObject, phpType, type Json, type JsonObject } from '../json.ts'

/** One filter that a structure resource takes. */
export interface StructureFilter<T> {
  operator: string
  /** The sentence for another operator; `{given}` is what was sent. */
  wrongOperator: string
  /** The sentence for a value that does not fit, or undefined when it does. */
  refuse: (value: Json) => string | undefined
  /** Makes the condition; may refuse with a 400 of its own. */
  holds: (value: Json) => (record: T) => boolean
}

export type StructureFilters<T> = Readonly<Record<string, StructureFilter<T>>>

/**
 * Filters of categories, families, attributes and groups. Unlike products these answer 400, name the filters there are,
 * and join all their complaints into one message.
 */
export function structurePredicate<T>(
  search: Record<string, Json>,
  filters: StructureFilters<T>,
): (record: T) => boolean {
  const complaints: string[] = []
  for (const [property, criteria] of Object.entries(search)) {
    const filter = Object.hasOwn(filters, property) ? filters[property] : undefined
    if (filter === undefined) {
      const available = Object.keys(filters).join(', ')
      throw badRequest(
        `Available search filters are "${available}" and you tried to search on unavailable filter "${property}"`,
      )
    }
    if (typeof criteria !== 'object' || criteria === null) {
      complaints.push('This value should be of type iterable.')
      continue
    }
    for (const criterion of Object.values(criteria)) complaints.push(...check(criterion, filter))
  }
  if (complaints.length > 0) throw badRequest(complaints.join(' '))

  const conditions = Object.entries(search).flatMap(([property, criteria]) =>
    Object.values(criteria as JsonObject).map((criterion) =>
      filters[property]?.holds((criterion as JsonObject)['value'] ?? null),
    ),
  )
  return (record) => conditions.every((holds) => holds?.(record) !== false)
}

function check<T>(criterion: Json, filter: StructureFilter<T>): string[] {
  if (!isObject(criterion)) return ['This value should be of type array|(Traversable&ArrayAccess).']
  const complaints: string[] = []
  const operator = criterion['operator']
  if (!Object.hasOwn(criterion, 'operator')) complaints.push('This field is missing.')
  else if (operator !== filter.operator) {
    complaints.push(filter.wrongOperator.replace('{given}', quoted(operator)))
  }
  if (!Object.hasOwn(criterion, 'value')) complaints.push('This field is missing.')
  else complaints.push(...(filter.refuse(criterion['value'] ?? null) ?? '').split('\n').filter(Boolean))
  for (const key of Object.keys(criterion)) {
    if (key !== 'operator' && key !== 'value') complaints.push('This field was not expected.')
  }
  return complaints
}

function quoted(value: Json | undefined): string {
  if (typeof value === 'string') return `"${value}"`
  if (value === null || value === undefined) return 'null'
  return typeof value === 'object' ? 'array' : String(value)
}

export function codeFilter<T extends { code: string }>(
  noun: string,
  quotesCompared = false,
): StructureFilter<T> {
  // Some repositories print the operator they want where others print the one they got; both are Akeneo's.
  const given = quotesCompared ? '"IN"' : '{given}'
  return {
    operator: 'IN',
    wrongOperator: `In order to search on ${noun} codes you must use "IN" operator, ${given} given.`,
    refuse: (value) =>
      listOfStrings(
        value,
        `In order to search on ${noun} codes you must send an array of ${noun} codes as value, ${phpType(value)} given.`,
        quotesCompared ? [] : ['This value should be of type iterable.'],
      ),
    holds: (value) => {
      const wanted = new Set((value as string[]).map((code) => code.toLowerCase()))
      return ({ code }) => wanted.has(code.toLowerCase())
    },
  }
}

export function listOfStrings(value: Json, message: string, more: string[] = []): string | undefined {
  if (!Array.isArray(value)) return [message, ...more].join('\n')
  const wrong = value.filter((item) => typeof item !== 'string')
  return wrong.length === 0 ? undefined : wrong.map(() => 'This value should be of type string.').join('\n')
}

export function updatedFilter<T extends { updated: number }>(
  quotesCompared = false,
  message = 'This value is not in a valid ISO 8601 standard datetime format',
): StructureFilter<T> {
  const given = quotesCompared ? '">"' : '{given}'
  return {
    operator: '>',
    wrongOperator: `Searching on the "updated" property require the ">" (greater than) operator, ${given} given.`,
    refuse: (value) =>
      typeof value === 'string' && parseIsoFilterDate(value) !== undefined ? undefined : message,
    holds: (value) => {
      const bound = parseIsoFilterDate(value as string) ?? 0
      return ({ updated }) => updated > bound
    },
  }
}

export function booleanFilter<T>(
  wrongOperator: string,
  wrongValue: (value: Json) => string,
  holds: (wanted: boolean) => (record: T) => boolean,
): StructureFilter<T> {
  return {
    operator: '=',
    wrongOperator,
    refuse: (value) => (typeof value === 'boolean' ? undefined : wrongValue(value)),
    holds: (value) => holds(value === true),
  }
}

export { quoted }
