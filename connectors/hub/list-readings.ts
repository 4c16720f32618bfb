import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable } from './database.ts'
import { unlisted, unread } from './rejections.ts'

export interface UnfilteredList {
  stream: StreamName
  /** The record it belongs to, e.g. the attribute of options; '' for a list that is read whole. */
  parent: string
}

export async function markListRead(db: Queryable, connection: string, list: UnfilteredList): Promise<void> {
  await db`
    insert into list_reading (connection, stream, parent, read_at) values (${connection}, ${list.stream}, ${list.parent}, now())
    on conflict (connection, stream, parent) do update set read_at = excluded.read_at`
}

/** Makes all lists of a stream due: something showed that one of them has changed. */
export async function forgetListReadings(
  db: Queryable,
  connection: string,
  stream: StreamName,
): Promise<void> {
  await db`delete from list_reading where connection = ${connection} and stream = ${stream}`
}

/** The lists that were read longest ago and before `olderThan`, or never, of those given. */
export async function oldestLists(
  db: Queryable,
  connection: string,
  lists: UnfilteredList[],
  olderThanSeconds: number,
  limit: number,
): Promise<UnfilteredList[]> {
  return db<UnfilteredList[]>`
    select l.stream, l.parent
    from json_to_recordset(${JSON.stringify(lists)}::text::json) as l (stream text, parent text)
    left join list_reading r on r.connection = ${connection} and r.stream = l.stream and r.parent = l.parent
    where r.read_at is null or r.read_at <= now() - make_interval(secs => ${olderThanSeconds})
    order by r.read_at nulls first, l.stream, l.parent limit ${limit}`
}

/** Of those given, the lists that were not read since; absent: never. */
export async function unreadLists(
  db: Queryable,
  connection: string,
  lists: UnfilteredList[],
  since = new Date(0),
): Promise<UnfilteredList[]> {
  if (lists.length === 0) return []
  return db<UnfilteredList[]>`
    select l.stream, l.parent
    from json_to_recordset(${JSON.stringify(lists)}::text::json) as l (stream text, parent text)
    where not exists (select from list_reading r
      where r.connection = ${connection} and r.stream = l.stream and r.parent = l.parent
        and r.read_at >= ${since})`
}

export interface StructureRequest {
  stream: StreamName
  code: string
  /** Who shows it. */
  asker: Extract<StreamName, 'products' | 'product-models'>
  key: string
}

/** Remembers codes that records showed and the structure that they were made with lacks. */
export async function requestStructure(
  db: Queryable,
  connection: string,
  madeWith: bigint,
  requests: StructureRequest[],
): Promise<void> {
  if (requests.length === 0) return
  await db`
    insert into structure_request (connection, stream, code, asker, product, made_with)
    select distinct ${connection}, stream, code, asker, key, ${madeWith}::bigint
    from json_to_recordset(${JSON.stringify(requests)}::text::json) as r (stream text, code text, asker text, key text)
    order by 2, 3, 4, 5 on conflict do nothing`
}

/** Products and models that Akeneo shows otherwise now although it has not dated them: read by the next settling. */
export async function requestReading(
  db: Queryable,
  connection: string,
  records: { stream: StreamName; key: string }[],
): Promise<void> {
  if (records.length === 0) return
  await db`
    insert into structure_request (connection, stream, code, asker, product)
    select ${connection}, stream, key, stream, key
    from json_to_recordset(${JSON.stringify(records)}::text::json) as r (stream text, key text)
    order by 2, 3 on conflict do nothing`
}

/** Of these a code is read with the list that it is on; of others by its own address. */
const readAsLists: StreamName[] = [
  'attribute-options',
  'association-types',
  'attribute-groups',
  'channels',
  'currencies',
  'locales',
  'measurement-families',
]

/** Whether a request waits for what Akeneo cannot show: that is tried again as what it is rejected as, and its askers follow. */
const isUnanswered = (db: Queryable) => db`
  exists (select from rejection j where j.connection = r.connection and j.stream = r.stream and (
    (j.reason = any(${unread}) and j.key = r.code)
    or (j.reason = ${unlisted} and r.stream = any(${readAsLists})
      and j.key = case r.stream when 'attribute-options' then r.code else '' end || '/')))`

/** Codes that somebody asked for, taken by one reading. */
export interface TakenRequests {
  reading: bigint
  /** The longest waiting ones first. */
  codes: { stream: StreamName; code: string }[]
}

/**
 * Takes what is asked for, to be read from here on. What an earlier reading took and did not settle is taken over; who asks for a code later
 * is not among its askers, because the reading may not have seen what they saw.
 */
export async function takeStructureRequests(db: Queryable, connection: string): Promise<TakenRequests> {
  const rows = await db<{ reading: bigint; stream: StreamName; code: string }[]>`
    with due as materialized (
      select stream, code, min(asked_at) as since, (select nextval('read_ticket')) as reading from structure_request r
      where connection = ${connection} and not ${isUnanswered(db)} group by stream, code order by since, stream, code limit 100
    ),
    taken as (
      update structure_request r set reading = due.reading from due
      where r.connection = ${connection} and r.stream = due.stream and r.code = due.code
    )
    select reading, stream, code from due order by since, stream, code`
  return { reading: rows[0]?.reading ?? 0n, codes: rows.map(({ stream, code }) => ({ stream, code })) }
}

/** Forgets who asked for what this reading took and Akeneo could answer; returns those that were made with another version of the structure than this. */
export async function settleStructureRequests(
  db: Queryable,
  connection: string,
  reading: bigint,
  version: bigint,
): Promise<{ stream: StreamName; asker: StructureRequest['asker']; key: string }[]> {
  const rows = await db<
    { stream: StreamName; asker: StructureRequest['asker']; key: string; madeWith: bigint | null }[]
  >`
    delete from structure_request r
    where connection = ${connection} and reading = ${reading}::bigint and not ${isUnanswered(db)}
    returning stream, asker, product as key, made_with as "madeWith"`
  return rows
    .filter(({ madeWith }) => madeWith !== version)
    .map(({ stream, asker, key }) => ({ stream, asker, key }))
}
