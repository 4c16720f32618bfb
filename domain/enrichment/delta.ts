const DAY_MS = 86_400_000

/**
 * Which index to read: the daily one reaches back 24 hours from when it was made, so a night that was missed is a gap that only
 * the whole index fills. Null: this index was read already, or is older than the one that was.
 */
export function indexToRead(lastRead: string | null, generated: string): 'daily' | 'files' | null {
  if (lastRead === null) return 'files'
  const [last, now] = [instantOf(lastRead), instantOf(generated)]
  if (last === undefined || now === undefined) return 'files'
  if (now <= last) return null
  return now - last <= DAY_MS ? 'daily' : 'files'
}

/** Milliseconds of `YYYYMMDDHHMMSS`, which Icecat writes without a zone; undefined when it is none. */
export function instantOf(stamp: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? []
  if (year === undefined) return undefined
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
