import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import {
  dropStructureRequest,
  forgetListReadings,
  structureRequests,
} from '../connectors/hub/list-readings.ts'
import { clearRejections, dueRejections } from '../connectors/hub/rejections.ts'
import { structureVersion } from '../connectors/hub/structure.ts'
import { enqueue } from '../connectors/hub/waiting.ts'
import type { StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { publishingContext } from './publishing/context.ts'
import { storePage } from './publishing/store-page.ts'
import { listsBelow, readList } from './read-structure.ts'

/** Rejected records tried again in one run; the others follow with the next. */
const retriesPerRun = 100

/**
 * Reads structure that records showed and the store lacks; what Akeneo does not know stays unknown. Records are translated again
 * only when the reading brought something new, so a code that exists nowhere is asked for once. True when there is more to do.
 */
export async function readRequestedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
): Promise<boolean> {
  const requests = await structureRequests(deps.sql, connection.name)
  if (requests.length === 0) return false
  const before = await structureVersion(deps.sql, connection.name)
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const request of requests) await readMissing(deps, connection, calls, request)
  })
  const brought = (await structureVersion(deps.sql, connection.name)) !== before
  await deps.sql.begin(async (tx) => {
    for (const { stream, code } of requests) await dropStructureRequest(tx, connection.name, stream, code)
    if (!brought) return
    const products = [...new Set(requests.flatMap((request) => request.products))]
    await enqueue(
      tx,
      connection.name,
      products.map((key) => ({ stream: 'products', key, reason: 'structure' })),
    )
  })
  return brought
}

async function readMissing(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, code }: { stream: StreamName; code: string },
): Promise<void> {
  if (stream === 'attributes' || stream === 'families') {
    const item = await readOneInto(deps, connection, calls, stream, code)
    const lists = item === null ? [] : listsBelow({ stream, source: item })
    for (const list of lists) await readList(deps, connection, calls, list)
  } else if (stream === 'attribute-options') {
    await readList(deps, connection, calls, { stream, parent: code })
  } else if (stream === 'family-variants') {
    // Which family it belongs to is not known from its code: all of their lists are read with the next polls, oldest first.
    await forgetListReadings(deps.sql, connection.name, stream)
  } else if (stream !== 'product-models') {
    await readList(deps, connection, calls, { stream, parent: '' })
  }
}

/** Tries rejected records again whose time has come: by their id, so one bad record costs one call. */
export async function retryRejected(
  deps: Dependencies,
  connection: ConnectionRuntime,
  until: number,
): Promise<void> {
  const due = await dueRejections(deps.sql, connection.name, retriesPerRun)
  const readable = due.filter(
    ({ stream }) => stream === 'products' || stream === 'product-models' || stream === 'categories',
  )
  if (readable.length === 0) return
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const { stream, key, code } of readable) {
      if (Date.now() >= until) return
      // Asked by identifier although Akeneo gave a uuid, which is then the key: the address takes the identifier only.
      const byIdentifier = stream === 'products' && connection.config.akeneo.productIdFormat === 'identifier'
      const name = byIdentifier ? (code ?? key) : key
      if ((await readOneInto(deps, connection, calls, stream, name)) !== null) {
        await deps.sql.begin((tx) => enqueue(tx, connection.name, [{ stream, key, reason: 'structure' }]))
      } else {
        await clearRejections(deps.sql, connection.name, stream, [key], 'all')
      }
    }
  })
}

/** Reads one record by its key and stores it; null when Akeneo answers that there is none, or with a broken one. */
export async function readOneInto(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: StreamName,
  key: string,
): Promise<unknown> {
  const { item, broken, ticket } = await calls.readOne(stream, key)
  if (item === null && broken === null) return null
  const context = await publishingContext(sql, connection, null)
  await sql.begin((tx) =>
    storePage(
      tx,
      connection.name,
      context,
      { stream, items: item === null ? [] : [item], broken: broken === null ? [] : [broken], ticket },
      { sweepVariants: false },
    ),
  )
  return item
}
