import type { StreamName } from '../../contracts/streams.ts'
import { type PageSize, wholePage } from '../../domain/page-size.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'

/** Which part of a stream a transfer reads: an Akeneo `search`, or the whole of it; or records that the store has. */
export interface Slice {
  search: Record<string, unknown> | null
  /** The record that the list belongs to, e.g. the attribute of options. */
  parent?: string
  /** Of products and models: those that the store has and the run has not seen, by their keys. Its cursor is the last key asked for. */
  byKey?: true
  /** Only what was created in this window: a part of what broke Akeneo as a whole. */
  created?: SliceWindow
  /** Page by page number: a window of one second, which cannot be cut any further. */
  byNumber?: true
}

/** Both ends included, to the second; null is open. ISO 8601. */
export interface SliceWindow {
  from: string | null
  to: string | null
}

export interface Transfer {
  id: bigint
  stream: StreamName
  slice: Slice
  cursor: string | null
  pageSize: PageSize
}

const columns = (db: Queryable) => db`id, stream, slice, cursor, 
  json_build_object('limit', page_limit, 'suspects', suspects) as "pageSize"`

/** Plans transfers once per (run, stream): a retry of the planner finds them there. */
export async function planTransfers(
  tx: Transaction,
  run: bigint,
  stream: StreamName,
  slices: Slice[],
): Promise<void> {
  if (slices.length === 0) return
  await tx`
    insert into transfer (run, stream, slice)
    select ${run}::bigint, ${stream}, slice
    from json_array_elements(${JSON.stringify(slices)}::text::json) with ordinality as s (slice, position)
    order by position`
}

/** Puts others in the place of a transfer that stands at `cursor`; false when another attempt has moved it. */
export async function replaceTransfer(
  tx: Transaction,
  run: bigint,
  { id, stream, cursor }: Pick<Transfer, 'id' | 'stream' | 'cursor'>,
  slices: Slice[],
): Promise<boolean> {
  const rows = await tx`
    update transfer set done = true
    where id = ${id}::bigint and not done and cursor is not distinct from ${cursor}
    returning 1`
  if (rows.length === 0) return false
  await planTransfers(tx, run, stream, slices)
  return true
}

/** How many parts slices of this run were cut into. */
export async function countCut(db: Queryable, run: bigint): Promise<number> {
  const { n } = onlyRow(
    await db<{ n: number }[]>`
      select count(*)::int as n from transfer where run = ${run}::bigint and slice ? 'created'`,
  )
  return n
}

export async function hasTransfers(
  db: Queryable,
  run: bigint,
  stream: StreamName,
  { byKey = false } = {},
): Promise<boolean> {
  const [row] = await db`
    select 1 from transfer
    where run = ${run}::bigint and stream = ${stream} and slice ? 'byKey' = ${byKey} limit 1`
  return row !== undefined
}

/** The transfer that this reader is at, else the next that nobody has; `besides` is the one whose last page it still writes. */
export async function takeTransfer(
  tx: Transaction,
  run: bigint,
  streams: StreamName[],
  reader: number,
  besides: bigint | null = null,
): Promise<Transfer | null> {
  const [row] = await tx<Transfer[]>`
    update transfer set reader = ${reader}
    where id = (
      select id from transfer
      where run = ${run}::bigint and not done and stream = any(${streams}) and (reader is null or reader = ${reader})
        and id is distinct from ${besides}::bigint
      order by reader nulls last, array_position(${streams}::text[], stream), id
      limit 1 for update skip locked
    )
    returning ${columns(tx)}`
  return row ?? null
}

/** A list that turns out not to be there is not one of the run's: it says nothing about what is absent. */
export async function dropTransfer(db: Queryable, transfer: bigint): Promise<void> {
  await db`delete from transfer where id = ${transfer}::bigint and not done`
}

/** True while a transfer of these streams is not done, whoever has it. */
export async function hasOpenTransfers(db: Queryable, run: bigint, streams: StreamName[]): Promise<boolean> {
  const [row] = await db`
    select 1 from transfer where run = ${run}::bigint and not done and stream = any(${streams}) limit 1`
  return row !== undefined
}

/**
 * The fence of the page protocol: moves the cursor from `from` to `to`, or says false when another attempt has moved it.
 * First statement of a page's transaction.
 */
export async function moveCursor(
  tx: Transaction,
  transfer: bigint,
  from: string | null,
  to: string | null,
  next: PageSize = wholePage,
): Promise<boolean> {
  const rows = await tx`
    update transfer set cursor = ${to}, pages = pages + 1, done = ${to === null},
      failures = 0, page_limit = ${next.limit}, suspects = ${next.suspects}
    where id = ${transfer}::bigint and not done and cursor is not distinct from ${from}
    returning 1`
  return rows.length === 1
}

/** Notes that Akeneo could not answer with this page; from the second time on the next attempt asks for `smaller`. The cursor stays. */
export async function noteFailedPage(
  db: Queryable,
  transfer: bigint,
  cursor: string | null,
  smaller: PageSize,
): Promise<void> {
  await db`
    update transfer set failures = failures + 1,
      page_limit = case when failures > 0 or suspects > 0 then ${smaller.limit} else page_limit end,
      suspects = case when failures > 0 or suspects > 0 then ${smaller.suspects} else suspects end
    where id = ${transfer}::bigint and not done and cursor is not distinct from ${cursor}`
}

export async function logPage(
  tx: Transaction,
  transfer: bigint,
  page: { cursor: string | null; ticket: bigint; read: number; changed: number; rejected: number },
): Promise<void> {
  await tx`
    with counted as (
      update transfer set read = read + ${page.read}, changed = changed + ${page.changed}, rejected = rejected + ${page.rejected}
      where id = ${transfer}::bigint returning pages
    )
    insert into transfer_page (transfer, page, cursor, ticket, read, changed)
    select ${transfer}::bigint, pages, ${page.cursor}, ${page.ticket}::bigint, ${page.read}, ${page.changed} from counted`
}

export interface StreamCounts {
  stream: StreamName
  read: number
  changed: number
  rejected: number
  pages: number
}

export async function countsOf(db: Queryable, run: bigint): Promise<StreamCounts[]> {
  return db<StreamCounts[]>`
    select stream, sum(read)::int as read, sum(changed)::int as changed, sum(rejected)::int as rejected, sum(pages)::int as pages
    from transfer where run = ${run}::bigint group by stream order by stream`
}
