import { cancellationSignal, CancelledFailure } from '@temporalio/activity'
import type { AkeneoCalls, Page } from '../connectors/akeneo/client.ts'
import { descendantsOf } from '../connectors/akeneo/search.ts'
import type { Sql } from '../connectors/hub/database.ts'
import { type ControlState, controlOf } from '../connectors/hub/runs.ts'
import { sourcesByParent } from '../connectors/hub/sources.ts'
import { advanceSweeps, dueSweeps } from '../connectors/hub/sweeps.ts'
import {
  logPage,
  moveCursor,
  planTransfers,
  takeTransfer,
  type Transfer,
} from '../connectors/hub/transfers.ts'
import type { StreamName } from '../contracts/streams.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { publishingContext } from './publishing/context.ts'
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
      for (;;) {
        result.state = await controlOf(deps.sql, run)
        result.more = result.state === 'running' && Date.now() < deadline
        if (!result.more) break
        const transfer = await nextTransfer(deps, connection, run, input)
        if (!transfer) {
          result.more = false
          return
        }
        await readTransfer(deps, connection, calls, run, transfer, input, result, deadline)
      }
      result.more = result.state !== 'cancelled'
    })
    return result
  },
})

/** Streams are read in the given order; when models are through, the variants of changed ones are put before the products. */
async function nextTransfer(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  run: bigint,
  { streams, reader, sweepVariants }: TransferInput,
): Promise<Transfer | null> {
  if (!sweepVariants) return sql.begin((tx) => takeTransfer(tx, run, streams, reader))
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
  return sql.begin((tx) => takeTransfer(tx, run, ['products'], reader))
}

/** Plans a look at the variants below each model that is due, and moves those models to their next look. */
async function planSweeps(sql: Sql, { name, config }: ConnectionRuntime, run: bigint): Promise<void> {
  const models = await dueSweeps(sql, name)
  if (models.length === 0) return
  await sql.begin(async (tx) => {
    const below = await sourcesByParent(tx, name, 'product-models', models)
    const parents = [...new Set([...models, ...below.map(({ key }) => key)])]
    await planTransfers(
      tx,
      run,
      'products',
      descendantsOf(config, parents).map((search) => ({ search })),
    )
    await advanceSweeps(tx, name, models, config.products.variantPollSearchDays)
  })
}

async function readTransfer(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  run: bigint,
  transfer: Transfer,
  { sweepVariants }: TransferInput,
  result: TransferResult,
  deadline: number,
): Promise<void> {
  const { stream, slice } = transfer
  const read = (cursor: string | null) =>
    calls.readPage(stream, { cursor, query: slice.search === null ? {} : { search: slice.search } })
  let cursor = transfer.cursor
  let pending: ReturnType<typeof read> | null = read(cursor)
  try {
    while (pending) {
      const page: Page = await pending
      const goesOn: boolean = page.next !== null && Date.now() < deadline
      // The next page is on its way while this one is translated and written.
      pending = goesOn ? read(page.next) : null
      const context = await publishingContext(deps.sql, connection, run)
      const from = cursor
      const committed = await deps.sql.begin(async (tx) => {
        if (!(await moveCursor(tx, transfer.id, from, page.next))) throw new SupersededError()
        const stored = await storePage(tx, connection.name, context, { stream, ...page }, { sweepVariants })
        await logPage(tx, transfer.id, { cursor: from, ticket: page.ticket, ...stored })
        return { ...stored, state: await controlOf(tx, run) }
      })
      cursor = page.next
      result.read += committed.read
      result.changed += committed.changed
      result.rejected += committed.rejected
      if (committed.state !== 'running' || cancellationSignal().aborted) return
    }
  } catch (error) {
    if (error instanceof SupersededError) {
      throw new CancelledFailure('A newer attempt of this activity has committed this page; this one stops')
    }
    throw error
  } finally {
    // A request that nobody waits for any more still ends inside the lane, and its failure is nobody's news.
    await pending?.catch(() => undefined)
  }
}
