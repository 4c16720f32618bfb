import { hash } from 'node:crypto'
import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'
import { asLines } from './document-lines.ts'
import { forgetRefilled, noteEmptied } from './emptied-values.ts'
import { mapInTurns } from './map-in-turns.ts'
import { valueStreams } from './missed-parts.ts'
import { reviveIds } from './retired.ts'
import { hashShown } from './shown-hash.ts'

/** One record as Akeneo answered it, with what the store needs to find it again. */
export interface SourceInput {
  key: string
  /** Null for a product without identifier. */
  code: string | null
  parent: string | null
  family: string | null
  source: unknown
}

export interface StoredSource {
  stream: StreamName
  key: string
  id: string
  code: string | null
  parent: string | null
  source: unknown
}

export interface WrittenSource {
  key: string
  id: string
  /** True when the record was not in the store before. */
  created: boolean
  /** Where it stood before: a variant that moved to another model leaves a group behind. */
  previousParent: string | null
  previousCode: string | null
}

/**
 * Takes part in the order of reads: of `keys`, returns those that no later request has read yet, and holds their rows
 * until the transaction ends, so that a second writer of the same record waits and then sees its ticket refused.
 */
export async function claimReading(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
  ticket: bigint,
): Promise<Set<string>> {
  const accepted = await tx<{ key: string }[]>`
    insert into reading (connection, stream, key, ticket)
    select ${connection}, ${stream}, key, ${ticket}::bigint from unnest(${[...new Set(keys)].sort()}::text[]) as key
    on conflict (connection, stream, key) do update set ticket = excluded.ticket where reading.ticket < excluded.ticket
    returning key`
  return new Set(accepted.map(({ key }) => key))
}

/** Holds the rows of what several readings of one transaction claim, before the first does: in the order in which a page claims them. */
export async function holdReadings(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<void> {
  await tx`
    select from reading
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) order by key for update`
}

/** Less than 1 ms of work. */
const recordsPerTurn = 10

/**
 * Stores the records whose content or code differs from the stored one and says which those are. Call after `claimReading`, with
 * accepted keys only. Values and parts of lists that they had and have no more are noted for `run`.
 */
export async function writeSources(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  records: SourceInput[],
  ticket: bigint,
  run: bigint | null = null,
): Promise<WrittenSource[]> {
  if (records.length === 0) return []
  const documents = await mapInTurns(records, recordsPerTurn, ({ key, source }) => {
    const text = JSON.stringify(source)
    return { key, text, hash: hash('sha1', text, 'hex') }
  })
  const texts = new Map(documents.map(({ key, text }) => [key, text]))
  const hashes = new Map(documents.map((document) => [document.key, document.hash]))
  const stored = await tx<{ key: string; hash: string; code: string | null; parent: string | null }[]>`
    select key, encode(hash, 'hex') as hash, code, parent from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${records.map(({ key }) => key)})`
  const before = new Map(stored.map((row) => [row.key, row]))
  const changed = records.filter(
    ({ key, code }) => before.get(key)?.hash !== hashes.get(key) || before.get(key)?.code !== code,
  )
  if (changed.length === 0) return []

  const revived = await reviveIds(
    tx,
    connection,
    stream,
    changed.filter(({ key }) => !before.has(key)).map(({ key, code }) => ({ key, code })),
  )

  const known = valueStreams.has(stream) ? changed.map(({ key }) => key).filter((key) => before.has(key)) : []
  const linesOf = (keys: string[]) => asLines(keys.map((key) => texts.get(key) ?? 'null'))
  if (known.length > 0)
    await noteEmptied(tx, connection, stream, { keys: known, sources: linesOf(known) }, run)
  const rows = changed.map(({ key, code, parent, family }) => {
    return { key, id: revived.get(key), code, parent, family, hash: hashes.get(key) }
  })
  const written = await tx<{ key: string; id: string }[]>`
    insert into source_record (connection, stream, key, id, code, parent, family, ticket, hash, source)
    select ${connection}, ${stream}, key, coalesce(id, gen_random_uuid()), code, parent, family, ${ticket}::bigint, decode(hash, 'hex'), source::jsonb
    from rows from (
      json_to_recordset(${JSON.stringify(rows)}::text::json) as (key text, id uuid, code text, parent text, family text, hash text),
      string_to_table(${linesOf(rows.map(({ key }) => key))}::text, chr(10))
    ) as r (key, id, code, parent, family, hash, source)
    order by key
    on conflict (connection, stream, key) do update set
      code = excluded.code, parent = excluded.parent, family = excluded.family,
      ticket = excluded.ticket, hash = excluded.hash, source = excluded.source
    returning key, id`
  if (known.length > 0) {
    const isShownOtherwise = (key: string) => hashShown(before.get(key)?.hash ?? '') !== hashes.get(key)
    await forgetRefilled(tx, connection, stream, known, known.filter(isShownOtherwise))
  }
  return written.map(({ key, id }) => ({
    key,
    id,
    created: !before.has(key),
    previousParent: before.get(key)?.parent ?? null,
    previousCode: before.get(key)?.code ?? null,
  }))
}

/** Gives stored records other codes; null: none. */
export async function setCodes(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  records: { key: string; code: string | null }[],
): Promise<void> {
  if (records.length === 0) return
  const codes = JSON.stringify(records.map(({ key, code }) => ({ key, code })))
  await tx`
    update source_record s set code = r.code
    from json_to_recordset(${codes}::text::json) as r (key text, code text)
    where s.connection = ${connection} and s.stream = ${stream} and s.key = r.key`
}

/** Stored records by key; `lock` holds them, so that nobody replaces what a translation is made from. */
export async function sourcesByKey(
  db: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
  { lock = false } = {},
): Promise<StoredSource[]> {
  if (keys.length === 0) return []
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${keys})
    order by key ${lock ? db`for update` : db``}`
}

/** Stored records of one stream in the order of their keys, of models the roots only. */
export async function nextSources(
  db: Queryable,
  connection: string,
  stream: StreamName,
  after: string | null,
  limit: number,
): Promise<StoredSource[]> {
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream}
      ${after === null ? db`` : db`and key > ${after}`}
      ${stream === 'product-models' ? db`and parent is null` : db``}
    order by key limit ${limit}`
}

/** The same, of records of these families, in lower case. */
export async function nextSourcesOfFamilies(
  db: Queryable,
  connection: string,
  stream: StreamName,
  families: string[],
  after: string | null,
  limit: number,
): Promise<StoredSource[]> {
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream} and lower(family) = any(${families})
      ${after === null ? db`` : db`and key > ${after}`}
    order by key limit ${limit}`
}

export async function hasSources(db: Queryable, connection: string, stream: StreamName): Promise<boolean> {
  const [row] = await db`
    select 1 from source_record where connection = ${connection} and stream = ${stream} limit 1`
  return row !== undefined
}

/** Stored records by code, in any letter case: Akeneo's codes are case-insensitive. */
export async function sourcesByCode(
  db: Queryable,
  connection: string,
  stream: StreamName,
  codes: string[],
): Promise<StoredSource[]> {
  if (codes.length === 0) return []
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream} and lower(code) = any(${codes.map(foldCase)})`
}

export interface KnownRecord {
  id: string
  key: string
  code: string | null
  parent: string | null
}

/** The hub's ids of these records, by lower-cased code and by key. */
export async function idsOf(
  db: Queryable,
  connection: string,
  stream: StreamName,
  names: string[],
): Promise<Map<string, KnownRecord>> {
  if (names.length === 0) return new Map()
  const wanted = [...new Set(names.map(foldCase))]
  const rows = await db<KnownRecord[]>`
    select id, key, code, parent from source_record
    where connection = ${connection} and stream = ${stream} and lower(code) = any(${wanted})
    union
    select id, key, code, parent from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${[...new Set([...names, ...wanted])]})`
  return new Map(
    rows.flatMap((row) => [
      [foldCase(row.key), row] as const,
      ...(row.code === null ? [] : [[foldCase(row.code), row] as const]),
    ]),
  )
}
