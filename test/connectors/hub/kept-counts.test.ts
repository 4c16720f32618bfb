import { beforeEach, expect, it } from 'vitest'
import { type CountsAsked, enrichmentCounts } from '../../../connectors/hub/enrichment/kept-counts.ts'
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()

/** How many products are counted; whatever counting takes, it is long. */
const chosen = async (asked: CountsAsked = {}) =>
  (await enrichmentCounts(hub.sql, hub.connection, { longMs: 0, ...asked })).counts.sight.chosen
const add = (product: string) => hub.sql`
  insert into enrichment_product (connection, product, identifiers, outcome, family)
  values (${hub.connection}, ${product}, '[]', 'enriched', 'tvs')`
/** The counts that are kept took so long, so long ago. */
const keptAre = (tookMs: number, minutes: number) => hub.sql`
  update enrichment_kept_counts set took_ms = ${tookMs}, counted_at = now() - make_interval(mins => ${minutes})
  where connection = ${hub.connection}`
const daily = async (minutesAgo: number, isOver: boolean, mode = 'daily') => {
  const [run] = await hub.sql<{ id: bigint }[]>`
    insert into run (connection, process, mode, workflow_id, workflow_run_id, started_at, finished_at)
    values (${hub.connection}, 'enrich', ${mode}, 'w', gen_random_uuid()::text, now() - make_interval(mins => ${minutesAgo}),
      ${isOver ? hub.sql`now()` : null}) returning id`
  return run?.id ?? 0n
}

beforeEach(async () => {
  await add('a')
  expect(await chosen()).toBe(1)
  await add('b')
})

it('what took long is shown as it was counted, with the time of that, and by family and locale too', async () => {
  await hub.sql`
    insert into enrichment_value (connection, stream, key, place, attribute, locale, sent, product)
    values (${hub.connection}, 'products', 'b', 'name en_US ', 'name', 'en_US', '"Lamp"', 'b')`
  await keptAre(30_000, 300)
  const kept = await enrichmentCounts(hub.sql, hub.connection)
  expect(kept.at.getTime()).toBeLessThan(Date.now() - 299 * 60_000)
  expect(kept.counts).toMatchObject({
    sight: { chosen: 1, outcomes: [{ name: 'enriched', count: 1 }] },
    families: [{ name: 'tvs', outcome: 'enriched', count: 1 }],
    coverage: [],
  })
  await keptAre(30_000, 26 * 60)
  const fresh = await enrichmentCounts(hub.sql, hub.connection, { longMs: 0 })
  expect(fresh.counts).toMatchObject({
    sight: { chosen: 2, values: 1 },
    coverage: [{ family: 'tvs', locale: 'en_US', products: 1 }],
  })
})

it('what is counted in no time is counted each time, and not kept', async () => {
  await keptAre(0, 26 * 60)
  expect(await chosen({ longMs: 60_000 })).toBe(2)
  expect(await hub.sql`select from enrichment_kept_counts where connection = ${hub.connection}`).toHaveLength(
    0,
  )
})

it('a daily run that has ended since makes counts old; one under way, or one after a poll, does not', async () => {
  await keptAre(30_000, 60)
  await daily(90, true)
  await daily(30, false)
  await daily(30, true, 'queued')
  expect(await chosen()).toBe(1)
  await daily(30, true)
  expect(await chosen()).toBe(2)
})

it('a daily run that ends has it counted, unless that would be most of what is done', async () => {
  await keptAre(30_000, 60)
  const ending = await daily(30, false)
  expect(await chosen()).toBe(1)
  // Counted since it began.
  await keptAre(30_000, 20)
  expect(await chosen({ ending })).toBe(1)
  // A twentieth of the time: ten minutes for what took thirty seconds.
  const other = await daily(5, false)
  await keptAre(30_000, 9)
  expect(await chosen({ ending: other })).toBe(1)
  await keptAre(30_000, 11)
  expect(await chosen({ ending: other })).toBe(2)
})
