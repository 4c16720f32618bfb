import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable, Transaction } from './database.ts'
import { hashOfTouched } from './shown-hash.ts'

/** A stored record that leaves, or is to be read again before it may. */
export interface LeavingSource {
  id: string
  key: string
  code: string | null
  parent: string | null
  /** As the answer carried it, 7.0 and later: then only a read by uuid says that the product is gone. */
  uuid: string | null
}

/** Holds the stored record until the transaction ends; null when it has left already. */
export async function lockSource(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<LeavingSource | null> {
  const [row] = await tx<LeavingSource[]>`
    select id, key, code, parent, source ->> 'uuid' as uuid from source_record
    where connection = ${connection} and stream = ${stream} and key = ${key} for update`
  return row ?? null
}

/** What a direct read of the record must know. */
export async function leavingSource(
  db: Queryable,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<LeavingSource | null> {
  const [row] = await db<LeavingSource[]>`
    select id, key, code, parent, source ->> 'uuid' as uuid from source_record
    where connection = ${connection} and stream = ${stream} and key = ${key}`
  return row ?? null
}

/**
 * Takes a record out of the store and remembers its id, with all that speaks for it. Its row of the queue goes with the next settling: rows
 * of the queue are taken in one order, and this one is not the first of those that follow.
 */
export async function removeSource(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  { key, code, id }: Pick<LeavingSource, 'key' | 'code' | 'id'>,
  run: bigint | null,
): Promise<void> {
  await tx`
    insert into retired_record (connection, stream, key, code, id, run)
    values (${connection}, ${stream}, ${key}, ${code}, ${id}::uuid, ${run}::bigint)
    on conflict (connection, stream, key) do update set
      code = excluded.code, id = excluded.id, run = excluded.run, retired_at = now()`
  await tx`delete from source_record where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from rejection where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from link where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from finding where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from media_use where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from emptied_value where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from emptied_hold where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from missed_part where connection = ${connection} and stream = ${stream} and key = ${key}`
  await tx`delete from structure_request where connection = ${connection} and asker = ${stream} and product = ${key}`
  if (stream === 'product-models')
    await tx`delete from sweep where connection = ${connection} and model = ${key}`
}

/** Options of an attribute, variants of a family: they leave with it. Keys of what was stored of them. */
export async function sourcesListedBelow(
  db: Queryable,
  connection: string,
  stream: StreamName,
  parent: string,
): Promise<LeavingSource[]> {
  return db<LeavingSource[]>`
    select id, key, code, parent, null as uuid from source_record
    where connection = ${connection} and stream = ${stream} and parent = ${parent} order by key`
}

/**
 * Ids that records new to the store had before they left: by key, products by SKU too, so that one made anew under its SKU is
 * the same record to all who know it. Their rows are used up.
 */
export async function reviveIds(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  records: { key: string; code: string | null }[],
): Promise<Map<string, string>> {
  if (records.length === 0) return new Map()
  // Each is given once: to its own key before its SKU, and to whoever of two transactions takes its row.
  const rows = await tx<{ key: string; id: string }[]>`
    with found as (
      select distinct on (r.key) r.key, t.key as was, t.key = r.key as is_same
      from json_to_recordset(${JSON.stringify(records)}::text::json) as r (key text, code text)
      join retired_record t on t.connection = ${connection} and t.stream = ${stream}
        and (t.key = r.key or (${stream === 'products'} and lower(t.code) = lower(r.code)))
      order by r.key, t.key = r.key desc, t.retired_at desc
    ),
    given as (select distinct on (was) key, was from found order by was, is_same desc, key)
    delete from retired_record t using given
    where t.connection = ${connection} and t.stream = ${stream} and t.key = given.was
    returning given.key, t.id`
  return new Map(rows.map(({ key, id }) => [key, id]))
}

/** Stored products and models that name one of these categories, or have a value of one of these attributes. */
export async function sourcesNaming(
  db: Queryable,
  connection: string,
  gone: { categories: string[]; attributes: string[] },
): Promise<{ stream: StreamName; key: string }[]> {
  if (gone.categories.length + gone.attributes.length === 0) return []
  return db<{ stream: StreamName; key: string }[]>`
    select stream, key from source_record
    where connection = ${connection} and stream in ('products', 'product-models')
      and (source -> 'categories' ?| ${gone.categories}::text[] or source -> 'values' ?| ${gone.attributes}::text[])
    order by stream, key`
}

/**
 * Takes categories and values of attributes that left out of stored records: Akeneo takes them off its own without dating the
 * record, so no poll would bring it. The next reading writes the record as Akeneo has it (shown-hash.ts).
 */
export async function forgetIn(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
  gone: { categories: string[]; attributes: string[] },
): Promise<{ key: string; parent: string | null }[]> {
  await tx`
    select 1 from source_record
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) order by key for update`
  // A value that stayed as it was goes with its attribute.
  await tx`
    delete from emptied_value
    where connection = ${connection} and stream = ${stream} and key = any(${keys}) and attribute = any(${gone.attributes})`
  return tx<{ key: string; parent: string | null }[]>`
    update source_record s set hash = ${hashOfTouched(tx)}, source = s.source
      || case when s.source ? 'categories' then jsonb_build_object('categories', (s.source -> 'categories') - ${gone.categories}::text[]) else '{}' end
      || case when s.source ? 'values' then jsonb_build_object('values', (s.source -> 'values') - ${gone.attributes}::text[]) else '{}' end
    where s.connection = ${connection} and s.stream = ${stream} and s.key = any(${keys})
    returning s.key, s.parent`
}
