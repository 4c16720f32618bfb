import type { AkeneoCalls, BrokenItem } from '../connectors/akeneo/client.ts'
import type { AkeneoProduct } from '../connectors/akeneo/schema.ts'
import { identifiedBy } from '../connectors/akeneo/search.ts'
import { idsOf } from '../connectors/hub/sources.ts'
import { isUuid } from '../domain/uuid.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'

export interface FoundProduct {
  /** Null: nobody can read it. */
  item: AkeneoProduct | null
  broken: BrokenItem | null
  ticket: bigint
}

/** Asks Akeneo for a product by whatever names it: the key that it is stored by, a uuid, or its main identifier. */
export async function findProduct(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
): Promise<FoundProduct | null> {
  const known = (await idsOf(sql, connection.name, 'products', [name])).get(name.toLowerCase())
  const key = known?.key ?? (isUuid(name) ? name.toLowerCase() : null)
  if (key !== null) {
    const { item, broken, ticket } = await calls.readOne('products', key)
    if (item !== null || broken !== null) return { item: item as AkeneoProduct | null, broken, ticket }
  }
  const page = await calls.readPage('products', {
    cursor: null,
    query: { search: identifiedBy(connection.config, name) },
  })
  const [item = null] = page.items as AkeneoProduct[]
  const [broken = null] = page.broken
  return item === null && broken === null ? null : { item, broken, ticket: page.ticket }
}
