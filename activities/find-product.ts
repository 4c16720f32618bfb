import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import type { AkeneoProduct } from '../connectors/akeneo/schema.ts'
import { identifiedBy } from '../connectors/akeneo/search.ts'
import { idsOf } from '../connectors/hub/sources.ts'
import { isUuid } from '../domain/uuid.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'

/** Asks Akeneo for a product by whatever names it: the key that it is stored by, a uuid, or its main identifier. */
export async function findProduct(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
): Promise<{ item: AkeneoProduct; ticket: bigint } | null> {
  const known = (await idsOf(sql, connection.name, 'products', [name])).get(name.toLowerCase())
  const key = known?.key ?? (isUuid(name) ? name.toLowerCase() : null)
  if (key !== null) {
    const { item, ticket } = await calls.readOne('products', key)
    if (item !== null) return { item: item as AkeneoProduct, ticket }
  }
  const page = await calls.readPage('products', {
    cursor: null,
    query: { search: identifiedBy(connection.config, name) },
  })
  const [item] = page.items
  return item === undefined ? null : { item: item as AkeneoProduct, ticket: page.ticket }
}
