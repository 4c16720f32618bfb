import type { DeliverySight, RecordDelivery } from '../../connectors/hub/sights.ts'
import type { ConnectionStatus } from './connection-status.ts'
import { ago, counted, duration, until } from './format.ts'

/** A line for each destination: how far it is, when it took something last, what it refused. */
export function deliveryRows(
  { destinations, deliveries }: Pick<ConnectionStatus, 'destinations' | 'deliveries'>,
  now: Date,
): string[][] {
  const known = deliveries.map((sight) => sight.destination)
  const removed = (name: string) => (destinations.includes(name) ? '' : 'not in the configuration any more')
  return [
    ...deliveries.map((sight) => [...deliveryCells(sight, now), removed(sight.destination)]),
    ...destinations.filter((name) => !known.includes(name)).map((name) => [name, 'nothing delivered yet']),
  ]
}

/** destination, how far, last accepted, what waits and why. */
export function deliveryCells(
  { destination, position, last, oldest, deliveredAt, refused, queued, refusal, outcome }: DeliverySight,
  now: Date,
): string[] {
  const behind = last > position ? Number(last - position) : 0
  const waits = oldest === null ? '' : `, the first for ${duration(now.getTime() - oldest.getTime())}`
  const latest =
    refusal === null ? '' : ` (${refusal.code ?? 'a record'}: ${refusal.reason}, ${ago(refusal.at, now)})`
  return [
    destination,
    behind === 0 ? `has all, up to ${position}` : `at ${position} of ${last}: ${behind} to send${waits}`,
    deliveredAt === null ? 'nothing taken yet' : `took the last ${ago(deliveredAt, now)}`,
    [
      ...(refused > 0 ? [`${refused} refused or behind a refused one${latest}`] : []),
      ...(queued > 0 ? [`${queued} to be sent again`] : []),
      ...(outcome === 'failed' || outcome === 'cancelled' ? [`last run ${outcome}`] : []),
    ].join(', '),
  ]
}

/** Whether a destination has the record as it stands, and if not, why and since when that may change. */
export function recordDeliveryText(
  { seq, position, reason, behind, attempts, dueAt, takenAt, exact, externalId }: RecordDelivery,
  now: Date,
): string {
  const name = externalId === null ? '' : `, called ${externalId} there`
  if (behind !== null) return `waits for ${behind}, which the destination refused${name}`
  if (reason !== null) {
    const next = dueAt === null || dueAt <= now ? 'with the next delivery' : until(dueAt, now)
    return `refused: ${reason} (tried ${counted(attempts, 'time')}, next ${next})${name}`
  }
  if (dueAt !== null) return `to be sent again${name}`
  if (seq > position) return `not sent yet: the destination is at ${position} of the feed${name}`
  if (takenAt === null) return `delivered${name}`
  return `delivered${exact === true ? '' : ', at the latest'} ${ago(takenAt, now)}${name}`
}
