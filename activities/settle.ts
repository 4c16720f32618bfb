import type { AkeneoProduct } from '../connectors/akeneo/schema.ts'
import type { Sql, Transaction } from '../connectors/hub/database.ts'
import { releaseParts } from '../connectors/hub/missed-parts.ts'
import { holdRetirements, holdShownRecords, lockLinks } from '../connectors/hub/publication-locks.ts'
import { sourcesByKey } from '../connectors/hub/sources.ts'
import {
  countWaiting,
  dequeue,
  nextWaiting,
  publishedStreams,
  type Waiting,
} from '../connectors/hub/waiting.ts'
import type { StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { judgeEmptied } from './judge-emptied.ts'
import { heldContext, type PublishingContext, publishingContext } from './publishing/context.ts'
import { withCurrentCodes } from './publishing/current-codes.ts'
import { publishAttributes } from './publishing/publish-attributes.ts'
import { publishCategories } from './publishing/publish-categories.ts'
import { publishGroups } from './publishing/publish-groups.ts'
import { publishProducts } from './publishing/publish-products.ts'
import { settleSuccessors } from './retiring/successors.ts'

/** Records published in one transaction; small enough that the feed's counter is held for milliseconds. */
const batchSize = 100

/** A chain of partners longer than this is cut like a circle: its links follow. */
const longestChain = 25

/** Publishes what waits for nothing any more; `streams` and `only` (keys) limit it, e.g. to structure before a load. */
export async function settleWaiting(
  deps: Dependencies,
  connection: ConnectionRuntime,
  run: bigint | null,
  { streams, until, only }: { streams: StreamName[]; until: number; only?: string[] },
): Promise<{ timeIsUp: boolean; published: number }> {
  const { sql } = deps
  let published = 0
  // Without a run, a person waits.
  await settleSuccessors(deps, connection, { lane: run === null ? 'live' : 'bulk', only })
  await sql.begin((tx) => releaseParts(tx, connection.name))
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
    if (passPublished > 0) continue
    // Last, when all that the run read is known: only then it can be told how much of a field was emptied.
    if (!streams.includes('products') || !(await judgeEmptied(deps, connection, run)))
      return { timeIsUp: false, published }
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
  for (const stream of publishedStreams) {
    if (!streams.includes(stream)) continue
    let after: string | null = null
    const take = inTurns(async () => {
      const batch = await nextWaiting(sql, context.connection, stream, { after, limit: batchSize, only })
      after = batch.at(-1)?.key ?? after
      return batch
    })
    await sideBySide(lanes[stream] ?? 1, async () => {
      while (Date.now() < until) {
        const batch = await take()
        if (batch.length === 0) return
        const done = await sql.begin((tx) => publishBatch(tx, context, stream, batch, breakCircles))
        published += done
      }
    })
  }
  return published
}

/** Batches of a stream under way at once: while one waits for the database, the other is translated. */
const lanes: Partial<Record<StreamName, number>> = { products: 2 }

/** Calls follow each other, whoever makes them. */
function inTurns<T>(call: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(call)
    last = next.catch(() => undefined)
    return next
  }
}

/** Ends when each of them has, also where one fails: nothing goes on behind the back of who tries again. */
async function sideBySide(count: number, lane: () => Promise<void>): Promise<void> {
  const ended = await Promise.allSettled(Array.from({ length: count }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/**
 * Publishes one batch. The stored records are locked before the queue's rows, as a page's transaction does.
 */
async function publishBatch(
  tx: Transaction,
  known: PublishingContext,
  stream: StreamName,
  waiting: Waiting[],
  breakCircles: boolean,
): Promise<number> {
  const { connection } = known
  const keys = waiting.map(({ key }) => key)
  await holdRetirements(tx, connection)
  const context = await heldContext(tx, known)
  // Before their stored records, as an initialization does.
  if (stream === 'categories') await lockLinks(tx, connection)
  const sources = await sourcesByKey(tx, connection, stream, keys, { lock: true })
  if (stream === 'product-models') {
    await holdShownRecords(tx, connection)
    // Groups go out without those whom they link to.
    await lockLinks(tx, connection)
  }
  const since = new Map(waiting.map((row) => [row.key, row.since]))
  if (stream === 'products') {
    const products = await withCurrentCodes(tx, context, sources)
    const { published, fresh } = await publishProducts(
      tx,
      context,
      products.map(({ key, id, code, source }) => {
        const waitsSince = since.get(key)
        return {
          key,
          id,
          code,
          source: source as AkeneoProduct,
          ...(waitsSince ? { since: waitsSince } : {}),
        }
      }),
      {
        waits: breakCircles ? 'break-circles' : 'all',
        gone: keys.filter((key) => !sources.some((source) => source.key === key)),
      },
    )
    return new Set([...published, ...fresh]).size
  }
  if (stream === 'categories') {
    return (await publishCategories(tx, context, keys)).published.length
  }
  if (stream === 'product-models') return (await publishGroups(tx, context, keys)).length
  await dequeue(tx, connection, stream, keys)
  await publishAttributes(tx, context, keys)
  return keys.length
}
