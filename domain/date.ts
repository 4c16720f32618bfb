const calendarDay = /^(\d{4})-(\d{2})-(\d{2})(?=$|[T ])/

/**
 * The calendar day that a text names, cut from it. Never by way of a point in time: `2025-02-14T00:00:00+02:00` is the
 * 14th wherever it is read, although in UTC it is still the 13th. Undefined when the text starts with no real day.
 */
export function dateOf(text: unknown): string | undefined {
  const found = typeof text === 'string' ? calendarDay.exec(text) : null
  if (!found) return undefined
  const [day, year, month, date] = found
  return Number(date) >= 1 && Number(date) <= daysIn(Number(year), Number(month)) ? day : undefined
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  if (month < 1 || month > 12) return 0
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
