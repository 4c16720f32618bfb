import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { dropStructureRequest, structureRequests } from '../connectors/hub/list-readings.ts'
import { clearRejections, dueRejections } from '../connectors/hub/rejections.ts'
import { enqueue } from '../connectors/hub/waiting.ts'
import type { StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { publishingContext } from './publishing/context.ts'
import { storePage } from './publishing/store-page.ts'
import { listsBelow, readList } from './read-structure.ts'

/** Rejected records tried again in one run; the others follow with the next. */
const retriesPerRun = 100

/** Reads attributes and families that records showed and the store lacks; what Akeneo does not know stays unknown. */
export async function readRequestedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
): Promise<number> {
  const requests = await structureRequests(deps.sql, connection.name)
  if (requests.length === 0) return 0
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const { stream, code, products } of requests) {
      const item = await readOneInto(deps, connection, calls, stream, code)
      for (const list of item === null ? [] : listsBelow({ stream, source: item })) {
        await readList(deps, connection, calls, list)
      }
      await deps.sql.begin(async (tx) => {
        await dropStructureRequest(tx, connection.name, stream, code)
        const waiting = products.map((key) => ({
          stream: 'products' as const,
          key,
          reason: 'structure' as const,
        }))
        if (item !== null) await enqueue(tx, connection.name, waiting)
      })
    }
  })
  return requests.length
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
    for (const { stream, key } of readable) {
      if (Date.now() >= until) return
      if ((await readOneInto(deps, connection, calls, stream, key)) !== null) {
        await deps.sql.begin((tx) => enqueue(tx, connection.name, [{ stream, key, reason: 'structure' }]))
      } else {
        await clearRejections(deps.sql, connection.name, stream, [key])
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
