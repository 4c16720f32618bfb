import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'

/** Why a record that is read is not published yet, or must be made anew. */
export type WaitingReason =
  'group' | 'variants' | 'category' | 'related' | 'link' | 'structure' | 'mapping' | 'media' | 'emptied'

export interface Waiting {
  stream: StreamName
  key: string
  reason: WaitingReason
  since: Date
}

/** What is to be published, and why. */
export type Queued = Pick<Waiting, 'stream' | 'key' | 'reason'>

/**
 * Puts records into the queue of what is still to be published. A row that is there already is written too: only so does
 * this transaction wait for one that is just publishing it, whose picture of the variants may be older than ours. Rows are taken by stream
 * and key: a transaction puts all that it has into one call.
 */
export async function enqueue(tx: Transaction, connection: string, records: Queued[]): Promise<void> {
  if (records.length === 0) return
  await tx`
    insert into waiting (connection, stream, key, reason)
    select distinct on (stream, key) ${connection}, stream, key, reason
    from json_to_recordset(${JSON.stringify(records)}::text::json) as r (stream text, key text, reason text)
    order by stream, key
    on conflict (connection, stream, key) do update set reason = excluded.reason`
}

/** Everything of one stream that a wider change touches, e.g. the products of a family whose label attribute changed. */
export async function enqueueFamilies(
  tx: Transaction,
  connection: string,
  families: string[],
): Promise<void> {
  await tx`
    insert into waiting (connection, stream, key, reason)
    select connection, stream, key, 'structure' from source_record
    where connection = ${connection} and stream in ('product-models', 'products')
      and (stream = 'products' or parent is null)
      and lower(family) = any(${families.map(foldCase)})
    order by stream, key
    on conflict (connection, stream, key) do update set reason = excluded.reason`
}

/** All that is published, for a mapping that changed, or a channel. */
export async function enqueueEverything(
  tx: Transaction,
  connection: string,
  reason: Extract<WaitingReason, 'mapping' | 'structure'>,
): Promise<void> {
  await tx`
    insert into waiting (connection, stream, key, reason)
    select connection, stream, key, ${reason} from source_record
    where connection = ${connection} and stream = any(${publishedStreams})
      and (stream <> 'product-models' or parent is null)
    order by stream, key
    on conflict (connection, stream, key) do update set reason = excluded.reason`
}

/** Streams whose records are published, in the order in which they need each other: a variant finds its group. */
export const publishedStreams: readonly StreamName[] = [
  'attributes',
  'categories',
  'product-models',
  'products',
]

/** The next of a stream's queue after this key; `only` limits it to keys. */
export async function nextWaiting(
  db: Queryable,
  connection: string,
  stream: StreamName,
  { after, limit, only }: { after: string | null; limit: number; only: string[] | undefined },
): Promise<Waiting[]> {
  return db<Waiting[]>`
    select stream, key, reason, since from waiting
    where connection = ${connection} and stream = ${stream}
      ${after === null ? db`` : db`and key > ${after}`}
      ${only ? db`and key = any(${only})` : db``}
    order by key limit ${limit}`
}

/** Takes records out of the queue; their rows are taken by key. */
export async function dequeue(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<void> {
  if (keys.length === 0) return
  await tx`
    select from waiting
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) order by key for update`
  await tx`
    delete from waiting where connection = ${connection} and stream = ${stream} and key = any(${keys})`
}

/** Both at once: what waits of `leaving` leaves the queue, unless it is among `records`, and those come into it. */
export async function requeue(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  leaving: string[],
  records: Queued[],
): Promise<void> {
  const staying = new Set(records.filter((one) => one.stream === stream).map(({ key }) => key))
  const gone = leaving.filter((key) => !staying.has(key))
  const rows = await tx<Queued[]>`
    select stream, key, reason from waiting
    where connection = ${connection} and stream = ${stream} and key = any(${gone})`
  // Written once more before they go: all rows are taken in one order.
  await enqueue(tx, connection, [...records, ...rows])
  await dequeue(
    tx,
    connection,
    stream,
    rows.map(({ key }) => key),
  )
}

export async function countWaiting(db: Queryable, connection: string): Promise<number> {
  const { n } = onlyRow(
    await db<{ n: number }[]>`select count(*)::int as n from waiting where connection = ${connection}`,
  )
  return n
}

/** Remembers whom a record names; called with every publication, so a link that was removed is forgotten. */
export async function writeLinks(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  records: { key: string; targets: { stream: StreamName; name: string }[] }[],
): Promise<void> {
  if (records.length === 0) return
  const keys = records.map(({ key }) => key)
  const rows = JSON.stringify(
    records.flatMap(({ key, targets }) =>
      targets.map((target) => ({ key, target_stream: target.stream, target: target.name.toLowerCase() })),
    ),
  )
  // Most name whom they named before, and are written once for a page and once when they no longer wait.
  await tx`
    delete from link l
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) and not exists (
      select from json_to_recordset(${rows}::text::json) as r (key text, target_stream text, target text)
      where r.key = l.key and r.target_stream = l.target_stream and r.target = l.target)`
  await tx`
    insert into link (connection, stream, key, target_stream, target)
    select ${connection}, ${stream}, key, target_stream, target
    from json_to_recordset(${rows}::text::json) as r (key text, target_stream text, target text)
    order by key, target_stream, target
    on conflict do nothing`
}

/** Those who name one of these records, whatever name they use for it. */
export async function referrersOf(
  db: Queryable,
  connection: string,
  targetStream: StreamName,
  names: string[],
): Promise<{ stream: StreamName; key: string }[]> {
  if (names.length === 0) return []
  return db<{ stream: StreamName; key: string }[]>`
    select distinct stream, key from link
    where connection = ${connection} and target_stream = ${targetStream}
      and target = any(${names.map((name) => name.toLowerCase())})`
}

/** Those who name any record of a family. */
export async function referrersWithin(
  db: Queryable,
  connection: string,
  targetStream: StreamName,
  family: string,
): Promise<{ stream: StreamName; key: string }[]> {
  return db<{ stream: StreamName; key: string }[]>`
    select distinct stream, key from link
    where connection = ${connection} and target_stream = ${targetStream}
      and starts_with(target, ${`${family.toLowerCase()}/`})`
}

/**
 * Keys of records that wait for one reason, in turns: those that were looked at longest ago. One that somebody is publishing has its turn
 * later.
 */
export async function waitingInTurn(
  db: Queryable,
  connection: string,
  stream: StreamName,
  reason: WaitingReason,
  limit: number,
): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    update waiting set looked_at = clock_timestamp()
    where connection = ${connection} and stream = ${stream} and key = any(array(
      select key from waiting
      where connection = ${connection} and stream = ${stream} and reason = ${reason}
      order by looked_at nulls first, key limit ${limit} for update skip locked))
    returning key`
  return rows.map(({ key }) => key)
}

export async function waitingOf(
  db: Queryable,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<Waiting | null> {
  const [row] = await db<Waiting[]>`
    select stream, key, reason, since from waiting
    where connection = ${connection} and stream = ${stream} and key = ${key}`
  return row ?? null
}
