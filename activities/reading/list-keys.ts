import { cancellationSignal, CancelledFailure } from '@temporalio/activity'
import type { AkeneoCalls, Page, PageQuery } from '../../connectors/akeneo/client.ts'
import { mayBeThePage } from '../../connectors/akeneo/page-fault.ts'
import { keyInList, onlyWhereNamed } from '../../connectors/akeneo/linked-lists.ts'
import { recordSeen } from '../../connectors/hub/reconcile.ts'
import { reject } from '../../connectors/hub/rejections.ts'
import { controlOf } from '../../connectors/hub/runs.ts'
import {
  dropTransfer,
  logPage,
  moveCursor,
  noteFailedPage,
  type Transfer,
} from '../../connectors/hub/transfers.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { afterFailure, afterSuccess } from '../../domain/page-size.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { type PublishingContext, publishingContext } from '../publishing/context.ts'
import { sourceInput } from '../publishing/source-input.ts'
import type { PageAround } from './read-around.ts'
import { readByKey } from './read-by-key.ts'
import { isNotThere } from '../read-structure.ts'
import { partRejection, readListPage, setListAside } from './set-list-aside.ts'
import type { TransferResult } from '../transfers.ts'

/** Streams that a full pass reads with their content, by pages of which only Akeneo says where the next begins. */
export const loaded: StreamName[] = ['product-models', 'products']

const isLoaded = (stream: StreamName): stream is 'product-models' | 'products' => loaded.includes(stream)

type KeyPage = Pick<Page, 'items' | 'broken' | 'next' | 'ticket'> &
  Partial<Pick<PageAround, 'unshown' | 'came'>>

/**
 * Reads one list for its keys. What breaks Akeneo each time is gone around, in a list that is paged by number; products and models, of whose
 * pages only Akeneo says where the next begins, are asked for in ever smaller ones. Where that does not help the list is set aside: nothing
 * on it is taken for absent, but for products and models that Akeneo does not find by their keys either.
 */
export async function listTransfer(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  run: bigint,
  { id, stream, slice, cursor: start, pageSize: startSize }: Transfer,
  result: TransferResult,
  deadline: number,
): Promise<void> {
  const context = await publishingContext(deps.sql, connection, run)
  const list = { stream, parent: slice.parent ?? '' }
  const query = smallest(stream, slice.search, context)
  const isSized = isLoaded(stream) && slice.byKey === undefined
  let pageSize = startSize
  let cursor = start

  function read(): Promise<KeyPage> {
    if (!isLoaded(stream)) return readListPage(deps, connection, calls, list, { cursor, query })
    if (slice.byKey) return readByKey(deps, connection, calls, run, stream, { cursor, query })
    return calls.readPage(stream, { cursor, query, limit: Math.max(1, pageSize.limit) })
  }

  do {
    const page: KeyPage | null = await read().catch(async (error: unknown) => {
      if (onlyWhereNamed.includes(stream) && isNotThere(error, stream)) return null
      if (isSized && pageSize.limit > 0 && mayBeThePage(error)) {
        await noteFailedPage(deps.sql, id, cursor, afterFailure(pageSize))
        throw error
      }
      await setListAside(deps, connection, calls, list, error, true)
      return null
    })
    if (page === null) {
      await dropTransfer(deps.sql, id)
      return
    }
    pageSize = afterSuccess(pageSize)
    const { unshown = 0, came = '' } = page
    const keys = [
      ...page.items.map((item) => sourceInput(stream, item, slice.parent, context?.identifierAttribute).key),
      // A family variant has its code for itself.
      ...page.broken.map(({ key }) =>
        stream === 'family-variants' ? key : keyInList(stream, slice.parent, key),
      ),
    ]
    const from = cursor
    result.state = await deps.sql.begin(async (tx) => {
      if (!(await moveCursor(tx, id, from, page.next, pageSize))) {
        throw new CancelledFailure('A newer attempt of this activity has committed this page; this one stops')
      }
      await recordSeen(tx, run, stream, keys)
      if (unshown > 0) await reject(tx, connection.name, [partRejection(list, unshown, came)])
      await logPage(tx, id, { cursor: from, ticket: page.ticket, read: keys.length, changed: 0, rejected: 0 })
      return controlOf(tx, run)
    })
    result.read += keys.length
    cursor = page.next
  } while (
    cursor !== null &&
    result.state === 'running' &&
    Date.now() < deadline &&
    !cancellationSignal().aborted
  )
}

/** Keys are all that is wanted: of values, the identifier alone. */
function smallest(
  stream: StreamName,
  search: Record<string, unknown> | null,
  context: PublishingContext | null,
): PageQuery {
  const attribute = context?.identifierAttribute
  return {
    ...(search === null ? {} : { search }),
    ...(loaded.includes(stream) && attribute !== undefined ? { attributes: [attribute] } : {}),
  }
}
