import { onlyRow, type Queryable } from '../database.ts'

export interface Editability {
  chosen: number
  /** Of how many Akeneo said to this user what it may do; Enterprise only. */
  told: number
  readOnly: number
  /** Identifier of one that may not be edited. */
  example: string | null
}

/** What Akeneo told of each chosen product when it was read: `metadata.workflow_status`. */
export async function editability(db: Queryable, connection: string): Promise<Editability> {
  return onlyRow(
    await db<Editability[]>`
    select count(*)::int as chosen, count(status)::int as told,
      count(*) filter (where status = 'read_only')::int as "readOnly",
      min(code) filter (where status = 'read_only') as example
    from (
      select s.code, s.source->'metadata'->>'workflow_status' as status
      from enrichment_product p
      join source_record s on s.connection = p.connection and s.stream = 'products' and s.key = p.product
      where p.connection = ${connection}
    ) as chosen`,
  )
}

/** So many products are looked at: by their keys, which are random, they stand for all. */
const sampled = 1000

/** Of some stored products, how many were read without completeness: the hub asks for it once a mapping does. */
export async function completenessRead(
  db: Queryable,
  connection: string,
): Promise<{ products: number; without: number }> {
  return onlyRow(
    await db<{ products: number; without: number }[]>`
    select count(*)::int as products, count(*) filter (where not is_there)::int as without
    from (
      select source ? 'completenesses' as is_there from source_record
      where connection = ${connection} and stream = 'products' order by key limit ${sampled}
    ) as sample`,
  )
}
