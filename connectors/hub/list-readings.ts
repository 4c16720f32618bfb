import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable } from './database.ts'

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

/** Codes that somebody asked for, the longest waiting ones. */
export async function requestedStructure(
  db: Queryable,
  connection: string,
): Promise<{ stream: StreamName; code: string }[]> {
  return db<{ stream: StreamName; code: string }[]>`
    select stream, code from structure_request
    where connection = ${connection} group by stream, code order by min(asked_at), stream, code limit 100`
}

/** Forgets who asked for a code; returns those that were made with another version of the structure than this. */
export async function settleStructureRequest(
  db: Queryable,
  connection: string,
  { stream, code }: { stream: StreamName; code: string },
  version: bigint,
): Promise<{ stream: StructureRequest['asker']; key: string }[]> {
  const rows = await db<{ stream: StructureRequest['asker']; key: string; madeWith: bigint | null }[]>`
    delete from structure_request where connection = ${connection} and stream = ${stream} and code = ${code}
    returning asker as stream, product as key, made_with as "madeWith"`
  return rows.filter(({ madeWith }) => madeWith !== version).map(({ stream, key }) => ({ stream, key }))
}
