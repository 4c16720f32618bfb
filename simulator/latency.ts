/** How long something takes: always the same, anything between two bounds, or mostly short with a long tail. */
export type Latency =
  | number
  | { uniform: readonly [minMs: number, maxMs: number] }
  | { lognormal: { medianMs: number; sigma: number } }

/** One draw, in milliseconds; `random` is in [0, 1). */
export function drawLatencyMs(latency: Latency, random: () => number = Math.random): number {
  if (typeof latency === 'number') return latency
  if ('uniform' in latency) {
    const [minMs, maxMs] = latency.uniform
    return minMs + (maxMs - minMs) * random()
  }
  const { medianMs, sigma } = latency.lognormal
  // Box and Muller; 1 - random keeps the logarithm away from zero.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return medianMs * Math.exp(sigma * normal)
}

/** `50`, `uniform:20:80` or `lognormal:60:0.5` (median and sigma); undefined when it is none of them. */
export function readLatency(text: string): Latency | undefined {
  const [name, ...rest] = text.split(':')
  const numbers = rest.map(Number)
  const [a, b] = numbers
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  if (numbers.length !== 2 || a === undefined || b === undefined) return undefined
  if (!numbers.every((number) => Number.isFinite(number) && number >= 0)) return undefined
  if (name === 'uniform' && a <= b) return { uniform: [a, b] }
  return name === 'lognormal' ? { lognormal: { medianMs: a, sigma: b } } : undefined
}
