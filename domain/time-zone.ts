const offset = /^([+-])(\d{2}):(\d{2})$/

/** An IANA name or an offset such as `+02:00`. */
export function isTimeZone(zone: string): boolean {
  if (offset.test(zone)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Minutes that the zone's clocks are ahead of UTC at this instant. */
export function offsetMinutes(zone: string, at: Date): number {
  const [, sign, hours, minutes] = offset.exec(zone) ?? []
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  const shown = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value
  // `GMT`, `GMT+02:00`
  const [, ahead, h = '0', m = '0'] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(shown ?? '') ?? []
  return (ahead === '-' ? -1 : 1) * (Number(h) * 60 + Number(m))
}

/** True where clocks are put forward and back: an hour of local time happens twice a year, another never. */
export function changesClocks(zone: string, year: number): boolean {
  const [first, ...others] = Array.from({ length: 12 }, (_, month) =>
    offsetMinutes(zone, new Date(Date.UTC(year, month, 1))),
  )
  return others.some((minutes) => minutes !== first)
}

/** `YYYY-MM-DD hh:mm:ss` as the zone's clocks show it. */
export function localSeconds(zone: string, at: Date): string {
  const local = new Date(at.getTime() + offsetMinutes(zone, at) * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}
