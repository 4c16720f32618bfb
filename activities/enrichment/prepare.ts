import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { cancellationSignal } from '@temporalio/activity'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import { fetchedThisMonth } from '../../connectors/hub/enrichment/meter.ts'
import {
  dueProducts,
  dropProducts,
  type KnownProduct,
  postponeDue,
  releaseProducts,
  renewProducts,
  type TakenProducts,
  takeProducts,
} from '../../connectors/hub/enrichment/products.ts'
import { controlOf } from '../../connectors/hub/runs.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import type { IcecatClient } from '../../connectors/icecat/client.ts'
import type { EnrichmentChunk, PreparedChunk } from '../../contracts/processes.ts'
import { judgeFairUse, monthOf } from '../../domain/enrichment/fair-use.ts'
import type { Dependencies } from '../dependencies.ts'
import { type EnrichmentContext, enrichmentContext } from './context.ts'
import { type Asked, fetchSheet } from './fetch-sheet.ts'
import { productLeaseMs } from './holds.ts'
import type { AskedGroup } from './convert-sheet.ts'
import { judgeGroup, LostHoldError } from './judge-group.ts'

/** An activity works about this long, so that a stop, a deploy or a pause never waits longer; unit ms. */
const chunkMs = 50_000

/** Products taken at once by one lane; with a root come all its variants. */
const takeSize = 8

/** Until what somebody else has is looked for again: what a person waits for, and anything else, unless its hold ends before; unit ms. */
const heldPauseMs = 2000
const longestPauseMs = 15_000

export const createPrepareActivities = (deps: Dependencies) => ({
  /**
   * Fetches the sheets of due products, converts and judges them, and writes down what is to be sent: a transaction for each product or
   * root. Ends when nothing is due or the chunk is over.
   */
  async prepareLines(input: EnrichmentChunk): Promise<PreparedChunk> {
    const context = await enrichmentContext(deps, deps.connection(input.connection))
    const { icecat, connection } = context
    const chunk: Chunk = {
      deps,
      context,
      run: BigInt(input.runId),
      until: Date.now() + chunkMs,
      only: input.only,
      done: 0,
      isOver: false,
      isMissing: false,
      fairUse: null,
    }
    const kind = input.live === true ? 'live' : 'bulk'
    const lanes = input.live === true ? 1 : icecat.config.throttle.concurrency
    const signal = cancellationSignal()
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () =>
        icecat.inLane(kind, signal, (client) => work(client, chunk, signal)),
      ),
    )
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    const due = await dueProducts(deps.sql, connection.name)
    return {
      done: chunk.done,
      more: chunk.isOver && due.now > 0 && chunk.fairUse === null,
      // Somebody else has what a person asked for, or has a variant of it; or holds what is due. A dead worker does so for minutes, one at work
      // is through with it soon.
      waitMs: chunk.isMissing
        ? heldPauseMs
        : chunk.fairUse === null && input.only === undefined && due.heldMs !== null
          ? Math.min(due.heldMs, longestPauseMs)
          : null,
      fairUse: chunk.fairUse,
    }
  },
})

interface Chunk {
  deps: Dependencies
  context: EnrichmentContext
  run: bigint
  until: number
  only: EnrichmentChunk['only']
  done: number
  /** Time ran out, or a person stopped it. */
  isOver: boolean
  /** Not all that a person asked for could be taken. */
  isMissing: boolean
  /** Month in which fetching goes on, once this one's sheets are used up. */
  fairUse: string | null
}

/** One lane: takes products until none is due. */
async function work(client: IcecatClient, chunk: Chunk, signal: AbortSignal): Promise<void> {
  const { deps, context, run, only } = chunk
  const { name } = context.connection
  let wanted = only?.filter(({ stream }) => stream === 'products').map(({ key }) => key)
  for (;;) {
    if (chunk.fairUse !== null) return
    if (Date.now() > chunk.until || signal.aborted || (await controlOf(deps.sql, run)) !== 'running') {
      chunk.isOver = true
      return
    }
    const paceMs = await fairPause(chunk)
    if (paceMs === null) return
    const holder = randomUUID()
    const taken = await takeProducts(deps.sql, name, {
      holder,
      leaseMs: productLeaseMs(context),
      most: takeSize,
      only: wanted,
    })
    if (taken.length === 0) {
      chunk.isMissing = wanted !== undefined && wanted.length > 0
      return
    }
    // Those that a person asked for are looked at once.
    if (wanted !== undefined) wanted = wanted.filter((key) => !taken.some(({ product }) => product === key))
    const hold = { holder, products: taken.map(({ product }) => product) }
    try {
      for (const members of groupsOf(taken)) {
        await enrichGroup(client, chunk, { hold, members, paceMs, signal })
        if (cancellationSignal().aborted) return
      }
    } finally {
      await releaseProducts(deps.sql, name, hold)
    }
  }
}

/** Milliseconds to wait before each product, so that the month's sheets last; null: they are used up. */
async function fairPause(chunk: Chunk): Promise<number | null> {
  const { deps, context } = chunk
  const { account, config } = context.icecat
  const { sheetsPerMonth: limit, slowAt, stopAt } = config.fairUse
  const now = new Date()
  const fetched = await fetchedThisMonth(deps.sql, account, monthOf(now))
  const verdict = judgeFairUse(fetched, takeSize, now, { limit, slowAt, stopAt })
  if (verdict.kind === 'stop') {
    chunk.fairUse = verdict.untilMonth
    await postponeDue(deps.sql, context.connection.name, new Date(`${verdict.untilMonth}-01T00:00:00Z`))
    return null
  }
  const { concurrency, perSecond } = config.throttle
  return verdict.kind === 'slow' ? ((verdict.factor - 1) * concurrency * 1000) / perSecond : 0
}

/** Products without a root are groups of their own. */
function groupsOf(products: readonly KnownProduct[]): KnownProduct[][] {
  const groups = new Map<string, KnownProduct[]>()
  for (const product of products) {
    const key = product.root === null ? `product ${product.product}` : `root ${product.root}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [product])
    else group.push(product)
  }
  return [...groups.values()]
}

async function enrichGroup(
  client: IcecatClient,
  chunk: Chunk,
  {
    hold,
    members,
    paceMs,
    signal,
  }: { hold: TakenProducts; members: KnownProduct[]; paceMs: number; signal: AbortSignal },
): Promise<void> {
  const { deps, context, run } = chunk
  const { sql } = deps
  const { name } = context.connection
  const due = new Map(
    members.filter((member) => member.due !== null).map((member) => [member.product, member]),
  )
  const sources = await sourcesByKey(sql, name, 'products', [...due.keys()])
  const asked = new Map<string, Asked & { at: Date }>()
  for (const { key, source } of sources) {
    const product = due.get(key)
    if (product === undefined) continue
    if (!(await renewProducts(sql, name, { ...hold, leaseMs: productLeaseMs(context) + paceMs }))) return
    if (paceMs > 0) await sleep(paceMs, undefined, { signal })
    const view = matchView(source as AkeneoProduct, context.structure, context.identifierAttribute)
    asked.set(key, { ...(await fetchSheet(client, context, product, view, signal)), at: new Date() })
  }
  const gone = [...due.keys()].filter((key) => !asked.has(key))
  const group: AskedGroup = { members, asked }
  try {
    await sql.begin(async (tx) => {
      await dropProducts(tx, name, gone)
      await judgeGroup(tx, context, { run, holder: hold.holder, group })
    })
    chunk.done += asked.size
  } catch (error) {
    // Whoever has taken them over judges them.
    if (!(error instanceof LostHoldError)) throw error
  }
}
