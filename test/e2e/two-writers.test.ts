import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { publishingContext } from '../../activities/publishing/context.ts'
import { storePage } from '../../activities/publishing/store-page.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const trials = 1000
const skus = ['NL-DL7-W', 'NL-DL7-B']

describe('a poll and a manual sync of the same records', () => {
  let pipeline: Pipeline
  beforeAll(async () => {
    // Without the spacing of calls, which this is not about.
    pipeline = await openPipeline({ settings: { akeneo: { throttle: { perSecond: 10_000 } } } })
    await pipeline.load()
  }, 60_000)
  afterAll(() => pipeline.close())

  it(`leave no stale row, with edits in between, in ${trials} trials`, async () => {
    const { deps, connection, akeneo, database } = pipeline
    const runtime = deps.connection(connection)
    const context = await publishingContext(database.sql, runtime, null)
    const write = (read: Read) =>
      database.sql.begin((tx) =>
        storePage(
          tx,
          connection,
          context,
          { stream: 'products', broken: [], ...read },
          { sweepVariants: false },
        ),
      )
    const keys = await keysOf(pipeline)
    let reorderings = 0
    let stale = 0

    const inLane = (work: (calls: AkeneoCalls) => Promise<void>) =>
      runtime.akeneo.inLane('bulk', new AbortController().signal, work)
    await inLane((poll) =>
      inLane(async (sync) => {
        for (let trial = 0; trial < trials; trial++) {
          edit(pipeline, trial % 2 === 0 ? 'left' : `right ${trial}`)
          const first = await pageOf(poll, keys)
          // Back to what the hub may hold already, so that the newer read can look like no change.
          const last = trial % 2 === 0 ? `right ${trial}` : 'left'
          edit(pipeline, last)
          const second = await recordsOf(sync, keys)
          const late = trial % 3 === 0
          if (late) {
            reorderings++
            await write(second)
            await write(first)
          } else {
            await Promise.all([write(first), write(second)])
          }
          stale += await countStale(pipeline, keys, last)
        }
      }),
    )
    expect(akeneo.counters().peakConcurrent).toBeLessThanOrEqual(4)
    expect(reorderings).toBeGreaterThan(trials / 4)
    expect(stale).toBe(0)
  }, 180_000)
})

interface Read {
  items: unknown[]
  ticket: bigint
}

async function pageOf(calls: AkeneoCalls, keys: string[]): Promise<Read> {
  const search = { uuid: [{ operator: 'IN', value: keys }] }
  const { items, ticket } = await calls.readPage('products', { cursor: null, query: { search } })
  return { items, ticket }
}

/** As a sync reads: record by record; the first one's ticket counts for all, as the older of them. */
async function recordsOf(calls: AkeneoCalls, keys: string[]): Promise<Read> {
  const reads = []
  for (const key of keys) reads.push(await calls.readOne('products', key))
  return { items: reads.map(({ item }) => item), ticket: reads[0]?.ticket ?? 0n }
}

function edit({ akeneo }: Pipeline, text: string): void {
  akeneo.edit(
    skus.map((code) => ({
      resource: 'product' as const,
      code,
      patch: { values: { care_note: [{ locale: 'en_US', scope: null, data: text }] } },
    })),
  )
}

async function keysOf({ database: { sql } }: Pipeline): Promise<string[]> {
  const rows = await sql<{ key: string }[]>`
    select key from source_record where stream = 'products' and code = any(${skus}) order by key`
  return rows.map(({ key }) => key)
}

/** Rows, stored or published, that differ from what the last edit of the trial left in Akeneo. */
async function countStale({ database: { sql } }: Pipeline, keys: string[], last: string): Promise<number> {
  const rows = await sql<{ stored: string; published: string }[]>`
    select jsonb_path_query_first(s.source, '$.values.care_note[*] ? (@.locale == "en_US").data') #>> '{}' as stored,
      h.body -> 'attributes' -> 'care_note' -> 'values' ->> 'en_US' as published
    from source_record s join hub_record h on h.connection = s.connection and h.id = s.id
    where s.stream = 'products' and s.key = any(${keys}) order by s.key`
  return rows.filter(({ stored, published }) => stored !== last || published !== last).length
}
