import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { listAddress } from '../../connectors/akeneo/linked-lists.ts'
import { forgetListReadings } from '../../connectors/hub/list-readings.ts'
import {
  clearListRejection,
  clearRejections,
  dueRejections,
  listedOf,
  listRejection,
  postponeRejection,
  reject,
  unlisted,
} from '../../connectors/hub/rejections.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import { type Rejection, StreamName } from '../../contracts/streams.ts'
import { wholePage } from '../../domain/page-size.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import { searchOf, sliceOfSecond } from './cut-slices.ts'
import { ownFault } from './own-fault.ts'
import { publishingContext } from '../publishing/context.ts'
import { storePage } from '../publishing/store-page.ts'
import { readTransferPage, type TransferPage } from './read-page.ts'
import { readList } from '../read-structure.ts'
import { readOneInto } from './read-one.ts'
import { readPart, partMissing } from './read-parts.ts'

/** Rejected records of what is sold, and as many of all else, that are tried again in one run; the others follow with the next. */
const retriesPerRun = 100

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
  // One after the other: who is publishing the record has its row of the queue and may want that of its rejection.
  if (queued.includes(stream))
    await deps.sql.begin((tx) => enqueue(tx, name, [{ stream, key, reason: 'structure' }]))
  await deps.sql.begin((tx) => postponeRejection(tx, name, stream, key))
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
