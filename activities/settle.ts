import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import type { AkeneoProduct } from '../connectors/akeneo/schema.ts'
import type { Sql, Transaction } from '../connectors/hub/database.ts'
import { dropStructureRequest, structureRequests } from '../connectors/hub/list-readings.ts'
import { clearRejections, dueRejections } from '../connectors/hub/rejections.ts'
import { sourcesByKey } from '../connectors/hub/sources.ts'
import { countWaiting, dequeue, enqueue, nextWaiting, type Waiting } from '../connectors/hub/waiting.ts'
import type { StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { type PublishingContext, publishingContext } from './publishing/context.ts'
import { publishAttributes } from './publishing/publish-attributes.ts'
import { publishCategories } from './publishing/publish-categories.ts'
import { publishGroups } from './publishing/publish-groups.ts'
import { publishProducts } from './publishing/publish-products.ts'
import { storePage } from './publishing/store-page.ts'
import { readList } from './read-structure.ts'

/** Records published in one transaction; small enough that the feed's counter is held for milliseconds. */
const batchSize = 100

/** A chain of partners longer than this is cut like a circle: its links follow. */
const longestChain = 25

/** Publishes what waits for nothing any more; `streams` and `only` (keys) limit it, e.g. to structure before a load. */
export async function settleWaiting(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  run: bigint | null,
  { streams, until, only }: { streams: StreamName[]; until: number; only?: string[] },
): Promise<{ timeIsUp: boolean; published: number }> {
  let published = 0
  for (let pass = 0; ; pass++) {
    const context = await publishingContext(sql, connection, run)
    if (context === null) return { timeIsUp: false, published }
    const breakCircles = pass >= longestChain
    let passPublished = await settlePass(sql, context, { streams, breakCircles, until, only })
    if (passPublished === 0 && !breakCircles && Date.now() < until) {
      passPublished = await settlePass(sql, context, { streams, breakCircles: true, until, only })
    }
    published += passPublished
    if (Date.now() >= until) return { timeIsUp: (await countWaiting(sql, connection.name)) > 0, published }
    if (passPublished === 0) return { timeIsUp: false, published }
  }
}

interface Pass {
  streams: StreamName[]
  breakCircles: boolean
  until: number
  only: string[] | undefined
}

async function settlePass(
  sql: Sql,
  context: PublishingContext,
  { streams, breakCircles, until, only }: Pass,
): Promise<number> {
  let published = 0
  let after: Waiting | null = null
  while (Date.now() < until) {
    const batch: Waiting[] = await nextWaiting(sql, context.connection, after, batchSize, only)
    after = batch.at(-1) ?? null
    if (after === null) break
    for (const stream of streams) {
      const waiting = batch.filter((row) => row.stream === stream)
      if (waiting.length > 0)
        published += await sql.begin((tx) => publishBatch(tx, context, stream, waiting, breakCircles))
    }
  }
  return published
}

/**
 * Publishes one batch. The stored records are locked before the queue's rows, as a page's transaction does, and the queue's
 * rows go before variants are looked at: a page that changes one meanwhile puts its group into the queue again.
 */
async function publishBatch(
  tx: Transaction,
  context: PublishingContext,
  stream: StreamName,
  waiting: Waiting[],
  breakCircles: boolean,
): Promise<number> {
  const { connection } = context
  const keys = waiting.map(({ key }) => key)
  const sources = await sourcesByKey(tx, connection, stream, keys, { lock: true })
  const since = new Map(waiting.map((row) => [row.key, row.since]))
  if (stream === 'products') {
    const gone = keys.filter((key) => !sources.some((source) => source.key === key))
    await dequeue(tx, connection, stream, gone)
    const { published } = await publishProducts(
      tx,
      context,
      sources.map(({ key, id, code, source }) => {
        const waitsSince = since.get(key)
        return {
          key,
          id,
          code,
          source: source as AkeneoProduct,
          ...(waitsSince ? { since: waitsSince } : {}),
        }
      }),
      { breakCircles },
    )
    return published.length
  }
  if (stream === 'categories') {
    const { published, blocked } = await publishCategories(tx, context, keys)
    await dequeue(
      tx,
      connection,
      stream,
      keys.filter((key) => !blocked.includes(key)),
    )
    return published.length
  }
  await dequeue(tx, connection, stream, keys)
  if (stream === 'product-models') return (await publishGroups(tx, context, keys)).length
  await publishAttributes(tx, context, keys)
  return keys.length
}

/** Reads attributes and families that records showed and the store lacks; what Akeneo does not know stays unknown. */
export async function readRequestedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
): Promise<number> {
  const requests = await structureRequests(deps.sql, connection.name)
  if (requests.length === 0) return 0
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const { stream, code, products } of requests) {
      const found = await readOneInto(deps, connection, calls, stream, code)
      if (found) {
        const list = stream === 'attributes' ? 'attribute-options' : 'family-variants'
        await readList(deps, connection, calls, { stream: list, parent: code })
      }
      await deps.sql.begin(async (tx) => {
        await dropStructureRequest(tx, connection.name, stream, code)
        const waiting = products.map((key) => ({
          stream: 'products' as const,
          key,
          reason: 'structure' as const,
        }))
        if (found) await enqueue(tx, connection.name, waiting)
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
  const due = await dueRejections(deps.sql, connection.name, batchSize)
  const readable = due.filter(
    ({ stream }) => stream === 'products' || stream === 'product-models' || stream === 'categories',
  )
  if (readable.length === 0) return
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const { stream, key } of readable) {
      if (Date.now() >= until) return
      if (await readOneInto(deps, connection, calls, stream, key)) {
        await deps.sql.begin((tx) => enqueue(tx, connection.name, [{ stream, key, reason: 'structure' }]))
      } else {
        await clearRejections(deps.sql, connection.name, stream, [key])
      }
    }
  })
}

/** Reads one record by its key and stores it; false when Akeneo answers that there is none. */
export async function readOneInto(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: StreamName,
  key: string,
): Promise<boolean> {
  const { item, broken, ticket } = await calls.readOne(stream, key)
  if (item === null && broken === null) return false
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
  return item !== null
}
