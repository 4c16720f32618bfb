import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable, Transaction } from './database.ts'

/** Something that was left out of a record, or will surprise somebody; the record went out. */
export interface Finding {
  key: string
  /** Stable, such as `gtin-check-digit`. */
  code: string
  field: string | null
  text: string
  remedy: string
}

export interface StoredFinding extends Finding {
  output: string
}

/** These records were made anew in this output: what was found about them before is forgotten. */
export async function replaceFindings(
  tx: Transaction,
  { connection, output }: { connection: string; output: string },
  stream: StreamName,
  keys: string[],
  findings: Finding[],
): Promise<void> {
  if (keys.length === 0) return
  await tx`
    delete from finding
    where connection = ${connection} and output = ${output} and stream = ${stream} and key = any(${keys})`
  if (findings.length === 0) return
  await tx`
    insert into finding (connection, output, stream, key, position, code, field, message, remedy)
    select ${connection}, ${output}, ${stream}, key, row_number() over (partition by key order by place),
      code, field, text, remedy
    from json_to_recordset(${JSON.stringify(findings.map((finding, place) => ({ ...finding, place })))}::text::json)
      as r (key text, code text, field text, text text, remedy text, place integer)
    order by key`
}

export async function findingsOf(
  db: Queryable,
  connection: string,
  stream: StreamName,
  key: string,
): Promise<StoredFinding[]> {
  return db<StoredFinding[]>`
    select output, key, code, field, message as text, remedy from finding
    where connection = ${connection} and stream = ${stream} and key = ${key} order by output, position`
}

/** How many records have each kind of finding, in any output. */
export async function findingCounts(
  db: Queryable,
  connection: string,
): Promise<{ reason: string; count: number }[]> {
  return db<{ reason: string; count: number }[]>`
    select code as reason, count(*)::int as count from (
      select distinct code, stream, key from finding where connection = ${connection}
    ) as found group by code order by count desc, code`
}
