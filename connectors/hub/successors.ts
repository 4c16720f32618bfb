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
  const named = products.filter(({ code }) => code !== null)
  if (named.length === 0) return new Set()
  const rows = await tx<{ key: string }[]>`
    insert into successor (connection, key, code, predecessor)
    select distinct on (r.key) ${connection}, r.key, r.code, s.key
    from json_to_recordset(${JSON.stringify(named.map(({ key, code }) => ({ key, code })))}::text::json) as r (key text, code text)
    join source_record s
      on s.connection = ${connection} and s.stream = 'products' and lower(s.code) = lower(r.code) and s.key <> r.key
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

export async function dropSuccessor(tx: Transaction, connection: string, key: string): Promise<void> {
  await tx`delete from successor where connection = ${connection} and key = ${key}`
}

/** The stored record goes on under the successor's key: its hub id, its links and its group stay. */
export async function takeOver(
  tx: Transaction,
  connection: string,
  predecessor: string,
  key: string,
): Promise<void> {
  await tx`
    update source_record set key = ${key}
    where connection = ${connection} and stream = 'products' and key = ${predecessor}`
  await tx`
    update link set key = ${key}
    where connection = ${connection} and stream = 'products' and key = ${predecessor}`
  for (const table of ['waiting', 'rejection', 'media_use']) {
    await tx`
      delete from ${tx(table)}
      where connection = ${connection} and stream = 'products' and key = ${predecessor}`
  }
}
