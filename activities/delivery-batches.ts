import { cancellationSignal } from '@temporalio/activity'
import type { DestinationClient } from '../connectors/delivery/client.ts'
import type { Queryable } from '../connectors/hub/database.ts'
import type { DeliveryState } from '../connectors/hub/deliveries.ts'
import type { DeliveryKey } from '../connectors/hub/delivery-key.ts'
import { type DeliveryOutcome, dueEntries, refusedParents } from '../connectors/hub/delivery-queue.ts'
import { changesAfter } from '../connectors/hub/records.ts'
import type { FeedEntry } from '../contracts/hub.ts'
import { fitting } from '../domain/fitting.ts'

/** Entries of one request, rendered: most receivers take 10 MB, many proxies less; unit characters. */
const requestChars = 4_000_000

export interface Batch {
  entries: FeedEntry[]
  /** From the queue, not from the feed. */
  queued: boolean
  /** Where the destination is when all of them have an outcome. */
  position: bigint
}

/** What is sent next: queued records first, because parents may be among them. Null when there is nothing. */
export async function nextBatch(
  db: Queryable,
  key: DeliveryKey,
  { position }: DeliveryState,
  size: number,
): Promise<Batch | null> {
  const due = fitting(await dueEntries(db, key, size), requestChars)
  if (due.length > 0) return { entries: due, queued: true, position }
  const entries = fitting(await changesAfter(db, key.connection, key.output, position, size), requestChars)
  const last = entries.at(-1)
  return last === undefined ? null : { entries, queued: false, position: BigInt(last.seq) }
}

export interface Sent {
  outcomes: DeliveryOutcome[]
  /** Where the destination is with these outcomes. */
  position: bigint
  smallerBatches: number | null
  /** What came in between: the entries after the last outcome were not sent. */
  failure: Error | null
}

/** Sends what need not wait for a refused parent, and says of every entry what became of it, up to where a failure came in between. */
export async function sendBatch(
  client: DestinationClient,
  key: DeliveryKey,
  db: Queryable,
  { generation, position }: DeliveryState,
  batch: Batch,
): Promise<Sent> {
  const held = await refusedParents(db, key, batch.entries)
  // What left must leave there too, whatever is the matter with its parent.
  const waits = ({ id, record }: FeedEntry) => record.status !== 'retired' && held.has(id)
  const open = batch.entries.filter((entry) => !waits(entry))
  const sent =
    open.length === 0
      ? { outcomes: [], smallerBatches: null, failure: null }
      : await client.deliver({
          output: key.output,
          generation,
          entries: open,
          queued: batch.queued,
          signal: cancellationSignal(),
        })
  const unsent = open[sent.outcomes.length]
  const done = unsent === undefined ? batch.entries : batch.entries.slice(0, batch.entries.indexOf(unsent))
  const refused = sent.outcomes.filter(({ status }) => status !== 'accepted').map(({ entry }) => entry)
  const behind = await refusedParents(
    db,
    key,
    refused,
    refused.map(({ id }) => id),
  )
  const last = done.at(-1)
  return {
    smallerBatches: sent.smallerBatches,
    failure: sent.failure,
    position: batch.queued || last === undefined ? position : BigInt(last.seq),
    outcomes: [
      ...sent.outcomes.map(({ entry, status, reason, externalId }) => ({
        entry,
        externalId,
        status: status ?? ('refused' as const),
        reason: status === 'accepted' ? null : (reason ?? 'the destination did not say what became of it'),
        behind: status === 'accepted' ? null : (behind.get(entry.id) ?? null),
      })),
      ...done.filter(waits).map((entry) => ({
        entry,
        status: 'held' as const,
        reason: 'waits for its parent, which the destination refused',
        behind: held.get(entry.id) ?? null,
        externalId: null,
      })),
    ],
  }
}
