import type { Readable } from 'node:stream'
import type { StreamName } from '../../contracts/streams.ts'
import type { FileName } from '../../domain/media-files.ts'
import type { LaneKind, LaneOwner, Lanes } from '../hub/lanes.ts'
import type { TokenStore } from '../hub/tokens.ts'
import { createCalls } from './calls.ts'
import { keptLane, laneForEachCall } from '../hub/lane-use.ts'
import type { LineOutcome } from './patch.ts'
import type { BrokenItem, PageContent } from './pages.ts'
import { createRequester } from './requester.ts'
import type { AkeneoWrites } from './writes.ts'
import type { AkeneoSystemInformation } from './schema.ts'
import type { Search } from './search.ts'
import { type AkeneoConnection, hostOf } from './settings.ts'

export type { BrokenItem }

/** What a list can be asked for; with a cursor, which holds it already, only `attributes` counts. */
export interface PageQuery {
  /** A Search, or one that was stored as JSON. */
  search?: object
  /** Counts the whole list, which is slow; with `paging: 'page'` only. */
  withCount?: boolean
  /** Place among its siblings; categories, Akeneo 7.0 and later. */
  withPosition?: boolean
  /** By number instead of cursor, where both exist: up to 10,000 records. */
  paging?: 'page'
  /** Which one, from 1; with `paging: 'page'` only. */
  page?: number
  /** Values of these attributes only; empty is not sent, because Akeneo would take it for an attribute without a code. */
  attributes?: string[]
}

export interface PageRequest {
  /** `next` of the page before; null is the first page. */
  cursor: string | null
  query?: PageQuery
  /** The record that the list belongs to, where the stream has one. */
  parent?: string
  /** 1 to 100; absent: 100 on a first page, afterwards what the page before asked for. */
  limit?: number
  /** Called when the request is on its way. */
  onSent?: () => void
  /**
   * Told where the list goes on as soon as the answer has come; null at its end, undefined where only the parsed page can say. The
   * answer is parsed when this has ended, so that the page behind is on its way meanwhile.
   */
  onAnswer?: (next: string | null | undefined) => Promise<unknown>
}

export interface Page extends PageContent {
  /** Taken before the request was sent: what it read is at least as new. */
  ticket: bigint
  /** Akeneo's clock when it answered, to the second. */
  date: Date | null
}

export interface OneRecord {
  /** Null: there is none, or this user may not see it; or it is broken. */
  item: unknown
  broken: BrokenItem | null
  ticket: bigint
  date: Date | null
}

export interface PatchAnswer {
  /** In the order of the lines. */
  outcomes: LineOutcome[]
  ticket: bigint
  date: Date | null
}

export interface ReadOneOptions {
  /** The record that the list belongs to, where the stream has one. */
  parent?: string
  productsBy?: 'uuid' | 'identifier'
}

/** Bound to one lane: each method is one request, plus a token grant when needed, and they follow each other. */
export interface AkeneoCalls extends AkeneoWrites {
  readPage(stream: StreamName, request: PageRequest): Promise<Page>
  /** A product also by its uuid where lists go by identifier, in up to two requests; `productsBy` says what `key` is for sure. */
  readOne(stream: StreamName, key: string, options?: ReadOneOptions): Promise<OneRecord>
  /** What products are named by in calls: uuid since 7.0. */
  productsBy(): Promise<'uuid' | 'identifier'>
  /** Hands the bytes of a file to `take` as they come; null where Akeneo says that there is none. */
  download(
    file: FileName,
    take: (body: Readable) => Promise<void>,
  ): Promise<{ mimeType: string | null } | null>
  /** How many records a search finds. */
  count(stream: StreamName, search: Search): Promise<number>
  /** Null where this Akeneo (before 6.0) does not say. */
  systemInformation(): Promise<AkeneoSystemInformation | null>
  /** What this Akeneo can be asked for; needs no token. Throws a RefusedError where there is no Akeneo. */
  root(): Promise<{ routes: string[]; date: Date | null }>
}

export interface AkeneoClient {
  /**
   * Gives `work` the right to have one call under way: bulk for all of it, lent to a live call in between; live for each call
   * anew. When `signal` aborts, no further call starts, and the one under way has some seconds to end. `downloadMs`: longest time
   * of a download in this lane, which stays taken for as long when its worker dies; absent: that of any call.
   */
  inLane<T>(
    kind: LaneKind,
    signal: AbortSignal,
    work: (calls: AkeneoCalls) => Promise<T>,
    options?: { downloadMs?: number },
  ): Promise<T>
}

export interface AkeneoClientDependencies {
  connection: AkeneoConnection
  /** Whether products are read with their completeness by channel and locale, which costs Akeneo time. Asked before each reading. */
  completenesses?: () => Promise<boolean>
  lanes: Lanes
  tokens: TokenStore
}

/** A call that has begun is let to its end, because Akeneo works on it either way; but a stop does not wait for a hung one. */
const graceMs = 5000

export function createAkeneoClient({
  connection,
  lanes,
  tokens,
  completenesses = () => Promise.resolve(false),
}: AkeneoClientDependencies): AkeneoClient {
  const ownerOfCalls = laneOwner(connection)
  const requester = createRequester(connection, lanes, tokens)
  const products = { format: connection.akeneo.productIdFormat, completenesses, knowsUuids: false }
  return {
    async inLane(kind, signal, work, { downloadMs = connection.akeneo.timeoutMs } = {}) {
      const owner = { ...ownerOfCalls, timeoutMs: Math.max(downloadMs, ownerOfCalls.timeoutMs) }
      const grace = lateAbort(signal)
      const lane =
        kind === 'bulk' ? await keptLane(lanes, owner, signal) : laneForEachCall(lanes, owner, signal)
      const optionLane = laneForEachCall(lanes, optionOwner(connection), signal)
      try {
        return await work(
          createCalls({ connection, requester, lane, optionLane, products, late: grace.signal, downloadMs }),
        )
      } finally {
        await lane.end()
        await optionLane.end()
        grace.end()
      }
    },
  }
}

function laneOwner({ name, akeneo }: AkeneoConnection): LaneOwner {
  const { concurrency, hostConcurrency, perSecond } = akeneo.throttle
  const { timeoutMs } = akeneo
  return { connection: name, host: hostOf(akeneo), concurrency, hostConcurrency, perSecond, timeoutMs }
}

/** One lane for all that write options into an Akeneo, which takes few of them a second; beside the lane of the call itself. */
function optionOwner(connection: AkeneoConnection): LaneOwner {
  const { host, ...owner } = laneOwner(connection)
  const { optionWritesPerSecond } = connection.akeneo.throttle
  return {
    ...owner,
    // A blank is in no name of a host or a connection.
    connection: `options ${host}`,
    concurrency: 1,
    host: `options ${host}`,
    hostConcurrency: 1,
    perSecond: optionWritesPerSecond,
  }
}

/** Aborts some time after `signal`. */
function lateAbort(signal: AbortSignal): { signal: AbortSignal; end(): void } {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  return {
    signal: late.signal,
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', begin)
    },
  }
}
