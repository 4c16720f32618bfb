import { activityInfo, cancellationSignal } from '@temporalio/activity'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { mayBeThePage } from '../../connectors/akeneo/page-fault.ts'
import { createdWithin } from '../../connectors/akeneo/search.ts'
import { planWindows, sliceShares, type Window } from '../../domain/slices.ts'
import type { ConnectionRuntime } from '../dependencies.ts'
import { inLanes } from './in-lanes.ts'
import { ownFault } from './own-fault.ts'

/** Records on one page of a sample. */
const sampleSize = 100

/**
 * One page of a sample for so many records, and at most so many pages: with 1,000 products the last slices of a load come out as they
 * are meant; with 100 of them they differed by several pages, and readers were idle at the end for as long.
 */
const recordsPerSamplePage = 2000
const mostSamplePages = 10

/** Attempts at the whole sample before a page that Akeneo does not answer is left out of it: an outage passes, such a page does not. */
const attemptsForAll = 2

/** Akeneo lists no more by page number: https://api.akeneo.com/documentation/pagination.html */
const mostByPage = 10_000
const mostRounds = 10

/**
 * How many records there are, and windows of `created` that hold about the shares in which they are to be read. Products come in the order
 * of their uuid, so those of the first pages were created at random. Models come in the order of their code, which may be the order in
 * which they were created: where many are later than all that were reached, those are sampled next. Windows that are not even cost time alone.
 */
export async function sampleWindows(
  connection: ConnectionRuntime,
  stream: 'products' | 'product-models',
  attributes: string[],
): Promise<{ total: number; windows: Window[] }> {
  const { total, created } = await sample(connection, stream, attributes, null)
  for (let reached = total, round = 1; reached > mostByPage && round < mostRounds; round++) {
    const latest = created.reduce((a, b) => (a > b ? a : b), new Date(0))
    const later = await sample(connection, stream, attributes, new Date(latest.getTime() + 1000))
    created.push(...later.created)
    reached = later.total
  }
  return {
    total,
    windows: planWindows(created, sliceShares(total, connection.config.akeneo.throttle.concurrency)),
  }
}

/** Dates of some of those that were created at `from` or later, models from pages all over what page numbers reach; and how many there are. */
async function sample(
  connection: ConnectionRuntime,
  stream: 'products' | 'product-models',
  attributes: string[],
  from: Date | null,
): Promise<{ total: number; created: Date[] }> {
  const { concurrency } = connection.config.akeneo.throttle
  const lanes = { connection, lane: 'bulk' as const }
  const search = createdWithin({ from, to: null }, connection)
  const created: Date[] = []
  let total = 0
  const read = async (calls: AkeneoCalls, page: number, limit = sampleSize) => {
    const { items, count } = await calls.readPage(stream, {
      cursor: null,
      query: {
        paging: 'page',
        page,
        attributes,
        ...(search ? { search } : {}),
        ...(page === 1 ? { withCount: true } : {}),
      },
      limit,
    })
    total = count ?? total
    for (const item of items) {
      const { created: date } = item as { created?: string | null }
      if (date != null) created.push(new Date(date))
    }
  }
  /** What a page that is left out costs is balance alone; of the first one, how many there are is needed all the same. */
  const readIfAnswered = async (calls: AkeneoCalls, page: number) => {
    try {
      await read(calls, page)
    } catch (error) {
      if (!mayBeThePage(error) || activityInfo().attempt <= attemptsForAll) throw error
      // Nor that, where the very first record breaks it: then there is one slice.
      if (page === 1) await read(calls, page, 1).catch((first: unknown) => ownFault(calls, first))
    }
  }
  await inLanes(lanes, 1, cancellationSignal(), (calls) => readIfAnswered(calls, 1))
  const pages = Math.min(mostSamplePages, Math.ceil(total / recordsPerSamplePage))
  const reachable = Math.min(total, mostByPage) / sampleSize
  const step = stream === 'products' ? 1 : Math.ceil(reachable / Math.max(pages, 1))
  const further = Array.from({ length: Math.max(0, pages - 1) }, (_, n) => 1 + (n + 1) * step)
  if (further.length > 0)
    await inLanes(lanes, Math.min(concurrency, further.length), cancellationSignal(), async (calls) => {
      for (let page = further.shift(); page !== undefined; page = further.shift())
        await readIfAnswered(calls, page)
    })
  return { total, created }
}
