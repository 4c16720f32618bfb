import type { HttpAnswer } from './http.ts'

const longestRetryAfterMs = 15 * 60_000

/** `Retry-After` in seconds or as an HTTP date, which is read against the answer's own `Date`; null when absent. */
export function retryAfterMs(headers: HttpAnswer['headers'], now: Date): number | null {
  const value = headers['retry-after']
  if (typeof value !== 'string') return null
  const seconds = Number(value)
  const ms = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(value) - (dateOf(headers) ?? now).getTime()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}

/** The other side's clock, to the second. */
export function dateOf(headers: HttpAnswer['headers']): Date | null {
  const date = new Date(String(headers['date']))
  return Number.isNaN(date.getTime()) ? null : date
}
