import { sourceInput } from '../../activities/publishing/source-input.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { beginWatermark, finishLoad } from '../../connectors/hub/runs.ts'
import { claimReading, writeSources } from '../../connectors/hub/sources.ts'
import type { SimulatedAkeneo } from './simulator.ts'

/**
 * Fills the hub with models and products that have nothing but their identifier, as a load that has ended would have left them: what a comparison
 * of keys looks at is all there.
 */
export async function seedKeys(sql: Sql, connection: string, akeneo: SimulatedAkeneo): Promise<void> {
  await beginWatermark(sql, connection, new Date())
  for (const [stream, path] of lists) {
    for await (const items of akeneo.list(`${path}?pagination_type=search_after&limit=100&attributes=sku`))
      await storeItems(sql, connection, stream, items)
  }
  await finishLoad(sql, connection)
  await sql`analyze source_record, reading`
}

const lists = [
  ['product-models', '/product-models'],
  ['products', '/products-uuid'],
] as const

/** Stores what Akeneo answered with, as a page of a load is stored. */
export async function storeItems(
  sql: Sql,
  connection: string,
  stream: 'product-models' | 'products',
  items: readonly unknown[],
): Promise<void> {
  const records = items.map((item) => sourceInput(stream, item, undefined, 'sku'))
  await sql.begin(async (tx) => {
    const [row] = await tx<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
    const ticket = row?.ticket ?? 0n
    await claimReading(
      tx,
      connection,
      stream,
      records.map(({ key }) => key),
      ticket,
    )
    await writeSources(tx, connection, stream, records, ticket)
  })
}
