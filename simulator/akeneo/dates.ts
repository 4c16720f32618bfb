/** Minutes east of UTC of a zone at an instant. */
export function offsetMinutes(timezone: string, at: Date): number {
  if (timezone === 'UTC') return 0
  const hour = Math.floor(at.getTime() / 3_600_000)
  let known = offsets.get(timezone)
  if (known === undefined) offsets.set(timezone, (known = new Map<number, number>()))
  let minutes = known.get(hour)
  if (minutes === undefined) known.set(hour, (minutes = lookUp(timezone, at)))
  return minutes
}

// Intl is slow (about 20 µs a call) and a page prints 200 dates; zones change offset on whole hours.
const offsets = new Map<string, Map<number, number>>()

function lookUp(timezone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    timeZoneName: 'longOffset',
  }).formatToParts(at)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const match = /([+-])(\d{2}):(\d{2})/.exec(name)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}

const two = (value: number) => String(value).padStart(2, '0')

function offsetText(minutes: number): string {
  const sign = minutes < 0 ? '-' : '+'
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

/** ISO 8601 to the second with the zone's offset: `2016-06-25T17:56:12+02:00`. */
export function isoDate(at: number, timezone: string): string {
  const minutes = offsetMinutes(timezone, new Date(at))
  return new Date(at + minutes * 60_000).toISOString().slice(0, 19) + offsetText(minutes)
}

const SEARCH_DATE = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})$/

/**
 * `YYYY-MM-DD hh:mm:ss` in the server's zone, or undefined. Akeneo reads search dates in PHP's default zone on
 * purpose (ApplyProductSearchQueryParametersToPQB), so UTC only where the server is on UTC.
 */
export function parseSearchDate(text: string, timezone: string): number | undefined {
  const match = SEARCH_DATE.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 59)
    return undefined
  return fromWallClock(Date.UTC(year, month - 1, day, hour, minute, second), timezone)
}

/** The instant at which a zone's clocks show what the UTC clocks show at `wall`. */
export function fromWallClock(wall: number, timezone: string): number {
  const guess = wall - offsetMinutes(timezone, new Date(wall)) * 60_000
  return wall - offsetMinutes(timezone, new Date(guess)) * 60_000
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/

/** The ISO 8601 form that families, categories, attributes ... take in their `updated` filter, or undefined. */
export function parseIsoFilterDate(text: string): number | undefined {
  if (!ISO_DATE.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Akeneo keeps dates to the second. */
export function toSecond(at: Date): number {
  return Math.floor(at.getTime() / 1000) * 1000
}

/** The day of a text `YYYY-MM-DD...` at midnight in the server's zone, as Akeneo prints it. */
export function midnight(text: string, timezone: string): string {
  return isoDate(fromWallClock(Date.parse(`${text.slice(0, 10)}T00:00:00Z`), timezone), timezone)
}

/** Whole seconds since 1970, both included. */
export interface Seconds {
  from: number
  to: number
}

export const ALWAYS: Seconds = { from: -Infinity, to: Infinity }
