import { cancellationSignal, CancelledFailure } from '@temporalio/activity'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import { mayBeThePage } from '../connectors/akeneo/page-fault.ts'
import { childrenOf, descendantsOf } from '../connectors/akeneo/search.ts'
import type { Sql } from '../connectors/hub/database.ts'
import { unshownSeconds } from '../connectors/hub/rejections.ts'
import { type ControlState, controlOf } from '../connectors/hub/runs.ts'
import { sourcesByParent } from '../connectors/hub/source-relations.ts'
import { advanceSweeps, dueSweeps } from '../connectors/hub/sweeps.ts'
import {
  countCut,
  logPage,
  moveCursor,
  noteFailedPage,
  planTransfers,
  replaceTransfer,
  takeTransfer,
  type Transfer,
} from '../connectors/hub/transfers.ts'
import type { StreamName } from '../contracts/streams.ts'
import { afterFailure, afterSuccess, isWholePage } from '../domain/page-size.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { cutSlices, mostParts, probeSearch, searchOf, secondsIn } from './reading/cut-slices.ts'
import { measurePage } from './measure.ts'
import { askPage, type AskedPage } from './reading/page-ahead.ts'
import { publishingContext } from './publishing/context.ts'
import { ownFault } from './reading/own-fault.ts'
import { readTransferPage, type TransferPage } from './reading/read-page.ts'
import { storePage } from './publishing/store-page.ts'

export interface TransferInput {
  connection: string
  runId: string
  /** Which of the run's readers this is: a retry goes on with what it had. */
  reader: number
  streams: StreamName[]
  /** True where a changed model's variants must be looked at: not on a load, which reads them all anyway. */
  sweepVariants: boolean
}

export interface TransferResult {
  /** True while this reader may find more to do. */
  more: boolean
  state: ControlState
  read: number
  changed: number
  rejected: number
}

/** An activity works about this long, so that a stop, a deploy or a pause never waits longer; unit ms. */
const chunkMs = 50_000

/** An older attempt of this activity found its page committed by a newer one. */
class SupersededError extends Error {}

export const createTransferActivities = (deps: Dependencies) => ({
  /** Reads slices of streams until the queue is empty or the chunk is over; see the page protocol in docs/design.md. */
  async transferRecords(input: TransferInput): Promise<TransferResult> {
    const connection = deps.connection(input.connection)
    const run = BigInt(input.runId)
    const result: TransferResult = { more: false, state: 'running', read: 0, changed: 0, rejected: 0 }
    const deadline = Date.now() + chunkMs
    await connection.akeneo.inLane('bulk', cancellationSignal(), async (calls) => {
      let ahead: Reading | null = null
      const source = { deps, connection, calls }
      try {
        for (;;) {
          result.state = await controlOf(deps.sql, run)
          result.more = result.state === 'running' && (ahead !== null || Date.now() < deadline)
          if (!result.more) break
          const reading: Reading | null =
            ahead ?? begin(source, await nextTransfer(deps, connection, run, input, null))
          if (!reading) {
            result.more = false
            return
          }
          ahead = await readTransfer(source, run, reading, input, result, deadline)
        }
        result.more = result.state !== 'cancelled'
      } finally {
        await ahead?.first.page.catch(() => undefined)
      }
    })
    return result
  },
})

/** Where pages come from. */
interface PageSource {
  deps: Dependencies
  connection: ConnectionRuntime
  calls: AkeneoCalls
}

/** A transfer, and its next page, which is on its way. */
interface Reading {
  transfer: Transfer
  first: AskedPage
}

/** What is on its way while a page is translated and written: one of these at most. */
interface Following {
  behind: AskedPage | null
  ahead: Reading | null
}
const nothing: Following = { behind: null, ahead: null }

const ask = ({ deps, connection, calls }: PageSource, transfer: Transfer, cursor: string | null): AskedPage =>
  askPage(async (watch) => {
    const { pageSize } = transfer
    const slice = { ...transfer.slice, search: searchOf(transfer.slice, connection) }
    const byKeys = pageSize.limit === 0 || slice.byNumber
    const context = byKeys ? await publishingContext(deps.sql, connection, null) : null
    return readTransferPage(calls, { ...transfer, slice }, cursor, context?.identifierAttribute, watch)
  })

const begin = (source: PageSource, transfer: Transfer | null): Reading | null =>
  transfer === null ? null : { transfer, first: ask(source, transfer, transfer.cursor) }

/** Streams are read in the given order; when models are through, the variants of changed ones are put before the products. */
async function nextTransfer(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  run: bigint,
  { streams, reader, sweepVariants }: TransferInput,
  besides: bigint | null,
): Promise<Transfer | null> {
  if (!sweepVariants) return sql.begin((tx) => takeTransfer(tx, run, streams, reader, besides))
  const models = await sql.begin((tx) =>
    takeTransfer(
      tx,
      run,
      streams.filter((stream) => stream !== 'products'),
      reader,
    ),
  )
  if (models) return models
  await planSweeps(sql, connection, run)
  return sql.begin((tx) => takeTransfer(tx, run, streams, reader))
}

/**
 * Plans a look at the sub-models and variants below each model that is due, and moves those models to their next look. Akeneo shows them with
 * the model's values at once, and finds them by `updated` later.
 */
async function planSweeps(sql: Sql, { name, config }: ConnectionRuntime, run: bigint): Promise<void> {
  const models = await dueSweeps(sql, name)
  if (models.length === 0) return
  await sql.begin(async (tx) => {
    const below = await sourcesByParent(tx, name, 'product-models', models)
    const parents = [...new Set([...models, ...below.map(({ key }) => key)])]
    const roots = [...new Set(below.flatMap(({ parent }) => parent ?? []))]
    await planTransfers(
      tx,
      run,
      'product-models',
      childrenOf('product-models', roots, config).map((search) => ({ search })),
    )
    await planTransfers(
      tx,
      run,
      'products',
      descendantsOf(config, parents).map((search) => ({ search })),
    )
    await advanceSweeps(tx, name, models, config.products.variantPollSearchDays)
  })
}

/**
 * A page that Akeneo cannot answer is noted before the failure goes on, so that the next attempt asks for less. Where it was asked for the key of
 * one record alone, the slice is cut; null then.
 */
async function asked(
  { deps: { sql }, connection, calls }: PageSource,
  run: bigint,
  transfer: Transfer,
  cursor: string | null,
  pending: Promise<TransferPage>,
): Promise<TransferPage | null> {
  try {
    return await pending
  } catch (error) {
    if (!mayBeThePage(error)) throw error
    const { pageSize, slice, stream } = transfer
    const known = secondsIn(slice, await unshownSeconds(sql, connection.name, stream))
    // A part of a slice that was cut is cut further at once: what breaks it is on one of its parts. A slice that holds what broke Akeneo before
    // is cut as soon as it has failed as a whole.
    const isCut =
      !slice.byNumber &&
      (pageSize.limit === 0 || slice.created || (known.length > 0 && !isWholePage(pageSize)))
    if (isCut && (await countCut(sql, run)) < mostParts) {
      await ownFault(calls, error)
      await probeSearch(calls, stream, connection)
      const cut = cutSlices(slice, known, new Date())
      if (!(await sql.begin((tx) => replaceTransfer(tx, run, { ...transfer, cursor }, cut))))
        throw superseded()
      return null
    }
    await noteFailedPage(sql, transfer.id, cursor, afterFailure(pageSize))
    throw error
  }
}

const superseded = () =>
  new CancelledFailure('A newer attempt of this activity has committed this page; this one stops')

/** Reads a transfer to its end, or until something stops it; then answers with the next one, whose first page is on its way. */
async function readTransfer(
  source: PageSource,
  run: bigint,
  { transfer, first }: Reading,
  input: TransferInput,
  result: TransferResult,
  deadline: number,
): Promise<Reading | null> {
  const { deps, connection } = source
  const { stream } = transfer
  const { sweepVariants } = input
  let cursor = transfer.cursor
  let coming: AskedPage | null = first
  let following = nothing
  /**
   * Asks for what is read next while this page is translated and written: the page behind it; after the last one, the first page of the next
   * transfer. Which transfer comes next in a poll, only the end of this one says.
   */
  const follow = async (next: string | null): Promise<Following> => {
    if (Date.now() >= deadline) return nothing
    if (next !== null) return { ...nothing, behind: ask(source, transfer, next) }
    if (sweepVariants) return nothing
    return { ...nothing, ahead: begin(source, await nextTransfer(deps, connection, run, input, transfer.id)) }
  }
  try {
    while (coming) {
      const link: string | null | undefined = await coming.link
      // How much the next page holds is known only after this one where a record among them is suspected to break it.
      const isKnown = link !== undefined && isWholePage(transfer.pageSize)
      if (isKnown) following = await follow(link)
      await following.behind?.sent
      coming.parse()
      const page = await asked(source, run, transfer, cursor, coming.page)
      if (page === null) return null
      transfer.pageSize = afterSuccess(transfer.pageSize)
      if (!isKnown) following = await follow(page.next)
      const context = await publishingContext(deps.sql, connection, run)
      const from = cursor
      const committed = await deps.sql.begin(async (tx) => {
        if (!(await moveCursor(tx, transfer.id, from, page.next, transfer.pageSize)))
          throw new SupersededError()
        const stored = await storePage(tx, connection.name, context, { stream, ...page }, { sweepVariants })
        await logPage(tx, transfer.id, { cursor: from, ticket: page.ticket, ...stored })
        return { ...stored, state: await controlOf(tx, run) }
      })
      measurePage(connection.name, stream, committed)
      cursor = page.next
      result.read += committed.read
      result.changed += committed.changed
      result.rejected += committed.rejected
      if (committed.state !== 'running' || cancellationSignal().aborted) return null
      coming = following.behind
      if (coming) following = nothing
    }
    const { ahead } = following
    following = nothing
    return ahead
  } catch (error) {
    throw error instanceof SupersededError ? superseded() : error
  } finally {
    // A request that nobody waits for any more still ends inside the lane, and its failure is nobody's news.
    await following.behind?.page.catch(() => undefined)
    await following.ahead?.first.page.catch(() => undefined)
  }
}
