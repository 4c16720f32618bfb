import type { FeedEntry } from '../../contracts/hub.ts'
import { foldCase } from '../../domain/text.ts'
import { bindAdopted } from './adopted-ids.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'
import { type DeliveryKey, ofDelivery } from './delivery-key.ts'
import { codeOf, lastEntries, parentsFirst } from './records.ts'

/** What became of one entry; `behind` is the refused record that it waits for. */
export interface DeliveryOutcome {
  entry: FeedEntry
  status: 'accepted' | 'refused' | 'held'
  reason: string | null
  behind: string | null
  externalId: string | null
}

type Condition = ReturnType<Transaction>

/** Queues records, as they stand by then, in the order in which a destination can take them. */
export async function queueRecords(tx: Transaction, key: DeliveryKey, which: Condition): Promise<number> {
  const { connection, output, destination } = key
  const rows = await tx`
    insert into delivery_queue (connection, output, destination, id, place)
    select connection, output, ${destination}, id, row_number() over (order by ${parentsFirst(tx)})
    from hub_record h where connection = ${connection} and output = ${output} and ${which}
    on conflict (connection, output, destination, id) do update set due_at = now()`
  return rows.count
}

/** The queued records whose time has come, as entries. */
export async function dueEntries(db: Queryable, key: DeliveryKey, limit: number): Promise<FeedEntry[]> {
  const rows = await db<{ id: string }[]>`
    select id from delivery_queue where ${ofDelivery(db, key)} and behind is null and due_at <= now()
    order by place, id limit ${limit}`
  return lastEntries(
    db,
    key.connection,
    key.output,
    rows.map(({ id }) => id),
  )
}

/** Of these entries, by record, the parent or group that the destination refused, or that waits for such a one itself. */
export async function refusedParents(
  db: Queryable,
  key: DeliveryKey,
  entries: FeedEntry[],
  alsoRefused: string[] = [],
): Promise<Map<string, string>> {
  const parents = await parentsOf(db, key, entries)
  if (parents.size === 0) return parents
  const rows = await db<{ id: string }[]>`
    select id from delivery_queue
    where ${ofDelivery(db, key)} and reason is not null and id = any(${[...new Set(parents.values())]}::uuid[])`
  const refused = new Set([...rows.map(({ id }) => id), ...alsoRefused])
  const waiting = new Map<string, string>()
  // In order: a parent stands before what is below it.
  for (const [id, parent] of parents) {
    if (!refused.has(parent)) continue
    waiting.set(id, parent)
    refused.add(id)
  }
  return waiting
}

async function parentsOf(
  db: Queryable,
  { connection, output }: DeliveryKey,
  entries: FeedEntry[],
): Promise<Map<string, string>> {
  const groups = new Map<string, string>()
  const byCode = new Map<string, string>()
  for (const { id, record } of entries) {
    if (record.kind === 'product' && record.groupId !== undefined) groups.set(id, record.groupId)
    if (record.kind === 'category' && record.parent !== null) byCode.set(id, foldCase(record.parent))
  }
  if (byCode.size === 0) return groups
  const rows = await db<{ id: string; code: string }[]>`
    select id, lower(code) as code from hub_record
    where connection = ${connection} and output = ${output} and kind = 'category'
      and lower(code) = any(${[...new Set(byCode.values())]})`
  const ids = new Map(rows.map(({ id, code }) => [code, id]))
  const parents = new Map<string, string>()
  for (const [id, code] of byCode) {
    const parent = ids.get(code)
    if (parent !== undefined) parents.set(id, parent)
  }
  return new Map([...parents, ...groups])
}

/** First retry of a refused record, and by what it grows: 5 min, 15 min … at most a day: a person must mend it. */
const firstDelayMinutes = 5
const growth = 3
const longestDelayMinutes = 24 * 60

export async function keepAccepted(
  tx: Transaction,
  key: DeliveryKey,
  accepted: DeliveryOutcome[],
): Promise<void> {
  if (accepted.length === 0) return
  const ids = accepted.map(({ entry }) => entry.id)
  await tx`delete from delivery_queue where ${ofDelivery(tx, key)} and id = any(${ids}::uuid[])`
  await tx`
    update delivery_queue set behind = null, due_at = now()
    where ${ofDelivery(tx, key)} and behind = any(${ids}::uuid[])`
  // One that was adopted beside the publication of its record.
  await bindAdopted(
    tx,
    key,
    accepted.map(({ entry: { id, kind, record } }) => ({
      id,
      kind,
      status: record.status,
      code: codeOf(record),
    })),
  )
  const named = accepted.filter(({ externalId }) => externalId !== null)
  if (named.length === 0) return
  await tx`
    insert into external_id (connection, destination, id, external_id)
    select ${key.connection}, ${key.destination}, id, name
    from unnest(${named.map(({ entry }) => entry.id)}::uuid[], ${named.map(({ externalId }) => externalId)}::text[]) as r (id, name)
    on conflict (connection, id, destination) do update set external_id = excluded.external_id, since = now()
    where external_id.external_id <> excluded.external_id`
}

export async function keepQueued(
  tx: Transaction,
  key: DeliveryKey,
  queued: DeliveryOutcome[],
): Promise<void> {
  if (queued.length === 0) return
  const { connection, output, destination } = key
  const rows = queued.map(({ entry, status, reason, behind }) => ({
    id: entry.id,
    place: entry.seq,
    reason,
    behind,
    tried: status === 'refused' ? 1 : 0,
  }))
  await tx`
    insert into delivery_queue (connection, output, destination, id, place, reason, behind, first_refused, attempts, due_at)
    select ${connection}, ${output}, ${destination}, id, place, reason, behind, now(), tried,
      now() + make_interval(mins => ${firstDelayMinutes})
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (id uuid, place bigint, reason text, behind uuid, tried integer)
    on conflict (connection, output, destination, id) do update set
      reason = excluded.reason, behind = excluded.behind,
      first_refused = coalesce(delivery_queue.first_refused, excluded.first_refused),
      attempts = delivery_queue.attempts + excluded.attempts,
      due_at = now() + make_interval(mins => least(${longestDelayMinutes}::float8,
        ${firstDelayMinutes} * ${growth}::float8 ^ least(delivery_queue.attempts, 10))::int)`
}

/** Makes what was refused due now, save what waits for a refused parent. */
export async function retryRefused(db: Queryable, key: DeliveryKey): Promise<void> {
  await db`update delivery_queue set due_at = now() where ${ofDelivery(db, key)} and reason is not null`
}

export interface RefusedRecord {
  id: string
  kind: string
  code: string | null
  reason: string
  /** Code of the refused record that this one waits for. */
  behind: string | null
  firstRefused: Date
  attempts: number
  dueAt: Date
}

/** What a destination refused, or what waits for that, and has not taken since. */
export async function refusedRecords(db: Queryable, key: DeliveryKey): Promise<RefusedRecord[]> {
  const { connection, output, destination } = key
  return db<RefusedRecord[]>`
    select q.id, h.kind, h.code, q.reason, coalesce(p.code, q.behind::text) as behind,
      q.first_refused as "firstRefused", q.attempts, q.due_at as "dueAt"
    from delivery_queue q
    join hub_record h using (connection, output, id)
    left join hub_record p on p.connection = q.connection and p.output = q.output and p.id = q.behind
    where q.connection = ${connection} and q.output = ${output} and q.destination = ${destination}
      and q.reason is not null
    order by q.place, q.id`
}

export async function countRefused(db: Queryable, key: DeliveryKey): Promise<number> {
  const { n } = onlyRow(
    await db<{ n: number }[]>`
    select count(*)::int as n from delivery_queue where ${ofDelivery(db, key)} and reason is not null`,
  )
  return n
}
