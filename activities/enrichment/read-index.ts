import { cancellationSignal } from '@temporalio/activity'
import { addCounted } from '../../connectors/hub/enrichment/counts.ts'
import { applyIndex, nextWatched } from '../../connectors/hub/enrichment/products.ts'
import { noteRequests, requestsCounted } from '../../connectors/hub/enrichment/requests.ts'
import { setIndexRead, stateOf } from '../../connectors/hub/enrichment/state.ts'
import type { IcecatClient } from '../../connectors/icecat/client.ts'
import { indexGenerated, matchIndex } from '../../connectors/icecat/index/match-index.ts'
import { type WatchList, WatchListBuilder } from '../../connectors/icecat/index/watch-list.ts'
import { indexToRead } from '../../domain/enrichment/delta.ts'
import type { Identifier } from '../../domain/enrichment/identifier.ts'
import type { WatchedProduct } from '../../domain/enrichment/index-row.ts'
import type { IndexMatch } from '../../domain/enrichment/index-row.ts'
import type { MatchRule } from '../../domain/enrichment/mapping/document.ts'
import type { BrandBook } from '../../domain/enrichment/match/brand-book.ts'
import { IndexTally, type IndexVerdict } from '../../domain/enrichment/match/index-tally.ts'
import type { Dependencies } from '../dependencies.ts'
import { type EnrichmentContext, enrichmentContext } from './context.ts'

/** Products read or written in one statement. */
const batchSize = 5000

export interface IndexReading {
  /** Null: this index was read before. */
  kind: 'daily' | 'files' | null
  rows: number
  matched: number
}

export const createIndexActivities = (deps: Dependencies) => ({
  /**
   * Icecat's index of the night against the chosen products: those whose sheet is new or has changed are due. The daily one where nothing
   * was missed since the last, else the whole one. Begun again from its beginning when its worker dies; twice gives what once gives.
   */
  async readIcecatIndex(input: { connection: string; runId: string }): Promise<IndexReading> {
    const { sql } = deps
    const context = await enrichmentContext(deps, deps.connection(input.connection))
    const { name } = context.connection
    const signal = cancellationSignal()
    return context.icecat.inLane('bulk', signal, async (client) => {
      const language = context.mapping.neutral.text
      const daily = await client.openIndex('daily', language, signal)
      const generated = await indexGenerated(daily, `the daily index for ${name}`)
      const last = (await stateOf(sql, name))?.indexGenerated ?? null
      // An index that does not say when it was made tells nothing of what was missed: the whole one tells all.
      const kind = generated === null ? 'files' : indexToRead(last, generated)
      if (kind === null) return { kind, rows: 0, matched: 0 }
      const watched = await watchedProducts(deps, context)
      const tally = new IndexTally(watched.keys.length, keyOrder(context.mapping.match))
      const rows = await matchAll(client, {
        kind,
        language,
        watched,
        tally,
        asked: `the ${kind} index for ${name}`,
        signal,
      })
      const matched = await apply(deps, context, { run: BigInt(input.runId), watched, tally })
      await setIndexRead(sql, name, generated)
      return { kind, rows, matched }
    })
  },
})

/** Keys of the chosen products, and by the same places what the index is matched by. */
interface Watched {
  keys: string[]
  list: WatchList
}

async function watchedProducts(
  { sql }: Dependencies,
  { connection, lists }: EnrichmentContext,
): Promise<Watched> {
  const keys: string[] = []
  // Built page by page: a million products as objects would stand in memory beside what is built of them.
  const builder = new WatchListBuilder()
  for (let after = ''; ;) {
    const next = await nextWatched(sql, connection.name, after, batchSize)
    for (const { product, identifiers, icecatId } of next) {
      keys.push(product)
      builder.add(watchedProduct(identifiers, icecatId, lists.brands))
    }
    if (next.length < batchSize) return { keys, list: builder.build() }
    after = next.at(-1)?.product ?? after
  }
}

/** What the index is matched by. */
export function watchedProduct(
  identifiers: readonly Identifier[],
  icecatId: string | null,
  brands: BrandBook,
): WatchedProduct {
  const byCode = identifiers.find((identifier) => identifier.by === 'code')
  const given = identifiers.find((identifier) => identifier.by === 'icecatId')
  return {
    icecatId: given?.icecatId ?? icecatId,
    gtins: identifiers.flatMap((identifier) => (identifier.by === 'gtin' ? [identifier.gtin] : [])),
    brandId: byCode === undefined ? null : (brands.find(byCode.brand)?.id ?? null),
    code: byCode?.code ?? null,
  }
}

/** Keys in the order of the mapping; the id that matched before comes last. */
export const keyOrder = (rules: readonly MatchRule[]): IndexMatch['by'][] => [
  ...new Set<IndexMatch['by']>([...rules.map(({ by }) => by), 'icecatId']),
]

async function matchAll(
  client: IcecatClient,
  reading: {
    kind: 'daily' | 'files'
    language: string
    watched: Watched
    tally: IndexTally
    asked: string
    signal: AbortSignal
  },
): Promise<number> {
  const { kind, language, watched, tally, asked, signal } = reading
  const pieces = await client.openIndex(kind, language, signal)
  let rows = 0
  for await (const piece of matchIndex(pieces, watched.list, asked)) {
    rows += piece.rows
    for (const match of piece.matches) tally.add(match)
  }
  return rows
}

async function apply(
  { sql }: Dependencies,
  { connection, icecat }: EnrichmentContext,
  { run, watched, tally }: { run: bigint; watched: Watched; tally: IndexTally },
): Promise<number> {
  let matched = 0
  for (let from = 0; from < watched.keys.length; from += batchSize) {
    const verdicts = watched.keys
      .slice(from, from + batchSize)
      .map((product, index): { product: string } & IndexVerdict => ({
        product,
        ...tally.verdict(from + index),
      }))
    const told = verdicts.filter(({ kind: found }) => found !== 'none')
    if (told.length === 0) continue
    matched += told.length
    const awaited = verdicts.flatMap(({ product, kind: found }) =>
      found === 'nobody' ? [{ product, outcome: { kind: 'known' as const } }] : [],
    )
    await sql.begin(async (tx) => {
      await applyIndex(tx, connection.name, told)
      const now = new Date()
      const noted = await noteRequests(tx, connection.name, awaited, icecat.config.requests, now)
      await addCounted(tx, connection.name, run, requestsCounted(noted))
    })
  }
  return matched
}
