import type { Queryable } from '../database.ts'

/** Those of these products that a sheet was found for. */
export async function withSheet(
  db: Queryable,
  connection: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const rows = await db<{ product: string }[]>`
    select product from enrichment_product
    where connection = ${connection} and product = any(${[...keys]}) and fetched_at is not null`
  return new Set(rows.map(({ product }) => product))
}

/** Products whose sheet was fetched, to try a mapping on: one of each family first. */
export async function sampleWithSheet(db: Queryable, connection: string, most: number): Promise<string[]> {
  const rows = await db<{ product: string }[]>`
    select product from (
      select product, row_number() over (partition by family order by product) as place from enrichment_product
      where connection = ${connection} and outcome in ('enriched', 'unchanged')
    ) as one order by place, product limit ${most}`
  return rows.map(({ product }) => product)
}
