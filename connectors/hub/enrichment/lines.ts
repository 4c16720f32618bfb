import { placeOf } from '../../../domain/enrichment/lines/model-cells.ts'
import type { WrittenValue } from '../../../domain/enrichment/lines/build-lines.ts'
import { canonicalJson } from '../../../domain/canonical.ts'
import type { PatchedStream } from '../../akeneo/patch.ts'
import type { Queryable, Sql, Transaction } from '../database.ts'
import { forgetFindings } from './findings.ts'
import { interval, lockTaking, nameOf, type RecordName } from './record.ts'

/** Where a value comes from. */
export interface Provenance {
  product: string
  icecatId: string
  /** Address in the sheet. */
  from: string
  language: string | null
  sheetUpdated: string | null
  /** ISO 8601. */
  fetchedAt: string
  /** Of Icecat's content; absent in what was noted before it was kept. */
  licence?: 'open' | 'full'
}

/** A value to be written, with what stood in its place when that was decided; null: nothing. */
export interface LineValue extends WrittenValue {
  base: unknown
  /** Null: taken away, because Icecat no longer has it. */
  provenance: Provenance | null
}

export interface LineInput extends RecordName {
  /** The record's own `created`. */
  createdAt: Date
  /** Up to when edits of the record had been read before this was decided. */
  knownUntil: Date
  /** None: there is nothing to write any more. */
  values: readonly LineValue[]
}

/**
 * `put`: stands there as given; `held`: the line of before is under way, or its outcome is not known yet, so the record is to be judged
 * again later; `parked`: the same values were refused before, and nobody has changed the record since.
 */
export type PutOutcome = 'put' | 'held' | 'parked'

export interface HeldLine extends RecordName {
  createdAt: Date
  knownUntil: Date
  values: LineValue[]
  /** Sent before, without an answer: it may have been done. */
  isUnknown: boolean
  attempts: number
}

/** Writes lines before they are sent; one for each record. */
export async function putLines(
  tx: Transaction,
  connection: string,
  run: bigint,
  lines: readonly LineInput[],
): Promise<Map<string, PutOutcome>> {
  const outcomes = new Map<string, PutOutcome>()
  if (lines.length === 0) return outcomes
  const stored = new Map(
    (
      await tx<(RecordName & { state: string; isHeld: boolean; isMended: boolean; values: LineValue[] })[]>`
        select stream, key, state, held_until > clock_timestamp() as "isHeld", ${isMended(tx)} as "isMended", values
        from enrichment_line l
        where connection = ${connection} and (stream, key) in (select * from ${names(tx, lines)})
        order by stream, key for update`
    ).map((line) => [nameOf(line), line]),
  )
  const put: LineInput[] = []
  for (const line of lines) {
    const before = stored.get(nameOf(line))
    if (before !== undefined && (before.isHeld || before.state === 'sent')) outcomes.set(nameOf(line), 'held')
    else if (
      before?.state === 'parked' &&
      !before.isMended &&
      written(before.values) === written(line.values)
    )
      outcomes.set(nameOf(line), 'parked')
    else {
      outcomes.set(nameOf(line), 'put')
      put.push(line)
    }
  }
  const empty = put.filter(({ values }) => values.length === 0)
  if (empty.length > 0) {
    const dropped = await tx<RecordName[]>`
      delete from enrichment_line
      where connection = ${connection} and (stream, key) in (select * from ${names(tx, empty)})
      returning stream, key`
    await forgetFindings(tx, connection, ['refused'], dropped.map(ofWholeLine))
  }
  const full = put.filter(({ values }) => values.length > 0)
  if (full.length > 0)
    await tx`
      insert into enrichment_line (connection, stream, key, created_at, known_until, values, run)
      select ${connection}, stream, key, "createdAt", "knownUntil", values, ${run}::bigint
      from json_to_recordset(${JSON.stringify(full)}::text::json)
        as r (stream text, key text, "createdAt" timestamptz, "knownUntil" timestamptz, values jsonb)
      order by stream, key
      on conflict (connection, stream, key) do update set
        created_at = excluded.created_at, known_until = excluded.known_until, values = excluded.values, run = excluded.run,
        made_at = clock_timestamp(), state = 'intended', holder = null, held_until = '-infinity', attempts = 0, message = null`
  return outcomes
}

/** Where what was said of a line as a whole is found. */
export const ofWholeLine = ({ stream, key }: RecordName) => ({ stream, key, place: '' })

/** Of a parked line `l`: whether its record is another now than when Akeneo refused it. */
const isMended = (db: Queryable) => db`
  l.read_as is distinct from (
    select s.hash from source_record s where s.connection = l.connection and s.stream = l.stream and s.key = l.key)`

/** What a line says, whatever stood there before and wherever it comes from. */
const written = (values: readonly WrittenValue[]): string =>
  canonicalJson(
    Object.fromEntries(values.map((value) => [placeOf(value), value.data === undefined ? null : value.data])),
  )

const names = (db: Queryable, records: readonly RecordName[]) =>
  db`unnest(${records.map(({ stream }) => stream)}::text[], ${records.map(({ key }) => key)}::text[])`

export interface TakeLines {
  stream: PatchedStream
  holder: string
  /** Until then nobody else takes them. */
  leaseMs: number
  most: number
  /** These records only. */
  only?: readonly RecordName[] | undefined
  /** Not what was made after this (`timeInDatabase`). */
  madeBy?: string | undefined
}

/** The database's own time, in its own precision. */
export async function timeInDatabase(db: Queryable): Promise<string> {
  const [row] = await db<{ now: string }[]>`select clock_timestamp()::text as now`
  if (row === undefined) throw new Error('The database was asked for the time and said nothing')
  return row.now
}

const ofLines = (db: Queryable, { only, madeBy }: Pick<TakeLines, 'only' | 'madeBy'>) => db`
  ${only ? db`and (stream, key) in (select * from ${names(db, only)})` : db``}
  ${madeBy ? db`and made_at <= ${madeBy}::text::timestamptz` : db``}`

/** Lines together hold no more than this, whatever their number; PostgreSQL's own size of them, which may be packed. */
const largestTaking = 8_000_000

/** Takes the next lines of a connection that nobody holds, in the order of their records' `created`. */
export async function takeLines(sql: Sql, connection: string, take: TakeLines): Promise<HeldLine[]> {
  const { stream, holder, leaseMs, most } = take
  const rows = await sql.begin(async (tx) => {
    await lockTaking(tx, connection)
    const free = await tx<{ key: string; size: number }[]>`
      select key, pg_column_size(values) as size from enrichment_line l
      where connection = ${connection} and stream = ${stream} and state <> 'parked' and held_until <= clock_timestamp()
        ${ofLines(tx, take)}
        and not exists (
          select 1 from enrichment_file f
          where f.connection = l.connection and f.stream = l.stream and f.key = l.key and f.held_until > clock_timestamp())
      order by created_at, key limit ${most} for update skip locked`
    // By their keys, not joined: of lines that were only just written PostgreSQL's statistics know nothing, and its plan was quadratic.
    return tx<HeldLine[]>`
      update enrichment_line l set holder = ${holder}, held_until = clock_timestamp() + ${interval(leaseMs)}::interval,
        read_as = (
          select s.hash from source_record s where s.connection = l.connection and s.stream = l.stream and s.key = l.key)
      where connection = ${connection} and stream = ${stream} and key = any(${fitting(free)})
      returning stream, key, created_at as "createdAt", known_until as "knownUntil", values,
        state = 'sent' as "isUnknown", attempts`
  })
  return rows.toSorted(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  )
}

/** The first one whatever its size, then as many as fit. */
function fitting(free: readonly { key: string; size: number }[]): string[] {
  const keys: string[] = []
  let before = 0
  for (const { key, size } of free) {
    if (before >= largestTaking) break
    keys.push(key)
    before += size
  }
  return keys
}

/** How long until a line that somebody holds is free again; null: nobody holds one. */
export async function nextFreeMs(
  db: Queryable,
  connection: string,
  which: Pick<TakeLines, 'only' | 'madeBy'> = {},
): Promise<number | null> {
  const [row] = await db<{ ms: number | null }[]>`
    select extract(epoch from min(held_until) - clock_timestamp())::float8 * 1000 as ms from enrichment_line
    where connection = ${connection} and state <> 'parked' ${ofLines(db, which)}`
  return row?.ms == null ? null : Math.max(0, Math.ceil(row.ms))
}

/** Right before they are sent: they may have been done from here on. Those that are no longer held by `holder` are left out. */
export async function markSent(
  db: Queryable,
  connection: string,
  {
    stream,
    keys,
    holder,
    leaseMs,
  }: { stream: PatchedStream; keys: string[]; holder: string; leaseMs: number },
): Promise<Set<string>> {
  const rows = await db<{ key: string }[]>`
    update enrichment_line set state = 'sent', attempts = attempts + 1,
      held_until = clock_timestamp() + ${interval(leaseMs)}::interval
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) and holder = ${holder}
    returning key`
  return new Set(rows.map(({ key }) => key))
}

/** Nobody has sent them, or Akeneo has not begun with them: they stand as before. */
export async function releaseLines(
  db: Queryable,
  connection: string,
  { stream, lines, holder }: { stream: PatchedStream; lines: readonly HeldLine[]; holder: string },
): Promise<void> {
  if (lines.length === 0) return
  await db`
    update enrichment_line l set holder = null, held_until = '-infinity', attempts = r.attempts,
      state = case when r."isUnknown" then 'sent' else 'intended' end
    from json_to_recordset(${JSON.stringify(lines.map(({ key, isUnknown, attempts }) => ({ key, isUnknown, attempts })))}::text::json)
      as r (key text, "isUnknown" boolean, attempts integer)
    where l.connection = ${connection} and l.stream = ${stream} and l.key = r.key and l.holder = ${holder}`
}

/** What becomes of lines that were answered. */
export interface SettledLines {
  stream: PatchedStream
  holder: string
  /** Done, or dropped. */
  gone: string[]
  /** What is left of a line goes out again. */
  shortened: { key: string; values: LineValue[] }[]
  /** Waits until there is something else to say. */
  parked: { key: string; values: LineValue[]; message: string }[]
}

/** Throws away and changes only what `holder` still holds; returns whose lines those were. */
export async function settleLines(
  tx: Transaction,
  connection: string,
  { stream, holder, gone, shortened, parked }: SettledLines,
): Promise<Set<string>> {
  const settled = new Set<string>()
  if (gone.length > 0) {
    const rows = await tx<{ key: string }[]>`
      delete from enrichment_line
      where connection = ${connection} and stream = ${stream} and key = any(${gone}) and holder = ${holder}
      returning key`
    for (const { key } of rows) settled.add(key)
  }
  const changed = [
    ...shortened.map((line) => ({ ...line, state: 'intended', message: null })),
    ...parked.map((line) => ({ ...line, state: 'parked' })),
  ]
  if (changed.length === 0) return settled
  const rows = await tx<{ key: string }[]>`
    update enrichment_line l set values = r.values, state = r.state, message = r.message,
      holder = null, held_until = '-infinity', attempts = 0
    from json_to_recordset(${JSON.stringify(changed)}::text::json)
      as r (key text, values jsonb, state text, message text)
    where l.connection = ${connection} and l.stream = ${stream} and l.key = r.key and l.holder = ${holder}
    returning l.key`
  for (const { key } of rows) settled.add(key)
  return settled
}

/** Of these records, those whose line Akeneo has refused and that are others now: it may take the line of each. */
export async function mendedRecords(
  db: Queryable,
  connection: string,
  records: readonly RecordName[],
): Promise<RecordName[]> {
  if (records.length === 0) return []
  return db<RecordName[]>`
    select stream, key from enrichment_line l
    where connection = ${connection} and (stream, key) in (select * from ${names(db, records)})
      and state = 'parked' and ${isMended(db)}`
}

/** Akeneo is asked once more for what it has refused of these records, whatever has changed: what stood in the way may not be in the record. */
export async function forgetRefusals(
  tx: Transaction,
  connection: string,
  records: readonly RecordName[],
): Promise<void> {
  if (records.length === 0) return
  await forgetParked(tx, connection, records)
  await tx`
    delete from enrichment_finding
    where connection = ${connection} and (stream, key) in (select * from ${names(tx, records)})
      and kind = 'refused' and place <> ''`
}

/** Whatever is written next into these records is sent, though it may be what Akeneo refused. */
export async function forgetParked(
  tx: Transaction,
  connection: string,
  records: readonly RecordName[],
): Promise<void> {
  await tx`
    update enrichment_line set read_as = null
    where connection = ${connection} and (stream, key) in (select * from ${names(tx, records)}) and state = 'parked'`
}

/**
 * Parked lines of these records go out as they stand, where the record has not changed since: up to the watermark nobody has edited it.
 * Returns which do.
 */
export async function sendAgain(
  tx: Transaction,
  connection: string,
  records: readonly RecordName[],
): Promise<Set<string>> {
  const rows = await tx<RecordName[]>`
    update enrichment_line l set state = 'intended', attempts = 0, message = null, made_at = clock_timestamp(),
      known_until = greatest(l.known_until, w.at)
    from watermark w
    where l.connection = ${connection} and (l.stream, l.key) in (select * from ${names(tx, records)}) and l.state = 'parked'
      and not (${isMended(tx)}) and w.connection = l.connection
    returning l.stream, l.key`
  return new Set(rows.map(nameOf))
}

/** Lines that wait because Akeneo refused them whole. */
export async function parkedLines(
  db: Queryable,
  connection: string,
): Promise<(RecordName & { message: string })[]> {
  return db<(RecordName & { message: string })[]>`
    select stream, key, coalesce(message, '') as message from enrichment_line
    where connection = ${connection} and state = 'parked' order by stream, key`
}
