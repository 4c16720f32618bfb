import type { AkeneoCalls, BrokenItem, PageQuery } from '../../connectors/akeneo/client.ts'
import { namedByKeys } from '../../connectors/akeneo/search.ts'
import { reconcileOf, unseenKeys } from '../../connectors/hub/reconcile.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { ownFault } from './own-fault.ts'
import { readOneInto } from './read-one.ts'

/** Of so many keys a search still stands in one address, and its answer on one page. */
const keysPerPage = 80

/** With more of one page that break any search they are found by, the search is at fault, and no record. */
const mostAlone = 10

export interface PageByKey {
  items: unknown[]
  broken: BrokenItem[]
  /** The last key that was asked for; null: all were. */
  next: string | null
  ticket: bigint
}

/**
 * Asks Akeneo, by their keys, for the next of the stored records that this run has not seen. One that breaks each search it is found by is read
 * by its own address: then it is stored, or rejected by its name. Fails where that does not help.
 */
export async function readByKey(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  run: bigint,
  stream: 'product-models' | 'products',
  { cursor, query }: { cursor: string | null; query: PageQuery },
): Promise<PageByKey> {
  const reconcile = await reconcileOf(deps.sql, run)
  const unseen = await unseenKeys(deps.sql, connection.name, reconcile, stream, cursor, keysPerPage)
  const next = unseen.length < keysPerPage ? null : (unseen.at(-1) ?? null)
  const page: PageByKey = { items: [], broken: [], next, ticket: reconcile.firstTicket }
  let alone = 0

  async function ask(keys: string[]): Promise<void> {
    try {
      for (const search of namedByKeys(stream, keys)) {
        const { items, broken } = await calls.readPage(stream, { cursor: null, query: { ...query, search } })
        page.items.push(...items)
        page.broken.push(...broken)
      }
    } catch (error) {
      const fault = await ownFault(calls, error)
      const half = Math.ceil(keys.length / 2)
      const [key = ''] = keys
      if (keys.length > 1) {
        await ask(keys.slice(0, half))
        await ask(keys.slice(half))
      } else if (++alone > mostAlone) throw fault
      else await readOneInto(deps, connection, calls, stream, key)
    }
  }

  await ask(unseen)
  return page
}
