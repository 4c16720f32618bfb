import { foldCase } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'

export interface Successor {
  key: string
  code: string
  /** Key of the stored product that has this SKU. */
  predecessor: string
  since: Date
}

/**
 * Of products just read, those that are new under the SKU of another stored one: made anew in Akeneo, or it took the SKU over from one
 * that was renamed. They are remembered and not to be stored before a direct read of the other says which.
 */
export async function holdSuccessors(
  tx: Transaction,
  connection: string,
  products: { key: string; code: string | null }[],
): Promise<Set<string>> {
  const named = products.flatMap(({ key, code }) => (code === null ? [] : [{ key, code }]))
  if (named.length === 0) return new Set()
  const rows = await tx<{ key: string }[]>`
    insert into successor (connection, key, code, predecessor)
    select distinct on (r.key) ${connection}, r.key, r.code, s.key
    from json_to_recordset(${JSON.stringify(named)}::text::json) as r (key text, code text)
    join (
      select key, lower(code) as code from source_record
      where connection = ${connection} and stream = 'products' and lower(code) = any(${named.map(({ code }) => foldCase(code))})
    ) s on s.code = lower(r.code) and s.key <> r.key
    where not exists (
      select 1 from source_record n where n.connection = ${connection} and n.stream = 'products' and n.key = r.key)
    order by r.key
    on conflict (connection, key) do update set code = excluded.code, predecessor = excluded.predecessor
    returning key`
  return new Set(rows.map(({ key }) => key))
}

export async function successorsOf(db: Queryable, connection: string): Promise<Successor[]> {
  return db<Successor[]>`
    select key, code, predecessor, since from successor where connection = ${connection} order by since, key`
}

export async function dropSuccessors(tx: Transaction, connection: string, keys: string[]): Promise<void> {
  await tx`delete from successor where connection = ${connection} and key = any(${keys})`
}

/**
 * Of held products, those that take a record over which is known by its SKU alone, as Akeneo before 7.0 shows products: there is no uuid that
 * a direct read could ask for. They may be stored now.
 */
export async function takeOverBySku(
  tx: Transaction,
  connection: string,
  keys: string[],
): Promise<Set<string>> {
  const pairs = await tx<{ key: string; predecessor: string }[]>`
    select n.key, n.predecessor from successor n
    join source_record s on s.connection = n.connection and s.stream = 'products' and s.key = n.predecessor
    where n.connection = ${connection} and n.key = any(${keys}) and s.source ->> 'uuid' is null
    order by s.key for update of s`
  const known = pairs.map(({ key }) => key)
  await takeOver(tx, connection, pairs)
  await dropSuccessors(tx, connection, known)
  return new Set(known)
}

/** What names a stored record by its key and speaks of it still when it has another one. */
const goingAlong = [
  'source_record',
  'link',
  'finding',
  'emptied_value',
  'emptied_hold',
  'missed_part',
] as const
/** What is made anew when the record is published. */
const madeAnew = ['rejection', 'media_use'] as const

/**
 * Stored records go on under their successors' keys: their hub ids, their links and their groups stay. The row of the queue under the old one
 * goes with the next settling.
 */
export async function takeOver(
  tx: Transaction,
  connection: string,
  pairs: { predecessor: string; key: string }[],
): Promise<void> {
  if (pairs.length === 0) return
  const old = pairs.map(({ predecessor }) => predecessor)
  const fresh = pairs.map(({ key }) => key)
  for (const table of goingAlong) {
    await tx`
      update ${tx(table)} t set key = pair.fresh
      from unnest(${old}::text[], ${fresh}::text[]) as pair (old, fresh)
      where t.connection = ${connection} and t.stream = 'products' and t.key = pair.old`
  }
  for (const table of madeAnew) {
    await tx`
      delete from ${tx(table)}
      where connection = ${connection} and stream = 'products' and key = any(${old})`
  }
}
