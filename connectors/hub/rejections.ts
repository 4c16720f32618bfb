import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'

export interface StoredRejection extends Rejection {
  firstSeen: Date
  lastSeen: Date
  attempts: number
  nextAttempt: Date
}

/** First retry, and by what it grows: 5 min, 15 min, 45 min … at most a day: what a person must mend takes that long. */
const firstDelayMinutes = 5
const growth = 3
const longestDelayMinutes = 24 * 60

/** Keeps each rejected record with its reason until it can be carried; seen again, the next try is later. */
export async function reject(tx: Transaction, connection: string, rejections: Rejection[]): Promise<void> {
  if (rejections.length === 0) return
  await tx`
    insert into rejection (connection, stream, key, code, reason, field, rule, message, remedy, next_attempt)
    select distinct on (stream, key) ${connection}, stream, key, code, reason, field, rule, text, remedy,
      now() + make_interval(mins => ${firstDelayMinutes})
    from json_to_recordset(${JSON.stringify(rejections)}::text::json)
      as r (stream text, key text, code text, reason text, field text, rule text, text text, remedy text)
    order by stream, key
    on conflict (connection, stream, key) do update set
      code = coalesce(excluded.code, rejection.code), reason = excluded.reason, field = excluded.field, rule = excluded.rule, message = excluded.message,
      remedy = excluded.remedy, last_seen = now(), attempts = rejection.attempts + 1,
      next_attempt = now() + make_interval(mins =>
        least(${longestDelayMinutes}::float8, ${firstDelayMinutes} * ${growth}::float8 ^ least(rejection.attempts, 10))::int)`
}

/** Reason of a record that Akeneo answered with and nobody can read. */
export const unreadable = 'schema'

/** Reason of a record that Akeneo cannot answer with. */
export const noAnswer = 'no-answer'

/** Reasons of records that Akeneo has and nobody can read. */
export const unread = [unreadable, noAnswer]

/** Reason of a list that Akeneo cannot answer with: what it held before stays. */
export const unlisted = 'list-no-answer'

/** A list stands among the rejections beside its records; `parent`: what it belongs to, else ''. */
const listKey = (parent: string) => `${parent}/`

/** What a rejected list belongs to. */
export const listedOf = (key: string): string => key.slice(0, -1)

export const listRejection = (stream: StreamName, parent: string, text: string): Rejection => ({
  stream,
  key: listKey(parent),
  code: parent === '' ? stream : parent,
  reason: unlisted,
  field: null,
  text,
  remedy: 'Look at Akeneo’s log; what was read of the list before stays, and it is asked for again by itself',
})

export async function isListRejected(
  db: Queryable,
  connection: string,
  stream: StreamName,
  parent: string,
): Promise<boolean> {
  const rows = await db`
    select from rejection
    where connection = ${connection} and stream = ${stream} and key = ${listKey(parent)} and reason = ${unlisted}`
  return rows.length > 0
}

/** A list that came whole. */
export const clearListRejection = (db: Queryable, connection: string, stream: StreamName, parent: string) =>
  clearRejections(db, connection, stream, [listKey(parent)], 'all')

/** Lists that did not come, in whole or in part, since this run began. */
export async function unseenLists(
  db: Queryable,
  connection: string,
  run: bigint,
): Promise<{ stream: StreamName; key: string }[]> {
  return db<{ stream: StreamName; key: string }[]>`
    select j.stream, j.key from rejection j join run on run.id = ${run}::bigint and j.last_seen >= run.started_at
    where j.connection = ${connection} and j.reason = ${unlisted} order by j.stream, j.key`
}

/** Seconds in which records of this stream were created that Akeneo did not show all of. ISO 8601. */
export async function unshownSeconds(
  db: Queryable,
  connection: string,
  stream: StreamName,
): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select key from rejection
    where connection = ${connection} and stream = ${stream} and reason = ${unlisted} and key <> ${listKey('')}
    order by key`
  return rows.map(({ key }) => listedOf(key))
}

/**
 * Of these streams, whose lists no poll reads whole, forgets that they did not come where this run has seen them. What a load or poll has not seen
 * of a second stays: who only lists keys has not read that.
 */
export async function clearSeenLists(
  db: Queryable,
  connection: string,
  run: bigint,
  streams: StreamName[],
): Promise<void> {
  await db`
    delete from rejection j using run
    where run.id = ${run}::bigint and j.connection = ${connection} and j.stream = any(${streams})
      and j.key = ${listKey('')} and j.reason = ${unlisted} and j.last_seen < run.started_at`
}

/**
 * Forgets rejections: `read` those of records that could not be read, now that they were; `carried` all others, since a record may
 * be published anew while Akeneo's newest version of it cannot be read; `all` when a person says so or Akeneo has it no more.
 */
export async function clearRejections(
  tx: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
  which: 'all' | 'read' | 'carried',
): Promise<void> {
  if (keys.length === 0) return
  await tx`
    delete from rejection
    where connection = ${connection} and stream = ${stream} and key = any(${keys})
      ${which === 'all' ? tx`` : which === 'read' ? tx`and reason = any(${unread})` : tx`and reason <> all(${unread})`}`
}

const columns = (db: Queryable) =>
  db`stream, key, code, reason, field, rule, message as text, remedy, first_seen as "firstSeen", last_seen as "lastSeen",
    attempts, next_attempt as "nextAttempt"`

export async function rejectionsOf(
  db: Queryable,
  connection: string,
  reason?: string,
): Promise<StoredRejection[]> {
  return db<StoredRejection[]>`
    select ${columns(db)} from rejection
    where connection = ${connection} ${reason === undefined ? db`` : db`and reason = ${reason}`}
    order by stream, code, key`
}

/** Of each, any of these; what is absent chooses nothing out. */
export interface RejectionChoice {
  reason?: string[]
  stream?: string[]
  field?: string[]
}

/** The first `limit` (null: all) of a choice in the order of `rejectionsOf`, and how many there are. */
export async function listRejections(
  db: Queryable,
  connection: string,
  choice: RejectionChoice,
  limit: number | null,
): Promise<{ total: number; rejections: StoredRejection[] }> {
  const anyOf = (name: string, values: string[] | undefined) =>
    values === undefined ? db`` : db`and coalesce(${db(name)}, '') = any(${values})`
  const chosen = db`
    connection = ${connection} ${anyOf('reason', choice.reason)} ${anyOf('stream', choice.stream)} ${anyOf('field', choice.field)}`
  const rejections = await db<StoredRejection[]>`
    select ${columns(db)} from rejection where ${chosen} order by stream, code, key limit ${limit}`
  if (limit === null || rejections.length < limit) return { total: rejections.length, rejections }
  const [counted] = await db<
    { total: number }[]
  >`select count(*)::int as total from rejection where ${chosen}`
  return { total: counted?.total ?? rejections.length, rejections }
}

/** Those of one stream that anybody calls by one of these names, key or code. */
export async function rejectionsNamed(
  db: Queryable,
  connection: string,
  stream: StreamName,
  names: string[],
): Promise<StoredRejection[]> {
  const folded = names.map(foldCase)
  return db<StoredRejection[]>`
    select ${columns(db)} from rejection
    where connection = ${connection} and stream = ${stream}
      and (lower(key) = any(${folded}) or lower(code) = any(${folded}))
    order by code, key`
}

/** Rejected records of these streams whose time to be tried again has come. */
export async function dueRejections(
  db: Queryable,
  connection: string,
  streams: StreamName[],
  limit: number,
): Promise<StoredRejection[]> {
  return db<StoredRejection[]>`
    select ${columns(db)} from rejection
    where connection = ${connection} and stream = any(${streams}) and next_attempt <= now()
    order by next_attempt limit ${limit}`
}

/** Lets others go first with the next run: this record was read, and what became of it is not known yet. */
export async function postponeRejection(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<void> {
  await tx`
    update rejection set next_attempt = now() + make_interval(mins => ${firstDelayMinutes})
    where connection = ${connection} and stream = ${stream} and key = ${key}`
}

/** Of these records, by key or code, those that are rejected or have left, in lower case: they never hold up others that name them. */
export async function rejectedKeys(
  db: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const codes = keys.map((key) => key.toLowerCase())
  const rows = await db<{ key: string; code: string | null }[]>`
    select key, code from rejection
    where connection = ${connection} and stream = ${stream} and (key = any(${keys}) or lower(code) = any(${codes}))
    union all
    select key, code from retired_record
    where connection = ${connection} and stream = ${stream} and (key = any(${keys}) or lower(code) = any(${codes}))`
  return new Set(
    rows.flatMap(({ key, code }) => [key.toLowerCase(), ...(code === null ? [] : [code.toLowerCase()])]),
  )
}

/** Of the records with these keys, those whose newest version is rejected now; what has left may be back. */
export async function rejectedNow(
  db: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await db<{ key: string }[]>`
    select key from rejection where connection = ${connection} and stream = ${stream} and key = any(${keys})`
  return new Set(rows.map(({ key }) => key))
}

/** Those of these keys under which something stands that Akeneo has and nobody could read. */
export async function unreadAmong(
  db: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<Set<string>> {
  const rows = await db<{ key: string }[]>`
    select key from rejection
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) and reason = any(${unread})`
  return new Set(rows.map(({ key }) => key))
}

/** Makes rejections due now; all of a connection, of one reason, or of given names. */
export async function retryRejections(
  db: Queryable,
  connection: string,
  which: { reason?: string; names?: string[] },
): Promise<number> {
  const rows = await db`
    update rejection set next_attempt = now()
    where connection = ${connection}
      ${which.reason === undefined ? db`` : db`and reason = ${which.reason}`}
      ${which.names === undefined ? db`` : db`and (key = any(${which.names}) or code = any(${which.names}))`}
    returning 1`
  return rows.length
}
