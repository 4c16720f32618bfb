/** The end of an axis: 1, 2, 2.5 or 5 times a power of ten, not below `value`. */
export function niceEnd(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10
  return step * power
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const steps = [
  ...[5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28, 91, 364].map((n) => n * day),
]

/** The shortest even step with which at most `most` of them cover the time; unit ms. */
export const evenStep = (spanMs: number, most: number): number =>
  steps.find((step) => spanMs / step <= most) ?? Math.ceil(spanMs / most / day) * day

/** Instants on even steps of UTC within [from, to]. */
export function evenTimes(from: Date, to: Date, most: number): { at: Date; stepMs: number }[] {
  const stepMs = evenStep(to.getTime() - from.getTime(), most)
  const times = []
  for (let at = Math.ceil(from.getTime() / stepMs) * stepMs; at <= to.getTime(); at += stepMs)
    times.push({ at: new Date(at), stepMs })
  return times
}

/** `14:00`, or `24 Nov` where a step is a day or midnight passes. */
export function timeLabel({ at, stepMs }: { at: Date; stepMs: number }): string {
  const midnight = at.getTime() % day === 0
  return stepMs >= day || midnight
    ? at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
    : at.toISOString().slice(11, 16)
}

/** `12`, `3.4k`, `1.2M`. */
export function short(n: number): string {
  const [size, unit] = n >= 1e6 ? [1e6, 'M'] : n >= 1e4 ? [1e3, 'k'] : [1, '']
  const scaled = n / size
  return `${scaled >= 100 || Number.isInteger(scaled) ? Math.round(scaled) : Number(scaled.toPrecision(2))}${unit}`
}
