import { hash } from 'node:crypto'
import type {
  FeedEntry,
  HubRecord,
  Reason,
  RecordKind,
  RecordStatus,
  TranslatedRecord,
} from '../../contracts/hub.ts'
import { changedFields, changeOf, contentOf } from '../../domain/record-changes.ts'
import { foldCase } from '../../domain/text.ts'
import { isUuid } from '../../domain/uuid.ts'
import { bindAdopted } from './adopted-ids.ts'
import type { Queryable, Transaction } from './database.ts'
import { asLines } from './document-lines.ts'
import { takeSeqs } from './feed-counter.ts'
import { mapInTurns } from './map-in-turns.ts'
import { publishedStreams } from './waiting.ts'

/** Where records are published: one output of one connection, in which run. */
export interface Publication {
  connection: string
  output: string
  run: bigint | null
}

export interface PublishedRecord {
  id: string
  record: TranslatedRecord
}

interface FeedRow {
  kind: RecordKind
  id: string
  version: number
  change: string
  fields: string[]
}

/** Less than 1 ms of work. */
const recordsPerTurn = 10

/**
 * Publishes the records whose content differs from what the output holds: version grows by one, one line goes into the feed.
 * Call last in the transaction: from the feed counter on, every other publisher of this output waits until it commits.
 */
export async function publishRecords(
  tx: Transaction,
  { connection, output, run }: Publication,
  records: PublishedRecord[],
): Promise<{ id: string; kind: RecordKind; created: boolean }[]> {
  if (records.length === 0) return []
  const rows = await mapInTurns(records, recordsPerTurn, ({ id, record }) => ({
    id,
    record,
    hash: hash('sha1', contentOf(record), 'hex'),
  }))
  const stored = await tx<
    { id: string; status: RecordStatus; same: boolean; body: TranslatedRecord | null }[]
  >`
    select h.id, h.status, h.hash = decode(r.hash, 'hex') as same,
      case when h.hash = decode(r.hash, 'hex') then null else h.body end as body
    from hub_record h
    join unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ hash }) => hash)}::text[]) as r (id, hash) on r.id = h.id
    where h.connection = ${connection} and h.output = ${output}
    order by h.id for update of h`
  const before = new Map(stored.map((row) => [row.id, row]))
  const changed = rows.filter(({ id }) => before.get(id)?.same !== true)
  if (changed.length === 0) return []

  const written = await tx<{ id: string; version: number }[]>`
    insert into hub_record (connection, output, id, kind, code, version, status, hash, body)
    select ${connection}, ${output}, id, kind, code, 1, status, decode(hash, 'hex'), body::jsonb
    from rows from (
      json_to_recordset(${JSON.stringify(
        changed.map(({ id, record, hash }) => ({
          id,
          kind: record.kind,
          code: codeOf(record),
          status: record.status,
          hash,
        })),
      )}::text::json) as (id uuid, kind text, code text, status text, hash text),
      string_to_table(${asLines(changed.map(({ record }) => JSON.stringify(record)))}::text, chr(10))
    ) as r (id, kind, code, status, hash, body)
    order by id
    on conflict (connection, output, id) do update set
      code = excluded.code, version = hub_record.version + 1, status = excluded.status,
      hash = excluded.hash, body = excluded.body
    returning id, version`
  const versions = new Map(written.map(({ id, version }) => [id, version]))

  await appendToFeed(
    tx,
    { connection, output, run },
    changed.map(({ id, record }) => {
      const old = before.get(id)
      const fields = changedFields(old?.body ?? null, record)
      const change = changeOf(old?.status ?? null, record.status, fields)
      return { kind: record.kind, id, version: versions.get(id) ?? 1, change, fields }
    }),
  )
  const named = changed.map(({ id, record }) => {
    const { kind, status } = record
    return { id, kind, status, code: codeOf(record), before: before.get(id)?.body }
  })
  await bindAdopted(
    tx,
    { connection, output },
    named.filter(({ code, before }) => !before || codeOf(before) !== code),
  )
  return changed.map(({ id, record }) => ({ id, kind: record.kind, created: !before.has(id) }))
}

/** Makes a record a tombstone in every output that holds it. Like `publishRecords` the last thing in a transaction. */
export async function retirePublished(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  id: string,
): Promise<void> {
  const rows = await tx<{ output: string }[]>`
    select output from hub_record
    where connection = ${connection} and id = ${id}::uuid and status <> 'retired' order by output collate "C"`
  for (const { output } of rows) await retireRecords(tx, { connection, output, run }, [id], notInAkeneo)
}

/** Makes records tombstones in one output. */
export async function retireRecords(
  tx: Transaction,
  publication: Publication,
  ids: string[],
  reason: Reason,
): Promise<void> {
  if (ids.length === 0) return
  const { connection, output } = publication
  const rows = await tx<{ id: string; body: TranslatedRecord }[]>`
    select id, body from hub_record
    where connection = ${connection} and output = ${output} and id = any(${ids}::uuid[]) and status <> 'retired'
    order by id`
  await publishRecords(
    tx,
    publication,
    rows.map(({ id, body }) => ({ id, record: { ...body, status: 'retired' as const, reasons: [reason] } })),
  )
}

const notInAkeneo = {
  code: 'not-in-akeneo',
  text: 'Akeneo has it no more, or its user may not see it any more',
  remedy: 'Is it there after all? Then: pimflow sync, with its SKU or code',
}

async function appendToFeed(
  tx: Transaction,
  { connection, output, run }: Publication,
  entries: FeedRow[],
): Promise<void> {
  const first = await takeSeqs(tx, connection, output, entries.length)
  await tx`
    insert into feed (connection, output, seq, kind, id, version, change, fields, run)
    select ${connection}, ${output}, ${first}::bigint + position - 1, kind, id, version, change, fields, ${run}::bigint
    from json_to_recordset(${JSON.stringify(entries.map((entry, at) => ({ ...entry, position: at + 1 })))}::text::json)
      as r (kind text, id uuid, version integer, change text, fields text[], position bigint)`
}

/** The code a person knows the record by. */
export const codeOf = (record: TranslatedRecord): string | null =>
  record.kind === 'product' ? record.sku : record.kind === 'group' ? record.source.code : record.code

/** The status of those of these ids that the output holds; a tombstone is nothing to stand on. */
export async function publishedStatuses(
  db: Queryable,
  connection: string,
  output: string,
  ids: string[],
): Promise<Map<string, RecordStatus>> {
  if (ids.length === 0) return new Map()
  const rows = await db<{ id: string; status: RecordStatus }[]>`
    select id, status from hub_record
    where connection = ${connection} and output = ${output} and id = any(${ids}::uuid[]) and status <> 'retired'`
  return new Map(rows.map(({ id, status }) => [id, status]))
}

/** What the output holds of these ids, tombstones aside. */
export async function publishedBodies(
  db: Queryable,
  connection: string,
  output: string,
  ids: string[],
): Promise<Map<string, TranslatedRecord>> {
  if (ids.length === 0) return new Map()
  const rows = await db<{ id: string; body: TranslatedRecord }[]>`
    select id, body from hub_record
    where connection = ${connection} and output = ${output} and id = any(${ids}::uuid[]) and status <> 'retired'`
  return new Map(rows.map(({ id, body }) => [id, body]))
}

/** Of these codes, lower-cased, those that the output holds as `kind`, tombstones aside. */
export async function publishedCodes(
  db: Queryable,
  connection: string,
  output: string,
  kind: RecordKind,
  codes: string[],
): Promise<Set<string>> {
  if (codes.length === 0) return new Set()
  const rows = await db<{ code: string }[]>`
    select lower(code) as code from hub_record
    where connection = ${connection} and output = ${output} and kind = ${kind}
      and lower(code) = any(${codes.map((code) => code.toLowerCase())}) and status <> 'retired'`
  return new Set(rows.map(({ code }) => code))
}

interface HubRow {
  id: string
  version: number
  body: TranslatedRecord
  externalIds: Record<string, string> | null
}

const complete = ({ id, version, body, externalIds }: HubRow) =>
  ({ ...body, id, version, ...(externalIds === null ? {} : { externalIds }) }) as HubRecord

/** Of `h`, a hub_record: what completes it. An id from an answer counts more than one adopted by code. */
const hubColumns = (db: Queryable) => db`
  h.id, h.version, h.body, nullif(
    coalesce((select jsonb_object_agg(a.destination, a.external_id) from adopted_id a
      where a.connection = h.connection and a.kind = h.kind and a.code = lower(h.code)
        and coalesce(a.output, h.output) = h.output), '{}') ||
    coalesce((select jsonb_object_agg(e.destination, e.external_id) from external_id e
      where e.connection = h.connection and e.id = h.id), '{}'), '{}') as "externalIds"`

/** Every record of an output, in the feed's order of kinds, categories by depth; a batch at a time, so size does not matter. */
export async function* recordsOf(
  db: Queryable,
  connection: string,
  output: string,
): AsyncGenerator<HubRecord> {
  const rows = db<HubRow[]>`
    select ${hubColumns(db)} from hub_record h where connection = ${connection} and output = ${output}
    order by ${parentsFirst(db)}`.cursor(500)
  for await (const batch of rows) yield* batch.map(complete)
}

/** Order of `h`, a hub_record: dictionary, categories by depth, groups, products. */
export const parentsFirst = (db: Queryable) => db`
  array_position(array['attribute', 'category', 'group', 'product'], h.kind),
  case when h.kind = 'category' then jsonb_array_length(h.body->'path') else 0 end, lower(h.code), h.id`

/** Records by what a person may call them: hub id, SKU, code, or Akeneo's uuid; several hits are all returned. */
export async function findRecords(
  db: Queryable,
  connection: string,
  name: string,
): Promise<(HubRecord & { output: string })[]> {
  const folded = foldCase(name)
  // By the whole key of each index: a person waits, and there may be millions.
  const rows = await db<(HubRow & { output: string })[]>`
    with named (id) as (
      select id from source_record
      where connection = ${connection} and stream = any(${publishedStreams}) and key = any(${[name, folded]})
      union
      select h.id from feed_counter c
      join hub_record h on h.connection = c.connection and h.output = c.output
        and h.kind = any(array['attribute', 'category', 'group', 'product']) and lower(h.code) = ${folded}
      where c.connection = ${connection}
      union
      select id::uuid from unnest(${isUuid(folded) ? [folded] : []}::text[]) as id
    )
    select h.output, ${hubColumns(db)} from feed_counter c
    join named on true
    join hub_record h on h.connection = c.connection and h.output = c.output and h.id = named.id
    where c.connection = ${connection}
    order by h.output, h.kind, h.code`
  return rows.map(({ output, ...row }) => ({ ...complete(row), output }))
}

interface EntryRow extends HubRow {
  seq: bigint
  at: Date
  kind: RecordKind
  entry: number
  change: FeedEntry['change']
  fields: string[]
}

/** Of `f`, a line of the feed, and `h`, its record. */
const entryColumns = (db: Queryable) =>
  db`f.seq, f.at, f.kind, f.version as entry, f.change, f.fields, ${hubColumns(db)}`

const entryOf = ({ seq, at, kind, entry, change, fields, ...row }: EntryRow): FeedEntry => ({
  seq: Number(seq),
  at: at.toISOString(),
  kind,
  id: row.id,
  version: entry,
  change,
  fields,
  record: complete(row),
})

/** The feed after `seq`, with each record as it stands now: a parked item never overwrites a newer one. */
export async function changesAfter(
  db: Queryable,
  connection: string,
  output: string,
  after: bigint,
  limit: number,
): Promise<FeedEntry[]> {
  const rows = await db<EntryRow[]>`
    select ${entryColumns(db)}
    from feed f join hub_record h using (connection, output, id)
    where f.connection = ${connection} and f.output = ${output} and f.seq > ${after}::bigint
    order by f.seq limit ${limit}`
  return rows.map(entryOf)
}

/** The last line of each of these records in the feed, in the order of `ids`. */
export async function lastEntries(
  db: Queryable,
  connection: string,
  output: string,
  ids: string[],
): Promise<FeedEntry[]> {
  if (ids.length === 0) return []
  const rows = await db<EntryRow[]>`
    select ${entryColumns(db)}
    from unnest(${ids}::uuid[]) with ordinality as asked (id, place)
    join hub_record h on h.connection = ${connection} and h.output = ${output} and h.id = asked.id
    cross join lateral (
      select * from feed where feed.connection = h.connection and feed.output = h.output and feed.id = h.id
      order by feed.seq desc limit 1
    ) as f
    order by asked.place`
  return rows.map(entryOf)
}

export async function lastSeq(db: Queryable, connection: string, output: string): Promise<bigint> {
  const [row] = await db<{ seq: bigint }[]>`
    select seq from feed_counter where connection = ${connection} and output = ${output}`
  return row?.seq ?? 0n
}
