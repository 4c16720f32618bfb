const instant = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * A point in time as UTC to the second, `2026-11-20T08:15:30Z`. Text without an offset is taken as UTC, so the result never
 * depends on the machine's own zone; undefined when it is no point in time.
 */
export function utcSeconds(text: string): string | undefined {
  const found = instant.exec(text)
  if (!found) return undefined
  const [, day = '', time = '', zone = 'Z'] = found
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  const milliseconds = Date.parse(`${day}T${time}${offset}`)
  return Number.isNaN(milliseconds) ? undefined : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}
