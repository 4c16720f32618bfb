import { isoDate } from '../dates.ts'
import { unprocessable } from '../errors.ts'
import { phpString, type Json } from '../json.ts'
import { dateFormatExpected } from '../messages.ts'
import { compare, type Matcher } from './amount-matchers.ts'
import { datesBetween, type SearchContext } from './predicate.ts'

const DATE_FORMAT = 'yyyy-mm-dd'

/** Days of a date attribute; a single one may also be told by its distance from now (DateFilter). */
export function dateMatcher(code: string, operator: string, value: Json, context: SearchContext): Matcher {
  const parse = (text: Json): string => {
    const day = dayOf(phpString(text))
    if (day === undefined) throw unprocessable(dateFormatExpected(code, DATE_FORMAT, phpString(text)))
    return day
  }
  const day = (data: Json) => phpString(data).slice(0, 10)
  if (operator === 'BETWEEN' || operator === 'NOT BETWEEN') {
    const [from, to] = datesBetween(code, value, DATE_FORMAT).map(parse) as [string, string]
    return (data) => (day(data) >= from && day(data) <= to) === (operator === 'BETWEEN')
  }
  const bound = relativeDay(value, context) ?? parse(value)
  return (data) => compare(operator, day(data) < bound ? -1 : day(data) > bound ? 1 : 0)
}

/** As PHP reads `Y-m-d`: month and day may lack their zero, and a day that its month lacks is none. */
function dayOf(text: string): string | undefined {
  const match = /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [year = '', month = '', day = ''] = match.slice(1)
  const iso = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso) ? iso : undefined
}

const DAYS = { day: 1, week: 7 }
const MONTHS = { month: 1, year: 12 }

/** `now`, `-10 days` or `+1 month`, seen from the server's zone; a day too far for its month runs into the next, as in PHP. */
function relativeDay(value: Json, { nowMs, timezone }: SearchContext): string | undefined {
  const match = typeof value === 'string' ? /^(?:now|([+-]\d+)\s?(day|week|month|year)s?)$/.exec(value) : null
  if (match === null) return undefined
  const count = Number(match[1] ?? 0)
  const unit = match[2] as keyof typeof DAYS | keyof typeof MONTHS | undefined
  const at = new Date(`${isoDate(nowMs, timezone).slice(0, 10)}T00:00:00Z`)
  if (unit === 'day' || unit === 'week') at.setUTCDate(at.getUTCDate() + count * DAYS[unit])
  else if (unit !== undefined) at.setUTCMonth(at.getUTCMonth() + count * MONTHS[unit])
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().slice(0, 10)
}
