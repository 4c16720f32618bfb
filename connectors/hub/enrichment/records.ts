import type { Queryable } from '../database.ts'
import type { RecordName } from './record.ts'

/** A product by SKU or key, with the models above it; or a model by its code, with the one above it. Empty: the hub knows no such record. */
export async function enrichmentRecords(
  db: Queryable,
  connection: string,
  id: string,
): Promise<RecordName[]> {
  return db<RecordName[]>`
    with recursive chain as (
      select stream, key, parent from source_record
      where connection = ${connection} and stream in ('products', 'product-models') and (key = ${id} or lower(code) = lower(${id}))
      union
      select s.stream, s.key, s.parent from chain c join source_record s
        on s.connection = ${connection} and s.stream = 'product-models' and lower(s.code) = lower(c.parent)
    )
    select stream, key from chain order by stream desc, key`
}
