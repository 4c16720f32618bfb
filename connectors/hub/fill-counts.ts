import type { Queryable } from './database.ts'

/** How many stored products and models have a value of each attribute. Reads every document: seconds for 100,000. */
export async function fillCounts(
  db: Queryable,
  connection: string,
): Promise<{ records: number; filled: Map<string, number> }> {
  const rows = await db<{ code: string; n: number }[]>`
    select filled.code, count(*)::int as n
    from source_record, jsonb_object_keys(source -> 'values') as filled (code)
    where connection = ${connection} and stream in ('products', 'product-models') group by filled.code`
  const [total] = await db<{ n: number }[]>`
    select count(*)::int as n from source_record
    where connection = ${connection} and stream in ('products', 'product-models')`
  return { records: total?.n ?? 0, filled: new Map(rows.map(({ code, n }) => [code, n])) }
}
