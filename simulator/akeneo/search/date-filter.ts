import { ALWAYS, parseSearchDate, type Seconds } from '../dates.ts'
import { unprocessable } from '../errors.ts'
import { phpString, type Json } from '../json.ts'
import { dateFormatExpected, integerExpected } from '../messages.ts'
import type { Criterion } from './criteria.ts'
import { datesBetween, type Predicate, type SearchContext } from './predicate.ts'
import type { SearchDocument } from './search-index.ts'

const SEARCH_FORMAT = 'yyyy-mm-dd H:i:s'

/** The seconds in which all of these dates must lie; whether they do, the predicates decide. */
export function secondsOf(
  properties: readonly string[],
  criteria: readonly Criterion[],
  { timezone, nowMs }: SearchContext,
): Seconds {
  const bounds = criteria
    .filter(({ property }) => properties.includes(property))
    .map(({ operator, value }): Seconds => {
      const second = (text: Json) => (parseSearchDate(phpString(text), timezone) ?? NaN) / 1000
      switch (operator) {
        case 'BETWEEN': {
          const [from = NaN, to = NaN] = Object.values(value as Json[]).map(second)
          return { from, to }
        }
        case 'SINCE LAST N DAYS':
          return { from: Math.floor(nowMs / 1000) - Number(value) * 86_400 + 1, to: Infinity }
        case '>':
          return { from: second(value) + 1, to: Infinity }
        case '<':
          return { from: -Infinity, to: second(value) - 1 }
        case '=':
          return { from: second(value), to: second(value) }
        default:
          return ALWAYS
      }
    })
  return {
    from: Math.max(ALWAYS.from, ...bounds.map(({ from }) => from)),
    to: Math.min(ALWAYS.to, ...bounds.map(({ to }) => to)),
  }
}

/** A date of a record, to the second, in the server's zone. */
export function dateFilter(
  { property, operator, value }: Criterion,
  { timezone, nowMs }: SearchContext,
  dateOf: (document: SearchDocument) => number,
): Predicate {
  const second = (document: SearchDocument) => Math.floor(dateOf(document) / 1000)
  const parse = (text: Json) => {
    const at = parseSearchDate(phpString(text), timezone)
    // The list endpoints turn the text into a date first and lose it when that fails, hence the empty quotes.
    if (at === undefined) throw unprocessable(dateFormatExpected(property, SEARCH_FORMAT, ''))
    return at / 1000
  }
  switch (operator) {
    case 'EMPTY':
      return () => false
    case 'NOT EMPTY':
      return () => true
    case 'BETWEEN':
    case 'NOT BETWEEN': {
      const [from, to] = datesBetween(property, value, SEARCH_FORMAT).map(parse) as [number, number]
      const isIn = operator === 'BETWEEN'
      return (document) => (second(document) >= from && second(document) <= to) === isIn
    }
    case 'SINCE LAST N DAYS': {
      if (!Number.isInteger(value)) throw unprocessable(integerExpected(property, value))
      const bound = Math.floor(nowMs / 1000) - Number(value) * 86_400
      return (document) => second(document) > bound
    }
    default: {
      const bound = parse(value)
      if (operator === '>') return (document) => second(document) > bound
      if (operator === '<') return (document) => second(document) < bound
      if (operator === '=') return (document) => second(document) === bound
      return (document) => second(document) !== bound
    }
  }
}
