import { randomUUID } from 'node:crypto'
import type { Queryable, Transaction } from './database.ts'
import { type DeliveryKey, ofDelivery } from './delivery-key.ts'
import { type DeliveryOutcome, keepAccepted, keepQueued, queueRecords } from './delivery-queue.ts'
import type { Holder } from './runs.ts'

export interface DeliveryState {
  /** Up to this seq everything was accepted, or is queued. */
  position: bigint
  generation: number
}

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
    where ${ofDelivery(tx, key)} for update`
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
    where ${ofDelivery(db, key)} and workflow_run_id is not distinct from ${before} returning 1`
  return rows.length === 1
}

/** Gives it back. */
export async function releaseDelivery(db: Queryable, key: DeliveryKey, workflowRunId: string): Promise<void> {
  await db`
    update delivery set workflow_id = null, workflow_run_id = null, attempt = null
    where ${ofDelivery(db, key)} and workflow_run_id = ${workflowRunId}`
}

/** From here on only this attempt commits. */
export async function beginAttempt(db: Queryable, key: DeliveryKey): Promise<string> {
  const attempt = randomUUID()
  await db`update delivery set attempt = ${attempt}::uuid where ${ofDelivery(db, key)}`
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
    where ${ofDelivery(tx, key)} and attempt = ${attempt}::uuid for update of d`
  if (!row) return null
  const { position, generation, pruned, last } = row
  if (position >= pruned) return { position, generation }
  await queueRecords(tx, key, tx`true`)
  await tx`update delivery set position = ${last}::bigint where ${ofDelivery(tx, key)}`
  return { position: last, generation }
}

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
    where ${ofDelivery(tx, key)} and attempt = ${from.attempt}::uuid
      and position = ${from.position}::bigint and generation = ${from.generation}
    returning 1`
  if (moved.length === 0) return false
  // A record with several entries was sent as it stands now each time: its last outcome holds.
  const last = [...new Map(outcomes.map((outcome) => [outcome.entry.id, outcome])).values()]
  await keepQueued(
    tx,
    key,
    last.filter(({ status }) => status !== 'accepted'),
  )
  // After the others: it releases those that were held for a parent which this very request brought.
  await keepAccepted(
    tx,
    key,
    last.filter(({ status }) => status === 'accepted'),
  )
  await logRequest(tx, key, from.position, position, last)
  return true
}

/** What lies beyond was before a resend. */
async function logRequest(
  tx: Transaction,
  key: DeliveryKey,
  after: bigint,
  position: bigint,
  outcomes: DeliveryOutcome[],
): Promise<void> {
  const { connection, output, destination } = key
  const besideFeed = position === after
  if (!besideFeed)
    await tx`delete from delivery_log where ${ofDelivery(tx, key)} and position > ${after}::bigint`
  const accepted = outcomes.flatMap(({ status, entry }) => (status === 'accepted' ? [entry.id] : []))
  await tx`
    insert into delivery_log (connection, output, destination, after, position, ids)
    values (${connection}, ${output}, ${destination}, ${after}::bigint, ${position}::bigint,
      ${besideFeed ? accepted : null}::uuid[])`
}

/** Whether there is more to send right now. */
export const hasMore = async (
  db: Queryable,
  { connection, output, destination }: DeliveryKey,
): Promise<boolean> => (await behindFeed(db, connection, [{ destination, output }])).length > 0

/**
 * Of these destinations those that have something to get: what is new in their feed, or what was refused and is due. Without an output: of
 * any of the connection.
 */
export async function behindFeed(
  db: Queryable,
  connection: string,
  wanted: { destination: string; output: string | null }[],
): Promise<string[]> {
  const rows = await db<{ destination: string }[]>`
    select distinct w.destination
    from json_to_recordset(${JSON.stringify(wanted)}::text::json) as w (destination text, output text)
    join feed_counter c on c.connection = ${connection} and c.output = coalesce(w.output, c.output)
    left join delivery d on d.connection = c.connection and d.output = c.output and d.destination = w.destination
    where coalesce(d.position, 0) < c.seq or exists (
      select 1 from delivery_queue q
      where q.connection = c.connection and q.output = c.output and q.destination = w.destination
        and q.behind is null and q.due_at <= now())`
  return rows.map(({ destination }) => destination)
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
    where ${ofDelivery(tx, key)}
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
