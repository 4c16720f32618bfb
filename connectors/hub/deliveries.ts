import { randomUUID } from 'node:crypto'
import type { FeedEntry } from '../../contracts/hub.ts'
import type { Queryable, Transaction } from './database.ts'
import { lastEntries, parentsFirst } from './records.ts'
import type { Holder } from './runs.ts'

/** One output on its way to one destination. */
export interface DeliveryKey {
  connection: string
  output: string
  destination: string
}

export interface DeliveryState {
  /** Up to this seq everything was accepted, or is queued. */
  position: bigint
  generation: number
}

/** What became of one entry; `behind` is the refused record that it waits for. */
export interface DeliveryOutcome {
  entry: FeedEntry
  status: 'accepted' | 'refused' | 'held'
  reason: string | null
  behind: string | null
  externalId: string | null
}

const of = (db: Queryable, { connection, output, destination }: DeliveryKey) =>
  db`connection = ${connection} and output = ${output} and destination = ${destination}`

/** Takes the delivery for this run; null when it is ours now, else who holds it. */
export async function takeDelivery(
  tx: Transaction,
  key: DeliveryKey,
  holder: Holder,
): Promise<Holder | null> {
  const { connection, output, destination } = key
  await tx`
    insert into delivery (connection, output, destination) values (${connection}, ${output}, ${destination})
    on conflict do nothing`
  const [row] = await tx<{ workflowId: string | null; workflowRunId: string | null }[]>`
    select workflow_id as "workflowId", workflow_run_id as "workflowRunId" from delivery
    where ${of(tx, key)} for update`
  if (row?.workflowId != null && row.workflowRunId !== null && row.workflowRunId !== holder.workflowRunId) {
    return { workflowId: row.workflowId, workflowRunId: row.workflowRunId }
  }
  await setHolder(tx, key, holder, row?.workflowRunId ?? null)
  return null
}

/** Takes it over from a holder that Temporal says is closed; false when somebody else was quicker. */
export const takeOverDelivery = (
  db: Queryable,
  key: DeliveryKey,
  from: Holder,
  to: Holder,
): Promise<boolean> => setHolder(db, key, to, from.workflowRunId)

async function setHolder(
  db: Queryable,
  key: DeliveryKey,
  { workflowId, workflowRunId }: Holder,
  before: string | null,
): Promise<boolean> {
  const rows = await db`
    update delivery set workflow_id = ${workflowId}, workflow_run_id = ${workflowRunId}
    where ${of(db, key)} and workflow_run_id is not distinct from ${before} returning 1`
  return rows.length === 1
}

/** Gives it back. */
export async function releaseDelivery(db: Queryable, key: DeliveryKey, workflowRunId: string): Promise<void> {
  await db`
    update delivery set workflow_id = null, workflow_run_id = null, attempt = null
    where ${of(db, key)} and workflow_run_id = ${workflowRunId}`
}

/** From here on only this attempt commits. */
export async function beginAttempt(db: Queryable, key: DeliveryKey): Promise<string> {
  const attempt = randomUUID()
  await db`update delivery set attempt = ${attempt}::uuid where ${of(db, key)}`
  return attempt
}

/**
 * How far the destination is; null when a newer attempt is at work. One that lacks entries which are gone from the feed gets every
 * record anew, parents first, and the feed goes on after that.
 */
export async function deliveryState(
  tx: Transaction,
  key: DeliveryKey,
  attempt: string,
): Promise<DeliveryState | null> {
  const [row] = await tx<(DeliveryState & { pruned: bigint; last: bigint })[]>`
    select d.position, d.generation, coalesce(c.pruned, 0) as pruned, coalesce(c.seq, 0) as last
    from delivery d left join feed_counter c using (connection, output)
    where ${of(tx, key)} and attempt = ${attempt}::uuid for update of d`
  if (!row) return null
  const { position, generation, pruned, last } = row
  if (position >= pruned) return { position, generation }
  await queueRecords(tx, key, tx`true`)
  await tx`update delivery set position = ${last}::bigint where ${of(tx, key)}`
  return { position: last, generation }
}

type Condition = ReturnType<Transaction>

/** Queues records, as they stand by then, in the order in which a destination can take them. */
async function queueRecords(tx: Transaction, key: DeliveryKey, which: Condition): Promise<number> {
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
    select id from delivery_queue where ${of(db, key)} and behind is null and due_at <= now()
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
    where ${of(db, key)} and reason is not null and id = any(${[...new Set(parents.values())]}::uuid[])`
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
    if (record.kind === 'category' && record.parent !== null) byCode.set(id, record.parent.toLowerCase())
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

/**
 * Keeps what became of a request's entries, and moves on to `position`, in one transaction. False, and nothing is kept, when a newer
 * attempt or a resend came in between: the entries are sent again then, with the keys that hold by then.
 */
export async function commitOutcomes(
  tx: Transaction,
  key: DeliveryKey,
  from: DeliveryState & { attempt: string },
  position: bigint,
  outcomes: DeliveryOutcome[],
): Promise<boolean> {
  const moved = await tx`
    update delivery set position = ${position}::bigint, delivered_at = now()
    where ${of(tx, key)} and attempt = ${from.attempt}::uuid
      and position = ${from.position}::bigint and generation = ${from.generation}
    returning 1`
  if (moved.length === 0) return false
  // A record with several entries was sent as it stands now each time: its last outcome holds.
  const last = [...new Map(outcomes.map((outcome) => [outcome.entry.id, outcome])).values()]
  await keepAccepted(
    tx,
    key,
    last.filter(({ status }) => status === 'accepted'),
  )
  await keepQueued(
    tx,
    key,
    last.filter(({ status }) => status !== 'accepted'),
  )
  return true
}

async function keepAccepted(tx: Transaction, key: DeliveryKey, accepted: DeliveryOutcome[]): Promise<void> {
  if (accepted.length === 0) return
  const ids = accepted.map(({ entry }) => entry.id)
  await tx`delete from delivery_queue where ${of(tx, key)} and id = any(${ids}::uuid[])`
  await tx`
    update delivery_queue set behind = null, due_at = now()
    where ${of(tx, key)} and behind = any(${ids}::uuid[])`
  await bindAdopted(tx, key, ids)
  const named = accepted.filter(({ externalId }) => externalId !== null)
  if (named.length === 0) return
  await tx`
    insert into external_id (connection, destination, id, external_id)
    select ${key.connection}, ${key.destination}, id, name
    from unnest(${named.map(({ entry }) => entry.id)}::uuid[], ${named.map(({ externalId }) => externalId)}::text[]) as r (id, name)
    on conflict (connection, id, destination) do update set external_id = excluded.external_id, since = now()
    where external_id.external_id <> excluded.external_id`
}

/** An id adopted by code belongs to the record from its first delivery on, whatever its code becomes. */
async function bindAdopted(
  tx: Transaction,
  { connection, output, destination }: DeliveryKey,
  ids: string[],
): Promise<void> {
  await tx`
    with bound as (
      delete from adopted_id a using hub_record h
      where h.connection = ${connection} and h.output = ${output} and h.id = any(${ids}::uuid[])
        and a.connection = h.connection and a.kind = h.kind and a.code = lower(h.code) and a.destination = ${destination}
      returning h.id, a.external_id
    )
    insert into external_id (connection, destination, id, external_id)
    select ${connection}, ${destination}, id, external_id from bound on conflict do nothing`
}

async function keepQueued(tx: Transaction, key: DeliveryKey, queued: DeliveryOutcome[]): Promise<void> {
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
  await db`update delivery_queue set due_at = now() where ${of(db, key)} and reason is not null`
}

/** Whether there is more to send right now. */
export async function hasMore(db: Queryable, key: DeliveryKey): Promise<boolean> {
  const [row] = await db<{ more: boolean }[]>`
    select d.position < coalesce(c.seq, 0) or exists (
      select 1 from delivery_queue q
      where q.connection = d.connection and q.output = d.output and q.destination = d.destination
        and q.behind is null and q.due_at <= now()
    ) as more
    from delivery d left join feed_counter c using (connection, output)
    where ${of(db, key)}`
  return row?.more ?? false
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
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from delivery_queue where ${of(db, key)} and reason is not null`
  return row?.n ?? 0
}

/** Adds to what a run delivered and refused, and tells both: a chunk that fails half-way loses no count. */
export async function countDelivered(
  tx: Transaction,
  run: bigint,
  { delivered = 0, refused = 0 }: { delivered?: number; refused?: number },
): Promise<{ delivered: number; refused: number }> {
  const [row] = await tx<{ delivered: number; refused: number }[]>`
    update run set report = jsonb_build_object(
      'delivered', coalesce((report->>'delivered')::int, 0) + ${delivered}::int,
      'refused', coalesce((report->>'refused')::int, 0) + ${refused}::int)
    where id = ${run}::bigint
    returning (report->>'delivered')::int as delivered, (report->>'refused')::int as refused`
  return row ?? { delivered: 0, refused: 0 }
}

/** Sends everything after `seq` again, under new keys; a run that is at it goes on from there. */
export async function resendSince(tx: Transaction, key: DeliveryKey, seq: bigint): Promise<number> {
  await newGeneration(tx, key)
  const [row] = await tx<{ position: bigint; last: bigint }[]>`
    update delivery d set position = least(position, ${seq}::bigint)
    where ${of(tx, key)}
    returning position, coalesce((select seq from feed_counter c
      where c.connection = d.connection and c.output = d.output), 0) as last`
  return row ? Number(row.last - row.position) : 0
}

/** Sends these records again, each as it stands by then, under new keys. */
export async function resendRecords(tx: Transaction, key: DeliveryKey, ids: string[]): Promise<number> {
  await newGeneration(tx, key)
  return queueRecords(tx, key, tx`h.id = any(${ids}::uuid[])`)
}

async function newGeneration(tx: Transaction, { connection, output, destination }: DeliveryKey) {
  await tx`
    insert into delivery (connection, output, destination, generation)
    values (${connection}, ${output}, ${destination}, 1)
    on conflict (connection, output, destination) do update set generation = delivery.generation + 1`
}

/** Outputs of a connection that have a feed. */
export async function feedsOf(db: Queryable, connection: string): Promise<string[]> {
  const rows = await db<{ output: string }[]>`
    select output from feed_counter where connection = ${connection} order by output`
  return rows.map(({ output }) => output)
}
