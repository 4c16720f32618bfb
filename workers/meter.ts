import type { MetricMeter } from '@temporalio/common'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../connectors/hub/database.ts'
import { type Standing, standings } from '../connectors/hub/standing.ts'
import { type GaugeName, type Meter, metrics } from '../connectors/telemetry/metrics.ts'

/** Ours beside Temporal's own, at one address. */
export function temporalMeter(native: MetricMeter): Meter {
  const counters = new Map<string, ReturnType<MetricMeter['createCounter']>>()
  const gauges = new Map<string, ReturnType<MetricMeter['createGauge']>>()
  const histograms = new Map<string, ReturnType<MetricMeter['createHistogram']>>()
  for (const { name, kind, help } of Object.values(metrics)) {
    if (kind === 'counter') counters.set(name, native.createCounter(name, undefined, help))
    else if (kind === 'gauge') gauges.set(name, native.createGauge(name, 'float', undefined, help))
    else histograms.set(name, native.createHistogram(name, 'float', undefined, help))
  }
  return {
    add: (name, value, labels) => counters.get(metrics[name].name)?.add(value, labels),
    set: (name, value, labels) => gauges.get(metrics[name].name)?.set(value, labels),
    observe: (name, value, labels) => histograms.get(metrics[name].name)?.record(value, labels),
  }
}

/** Upper bounds of our histograms, as Temporal's runtime takes them. */
export const bucketsByName: Record<string, number[]> = Object.fromEntries(
  Object.values(metrics).flatMap((metric) =>
    metric.kind === 'histogram' ? [[metric.name, [...metric.buckets]]] : [],
  ),
)

/** Prometheus usually asks every 15 s. */
const everyMs = 15_000

/**
 * Keeps the gauges of how connections stand, until the signal. Every worker shows the same, so that none of them is needed for it; whoever
 * asks takes the highest. A database that does not answer leaves them as they are, and the alert on the watermark tells.
 */
export async function showStandings(
  sql: Sql,
  meter: Meter,
  signal: AbortSignal,
  intervalMs = everyMs,
): Promise<void> {
  let shown = new Map<string, Standing>()
  while (!signal.aborted) {
    const found = await standings(sql).catch(() => null)
    if (found !== null) shown = show(meter, found, shown)
    await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** What was shown and is not there any more has become none; an instant stays. */
function show(meter: Meter, found: Standing[], before: Map<string, Standing>): Map<string, Standing> {
  const now = new Map(found.map((standing) => [keyOf(standing), standing]))
  for (const [key, { name, labels }] of before)
    if (!now.has(key) && name !== 'watermark') meter.set(name satisfies GaugeName, 0, labels)
  for (const { name, labels, value } of found) meter.set(name, value, labels)
  return now
}

const keyOf = ({ name, labels }: Standing) => JSON.stringify([name, labels])
