import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { listAddress } from '../connectors/akeneo/linked-lists.ts'
import type { AkeneoProduct } from '../connectors/akeneo/schema.ts'
import { TransientError } from '../connectors/errors.ts'
import {
  forgetListReadings,
  settleStructureRequests,
  takeStructureRequests,
} from '../connectors/hub/list-readings.ts'
import {
  clearListRejection,
  clearRejections,
  dueRejections,
  listedOf,
  listRejection,
  postponeRejection,
  reject,
  rejectedKeys,
  unlisted,
} from '../connectors/hub/rejections.ts'
import { idsOf, sourcesByKey } from '../connectors/hub/sources.ts'
import { structureStreams, structureVersion } from '../connectors/hub/structure.ts'
import { enqueue, waitingInTurn } from '../connectors/hub/waiting.ts'
import { LinkedStream, type Rejection, StreamName } from '../contracts/streams.ts'
import { wholePage } from '../domain/page-size.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { searchOf, sliceOfSecond } from './cut-slices.ts'
import { findProduct } from './find-product.ts'
import { ownFault, unanswered } from './own-fault.ts'
import { publishingContext } from './publishing/context.ts'
import { partsOf } from '../connectors/partners.ts'
import { storePage } from './publishing/store-page.ts'
import { readTransferPage, type TransferPage } from './read-page.ts'
import { isNotThere, listsBelow, readList } from './read-structure.ts'

/** Rejected records of what is sold, and as many of all else, that are tried again in one run; the others follow with the next. */
const retriesPerRun = 100

/**
 * Reads structure that records showed and the store lacks; what Akeneo does not know stays unknown. Records are translated again
 * only when the structure is another than they were made with, so a code that exists nowhere is asked for once. True when there is more to do.
 */
export async function readRequestedStructure(
  deps: Dependencies,
  connection: ConnectionRuntime,
): Promise<boolean> {
  const { reading, codes } = await takeStructureRequests(deps.sql, connection.name)
  if (codes.length === 0) return false
  let records = false
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const code of codes) records = (await readMissing(deps, connection, calls, code)) || records
  })
  const version = await structureVersion(deps.sql, connection.name)
  const askers = await deps.sql.begin(async (tx) => {
    const asked = await settleStructureRequests(tx, connection.name, reading, version)
    // Whoever shows a record is queued by its coming.
    const outdated = asked.filter(({ stream }) => structureStreams.includes(stream))
    await enqueue(
      tx,
      connection.name,
      outdated.map(({ asker, key }) => ({ stream: asker, key, reason: 'structure' })),
    )
    return outdated.length
  })
  return askers > 0 || records
}

/** True when it stored a record that is no structure. */
async function readMissing(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, code }: { stream: StreamName; code: string },
): Promise<boolean> {
  if (LinkedStream.safeParse(stream).success)
    return (await readOneInto(deps, connection, calls, stream, code)) === 'stored'
  if (stream === 'attributes' || stream === 'families') {
    if ((await readOneInto(deps, connection, calls, stream, code)) !== 'stored') return false
    const [stored] = await sourcesByKey(deps.sql, connection.name, stream, [code])
    const lists = stored ? listsBelow({ stream, source: stored.source }) : []
    for (const list of lists) await readList(deps, connection, calls, list)
  } else if (stream === 'attribute-options') {
    await readList(deps, connection, calls, { stream, parent: code })
  } else if (stream === 'family-variants') {
    // Which family it belongs to is not known from its code: all of their lists are read with the next polls, oldest first.
    await forgetListReadings(deps.sql, connection.name, stream)
  } else if (stream === 'products' || stream === 'product-models') {
    return (await readOneInto(deps, connection, calls, stream, code)) === 'stored'
  } else {
    await readList(deps, connection, calls, { stream, parent: '' })
  }
  return false
}

/** Tries rejected records again whose time has come: by their id, so one bad record costs one call. */
export async function retryRejected(
  deps: Dependencies,
  connection: ConnectionRuntime,
  until: number,
): Promise<void> {
  const due = (streams: StreamName[]) => dueRejections(deps.sql, connection.name, streams, retriesPerRun)
  // What is sold comes first, and no number of broken options keeps it waiting.
  const rejections = [...(await due(soldStreams)), ...(await due(otherStreams))]
  if (rejections.length === 0) return
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const rejection of rejections) {
      if (Date.now() >= until) return
      await retry(deps, connection, calls, rejection)
    }
  })
}

const soldStreams: StreamName[] = ['products', 'product-models', 'categories']
const otherStreams = StreamName.options.filter((stream) => !soldStreams.includes(stream))

/** Of these a record that was read is published from a queue; of others the records that show them follow by themselves. */
const queued: StreamName[] = [...soldStreams, 'attributes']

async function retry(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  { stream, key, code, reason }: Rejection,
): Promise<void> {
  const { name } = connection
  if (reason === partMissing) return readPart(deps, connection, calls, key)
  if (reason === unlisted) {
    if (stream === 'products' || stream === 'product-models') {
      const second = listedOf(key)
      if (second !== '') return readSecond(deps, connection, calls, stream, second)
      // A list of keys, which only a reconcile reads; what is on it comes with polls.
      return deps.sql.begin((tx) => postponeRejection(tx, name, stream, key))
    }
    await readList(deps, connection, calls, { stream, parent: listedOf(key) })
    return
  }
  if (listAddress(stream, key) === null) {
    // Noted by an earlier version, which did not say of which list: all of the stream are read again, and bring it back by its full name.
    await forgetListReadings(deps.sql, name, stream)
    await clearRejections(deps.sql, name, stream, [key], 'all')
    return
  }
  const outcome = await readOneInto(deps, connection, calls, stream, key, code)
  if (outcome === 'missing') await clearRejections(deps.sql, name, stream, [key], 'all')
  if (outcome !== 'stored') return
  await deps.sql.begin(async (tx) => {
    await postponeRejection(tx, name, stream, key)
    if (queued.includes(stream)) await enqueue(tx, name, [{ stream, key, reason: 'structure' }])
  })
}

/** Reads again what was created in a second of which not all could be shown; where now even less comes, later once more. */
async function readSecond(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: 'products' | 'product-models',
  second: string,
): Promise<void> {
  try {
    const isWhole = await storeSecond(deps, connection, calls, stream, second)
    if (isWhole) await clearListRejection(deps.sql, connection.name, stream, second)
  } catch (error) {
    const { came } = await ownFault(calls, error)
    const text = `Akeneo cannot show its ${stream} created at ${second}: ${came}`
    await deps.sql.begin((tx) => reject(tx, connection.name, [listRejection(stream, second, text)]))
  }
}

/** False where some could not be shown. */
async function storeSecond(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: 'products' | 'product-models',
  second: string,
): Promise<boolean> {
  const slice = sliceOfSecond(second)
  const transfer = { stream, slice: { ...slice, search: searchOf(slice, connection) }, pageSize: wholePage }
  let isWhole = true
  let cursor: string | null = null
  do {
    const context = await publishingContext(sql, connection, null)
    const page: TransferPage = await readTransferPage(calls, transfer, cursor, context?.identifierAttribute)
    isWhole &&= page.refused.every(({ reason }) => reason !== unlisted)
    await sql.begin((tx) =>
      storePage(tx, connection.name, context, { stream, ...page }, { sweepVariants: true }),
    )
    cursor = page.next
  } while (cursor !== null)
  return isWhole
}

/** Reason of a product that kits name and Akeneo does not show: it is asked for again by name, and holds no kit meanwhile. */
const partMissing = 'part-missing'

/**
 * Reads parts that waiting kits name and nobody has read, where the connection wants that; products only, since models come with
 * every poll. True when there is something new to publish.
 */
export async function readMissingParts(deps: Dependencies, connection: ConnectionRuntime): Promise<boolean> {
  const context = await publishingContext(deps.sql, connection, null)
  if (context === null || !context.createMissingBundleItems) return false
  const kits = await waitingInTurn(deps.sql, connection.name, 'products', 'related', kitsPerRun)
  const sources = await sourcesByKey(deps.sql, connection.name, 'products', kits)
  const names = sources.flatMap(({ source }) =>
    context.outputs.flatMap((output) => partsOf(source as AkeneoProduct, output).products),
  )
  const known = await idsOf(deps.sql, connection.name, 'products', names)
  const rejected = await rejectedKeys(deps.sql, connection.name, 'products', names)
  const unread = [...new Set(names)].filter(
    (name) => !known.has(name.toLowerCase()) && !rejected.has(name.toLowerCase()),
  )
  if (unread.length === 0) return false
  await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
    for (const name of unread.slice(0, partsPerRun)) await readPart(deps, connection, calls, name)
  })
  return true
}

/** Waiting products that are looked at at a time, kits or not, and parts that are read for them; the others follow, each in its turn. */
const kitsPerRun = 500
const partsPerRun = 100

async function readPart(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  name: string,
): Promise<void> {
  const found = await findProduct(deps, connection, calls, name).catch((error: unknown) =>
    ownFault(calls, error),
  )
  const context = await publishingContext(deps.sql, connection, null)
  await deps.sql.begin(async (tx) => {
    if (found === null || found instanceof TransientError) {
      await reject(tx, connection.name, [missingPart(name, found)])
      return
    }
    const { item, broken, ticket } = found
    await clearRejections(tx, connection.name, 'products', [name], 'all')
    const page = {
      stream: 'products' as const,
      items: item === null ? [] : [item],
      broken: broken === null ? [] : [broken],
      ticket,
    }
    await storePage(tx, connection.name, context, page, { sweepVariants: false })
  })
}

const missingPart = (name: string, failure: TransientError | null): Rejection => ({
  stream: 'products',
  key: name,
  code: name,
  reason: partMissing,
  field: 'kit.components',
  text: `${name} is part of a kit, and Akeneo ${failure === null ? 'does not show it' : `cannot show it: ${failure.came}`}`,
  remedy:
    failure === null
      ? `Check in Akeneo that it exists and that this user may see it, then: pimflow sync ${name}`
      : 'Look at the product and at Akeneo’s log; it is asked for again by itself',
})

/** Reads one record by its key and stores it; a broken one, and one that Akeneo cannot answer with although it is well, is rejected. */
export async function readOneInto(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  stream: StreamName,
  key: string,
  knownAs: string | null = null,
): Promise<'stored' | 'broken' | 'missing'> {
  const address = listAddress(stream, key)
  if (address === null) throw new Error(`${key} does not say which list of ${stream} it is of`)
  const { key: code, ...list } = address
  const answer = await calls.readOne(stream, code, list).catch((error: unknown) => {
    if (list.parent !== undefined && isNotThere(error, stream)) return null
    return ownFault(calls, error)
  })
  if (answer === null) return 'missing'
  if (answer instanceof TransientError) {
    await sql.begin((tx) => reject(tx, connection.name, [unanswered({ stream, key, code: knownAs }, answer)]))
    return 'broken'
  }
  const { item, broken, ticket } = answer
  if (item === null && broken === null) return 'missing'
  const context = await publishingContext(sql, connection, null)
  await sql.begin((tx) =>
    storePage(
      tx,
      connection.name,
      context,
      {
        stream,
        ...list,
        items: item === null ? [] : [item],
        broken: broken === null ? [] : [broken],
        ticket,
      },
      { sweepVariants: true },
    ),
  )
  return item === null ? 'broken' : 'stored'
}
