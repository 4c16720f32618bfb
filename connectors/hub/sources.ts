import { hash } from 'node:crypto'
import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable, Transaction } from './database.ts'
import { forgetRefilled, noteEmptied } from './emptied-values.ts'
import { mapInTurns } from './map-in-turns.ts'
import { valueStreams } from './missed-parts.ts'
import { reviveIds } from './retired.ts'

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

/** Less than 1 ms of work. */
const recordsPerTurn = 10

/**
 * Stores the records whose content differs from the stored one and says which those are. Call after `claimReading`, with
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
  const stored = await tx<{ key: string; hash: string; parent: string | null }[]>`
    select key, encode(hash, 'hex') as hash, parent from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${records.map(({ key }) => key)})`
  const before = new Map(stored.map((row) => [row.key, row]))
  const changed = records.filter(({ key }) => before.get(key)?.hash !== hashes.get(key))
  if (changed.length === 0) return []

  const revived = await reviveIds(
    tx,
    connection,
    stream,
    changed.filter(({ key }) => !before.has(key)).map(({ key, code }) => ({ key, code })),
  )

  // The documents are already text: they go in as they are, not stringified a second time inside a parameter.
  const rows = changed.map(({ key, code, parent, family }) => {
    const meta = JSON.stringify({ key, id: revived.get(key), code, parent, family, hash: hashes.get(key) })
    return `${meta.slice(0, -1)},"source":${texts.get(key) ?? 'null'}}`
  })
  const known = valueStreams.has(stream) ? changed.map(({ key }) => key).filter((key) => before.has(key)) : []
  if (known.length > 0) await noteEmptied(tx, connection, stream, `[${rows.join(',')}]`, known, run)
  const written = await tx<{ key: string; id: string }[]>`
    insert into source_record (connection, stream, key, id, code, parent, family, ticket, hash, source)
    select ${connection}, ${stream}, key, coalesce(id, gen_random_uuid()), code, parent, family, ${ticket}::bigint, decode(hash, 'hex'), source
    from json_to_recordset(${`[${rows.join(',')}]`}::text::json)
      as r (key text, id uuid, code text, parent text, family text, hash text, source jsonb)
    order by key
    on conflict (connection, stream, key) do update set
      code = excluded.code, parent = excluded.parent, family = excluded.family,
      ticket = excluded.ticket, hash = excluded.hash, source = excluded.source
    returning key, id`
  if (known.length > 0) await forgetRefilled(tx, connection, stream, known)
  return written.map(({ key, id }) => ({
    key,
    id,
    created: !before.has(key),
    previousParent: before.get(key)?.parent ?? null,
  }))
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

/** These models and those above them, by code in lower case; without their documents, which are large. */
export async function parentsOfModels(
  db: Queryable,
  connection: string,
  models: string[],
): Promise<Map<string, { key: string; parent: string | null }>> {
  const found = new Map<string, { key: string; parent: string | null }>()
  // Akeneo has two levels of models.
  for (let wanted = models.map(lower); wanted.length > 0;) {
    const rows = await db<{ code: string; key: string; parent: string | null }[]>`
      select lower(code) as code, key, parent from source_record
      where connection = ${connection} and stream = 'product-models' and lower(code) = any(${wanted})`
    for (const { code, key, parent } of rows) found.set(code, { key, parent })
    wanted = [...new Set(rows.flatMap(({ parent }) => (parent === null ? [] : [lower(parent)])))].filter(
      (code) => !found.has(code),
    )
  }
  return found
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
    where connection = ${connection} and stream = ${stream} and lower(code) = any(${codes.map(lower)})`
}

/** Keys of the root models that these models, by code, are or stand below; without their documents, which are large. */
export async function rootModelsOf(db: Queryable, connection: string, models: string[]): Promise<string[]> {
  if (models.length === 0) return []
  const rows = await db<{ key: string }[]>`
    with named as (
      select key, parent from source_record
      where connection = ${connection} and stream = 'product-models' and lower(code) = any(${models.map(lower)})
    )
    select key from named where parent is null
    union
    select root.key from named join source_record root on lower(root.code) = lower(named.parent)
    where root.connection = ${connection} and root.stream = 'product-models'
    order by key`
  return rows.map(({ key }) => key)
}

export async function sourcesByParent(
  db: Queryable,
  connection: string,
  stream: StreamName,
  parents: string[],
): Promise<StoredSource[]> {
  if (parents.length === 0) return []
  return db<StoredSource[]>`
    select stream, key, id, code, parent, source from source_record
    where connection = ${connection} and stream = ${stream} and lower(parent) = any(${parents.map(lower)})
    order by key`
}

export interface StoredVariant {
  parent: string
  code: string | null
  source: unknown
}

/**
 * The variants directly below these models; without `whole` their documents are cut down to what a publication rule looks at and
 * to their values of `axes`.
 */
export async function variantsBelow(
  db: Queryable,
  connection: string,
  models: string[],
  { axes, whole }: { axes: string[]; whole: boolean },
): Promise<StoredVariant[]> {
  if (models.length === 0) return []
  const source = whole
    ? db`source`
    : db`jsonb_build_object('enabled', coalesce(source -> 'enabled', 'true'), 'categories', source -> 'categories',
        'completenesses', source -> 'completenesses', 'values',
        (select coalesce(jsonb_object_agg(axis, source -> 'values' -> axis), '{}')
          from unnest(${axes}::text[]) as axis where source -> 'values' ? axis)) as source`
  return db<StoredVariant[]>`
    select parent, code, ${source} from source_record
    where connection = ${connection} and stream = 'products' and lower(parent) = any(${models.map(lower)})
    order by code`
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
  const wanted = [...new Set(names.map(lower))]
  const rows = await db<KnownRecord[]>`
    select id, key, code, parent from source_record
    where connection = ${connection} and stream = ${stream} and lower(code) = any(${wanted})
    union
    select id, key, code, parent from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${[...new Set([...names, ...wanted])]})`
  return new Map(
    rows.flatMap((row) => [
      [lower(row.key), row] as const,
      ...(row.code === null ? [] : [[lower(row.code), row] as const]),
    ]),
  )
}

const lower = (text: string) => text.toLowerCase()

export interface CategoryPlace {
  code: string
  /** Ancestors from the root down; null when the chain of parents does not reach a root. */
  path: string[] | null
}

/** Where these categories stand, by the parents that are stored. */
export async function categoryPlaces(
  db: Queryable,
  connection: string,
  codes: string[],
): Promise<CategoryPlace[]> {
  if (codes.length === 0) return []
  return db<CategoryPlace[]>`
    with recursive chain as (
      select code as leaf, parent, array[]::text[] as path from source_record
      where connection = ${connection} and stream = 'categories' and lower(code) = any(${codes.map(lower)})
      union all
      select leaf, p.parent, p.code || path
      from chain join source_record p
        on p.connection = ${connection} and p.stream = 'categories' and lower(p.code) = lower(chain.parent)
      -- A circle of parents ends here rather than never.
      where not p.code = any(path)
    )
    select leaf as code, max(path) filter (where parent is null) as path from chain group by leaf`
}

/** Products that stand in one of these categories. Looks at every product: for what happens rarely. */
export async function productsIn(
  db: Queryable,
  connection: string,
  categories: string[],
): Promise<{ key: string; parent: string | null }[]> {
  if (categories.length === 0) return []
  return db<{ key: string; parent: string | null }[]>`
    select key, parent from source_record
    where connection = ${connection} and stream = 'products' and source -> 'categories' ?| ${categories}::text[]`
}

export interface RecordWithOption {
  stream: 'products' | 'product-models'
  key: string
  code: string | null
}

/** Products and models with one of these options, alone or among several. `families`: those that have the attribute. */
export async function recordsWithOptions(
  db: Queryable,
  connection: string,
  { attribute, options, families }: { attribute: string; options: string[]; families: string[] },
): Promise<RecordWithOption[]> {
  const entries = options.flatMap((option) => [[{ data: option }], [{ data: [option] }]])
  return db<RecordWithOption[]>`
    select stream, key, code from source_record
    where connection = ${connection} and stream in ('products', 'product-models')
      and (family is null or family = any(${families}))
      and source -> 'values' -> ${attribute} @> any(
        array(select json_array_elements(${JSON.stringify(entries)}::text::json)::jsonb))`
}

/** Root models of these family variants. */
export async function rootModelsOfVariants(
  db: Queryable,
  connection: string,
  familyVariants: string[],
): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select key from source_record
    where connection = ${connection} and stream = 'product-models' and parent is null
      and source ->> 'family_variant' = any(${familyVariants})`
  return rows.map(({ key }) => key)
}

/** Codes of all categories below these. */
export async function categoriesBelow(db: Queryable, connection: string, codes: string[]): Promise<string[]> {
  if (codes.length === 0) return []
  const rows = await db<{ code: string }[]>`
    with recursive below as (
      select code from source_record
      where connection = ${connection} and stream = 'categories' and lower(parent) = any(${codes.map(lower)})
      union
      select c.code from below join source_record c
        on c.connection = ${connection} and c.stream = 'categories' and lower(c.parent) = lower(below.code)
    )
    select code from below`
  return rows.map(({ code }) => code)
}
