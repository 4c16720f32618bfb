import type { AkeneoCalls, BrokenItem, Page } from '../../connectors/akeneo/client.ts'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import { identifiedBy } from '../../connectors/akeneo/search.ts'
import type { TransientError } from '../../connectors/errors.ts'
import { idsOf } from '../../connectors/hub/sources.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import { isUuid } from '../../domain/uuid.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { unanswered } from './own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { readTransferPage } from './read-page.ts'

export interface FoundProduct {
  /** Null: nobody can read it. */
  item: AkeneoProduct | null
  broken: BrokenItem | null
  /** Akeneo has it and cannot show it. */
  refused?: Rejection | undefined
  ticket: bigint
}

/** Asks Akeneo for a product by whatever names it: the key that it is stored by, a uuid, or its main identifier. */
export async function findProduct(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
): Promise<FoundProduct | null> {
  const { key } = await knownAs(deps, connection, name)
  if (key !== null) {
    const { item, broken, ticket } = await calls.readOne('products', key)
    if (item !== null || broken !== null) return { item: item as AkeneoProduct | null, broken, ticket }
  }
  const page = await calls.readPage('products', {
    cursor: null,
    query: { search: identifiedBy(connection.config, name) },
  })
  return theOneOf(page)
}

/** The same after that has failed: it is looked for without its values, and refused where its own address does not answer. */
export async function findUnanswered(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
  fault: TransientError,
): Promise<FoundProduct | null> {
  const { key, code } = await knownAs(deps, connection, name)
  if (key !== null) {
    const refused = unanswered({ stream: 'products', key, code }, fault)
    return { item: null, broken: null, refused, ticket: 0n }
  }
  const context = await publishingContext(deps.sql, connection, null)
  const slice = { search: identifiedBy(connection.config, name) }
  const byId = { stream: 'products' as const, slice, pageSize: { limit: 0, suspects: 1 } }
  return theOneOf(await readTransferPage(calls, byId, null, context?.identifierAttribute))
}

async function knownAs({ sql }: Dependencies, { name: connection }: ConnectionRuntime, name: string) {
  const known = (await idsOf(sql, connection, 'products', [name])).get(foldCase(name))
  return known ?? { key: isUuid(name) ? name.toLowerCase() : null, code: null }
}

function theOneOf(page: Pick<Page, 'items' | 'broken' | 'ticket'> & { refused?: Rejection[] }) {
  const item = (page.items[0] as AkeneoProduct | undefined) ?? null
  const broken = page.broken[0] ?? null
  const refused = page.refused?.[0]
  return (item ?? broken ?? refused) ? { item, broken, refused, ticket: page.ticket } : null
}
