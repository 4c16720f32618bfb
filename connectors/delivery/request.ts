import type { FeedEntry } from '../../contracts/hub.ts'
import { entryKey, requestKey } from './idempotency.ts'
import type { DeliveryBody } from './schema.ts'

/** What entries are sent as, and the key of the request. */
export function deliveryOf(
  names: Pick<DeliveryBody, 'connection' | 'output' | 'destination'>,
  generation: number,
  entries: readonly FeedEntry[],
): { key: string; body: DeliveryBody } {
  const keyed = entries.map((entry) => ({ key: entryKey(names.output, entry.seq, generation), ...entry }))
  return { key: requestKey(keyed.map(({ key }) => key)), body: { ...names, entries: keyed } }
}
