import { beforeEach, describe, expect, it } from 'vitest'
import {
  addCounted,
  addCounts,
  countsByDay,
  countsByRun,
  countsOf,
} from '../../../connectors/hub/enrichment/counts.ts'
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()

it('counts add up', async () => {
  await addCounts(hub.sql, 77n, { lines: 2, refused: 0 })
  await addCounts(hub.sql, 77n, { lines: 3, bytes: 5_000_000_000 })
  expect(await countsOf(hub.sql, 77n)).toEqual({ lines: 5, bytes: 5_000_000_000 })
})

describe('what a run did', () => {
  const brand = 'B'.repeat(9000)
  beforeEach(async () => {
    await hub.sql`
      insert into enrichment_product (connection, product, identifiers, brand, family)
      values (${hub.connection}, 'a', '[]', 'LG', 'tvs'), (${hub.connection}, 'b', '[]', ${brand}, null)`
  })
  const begin = async (at: string) => {
    const [run] = await hub.sql<{ id: bigint }[]>`
      insert into run (connection, process, mode, workflow_id, workflow_run_id, started_at)
      values (${hub.connection}, 'enrich', 'daily', 'w', ${at}, ${at}::text::timestamptz) returning id`
    return run?.id ?? 0n
  }
  const place = 'name en_US ecommerce'

  it('is summed, and by brand, family, locale, attribute and reason, for each day', async () => {
    const add = (run: bigint, ...counted: Parameters<typeof addCounted>[3]) =>
      hub.sql.begin((tx) => addCounted(tx, hub.connection, run, counted, { sheets: 1 }))
    const [first, second] = [await begin('2026-11-02T06:00:00Z'), await begin('2026-11-02T23:59:00Z')]
    await add(
      first,
      { name: 'enriched', product: 'a' },
      { name: 'kept', product: 'a', place, reason: 'edited' },
      { name: 'kept', product: 'a', place: 'weight  ', reason: 'foreign' },
      { name: 'kept', product: 'b', place, reason: 'edited' },
    )
    await add(second, { name: 'enriched', product: 'b' }, { name: 'bytes', n: 5_000_000_000, product: 'a' })
    await add(second, { name: 'gone', product: 'left' }, { name: 'gone', product: null, place: '' })
    expect(await countsOf(hub.sql, first)).toEqual({ enriched: 1, kept: 3, sheets: 1 })
    expect(await countsByDay(hub.sql, hub.connection)).toEqual([
      {
        day: '2026-11-02',
        runs: 2,
        counts: { enriched: 2, kept: 3, bytes: 5_000_000_000, gone: 2, sheets: 3 },
        by: {
          brand: [
            { part: '', counts: { gone: 2 } },
            { part: brand.slice(0, 200), counts: { enriched: 1, kept: 1 } },
            { part: 'LG', counts: { enriched: 1, kept: 2, bytes: 5_000_000_000 } },
          ],
          family: [
            { part: '', counts: { enriched: 1, kept: 1, gone: 2 } },
            { part: 'tvs', counts: { enriched: 1, kept: 2, bytes: 5_000_000_000 } },
          ],
          locale: [
            { part: '', counts: { kept: 1 } },
            { part: 'en_US', counts: { kept: 2 } },
          ],
          attribute: [
            { part: 'name', counts: { kept: 2 } },
            { part: 'weight', counts: { kept: 1 } },
          ],
          reason: [
            { part: 'edited', counts: { kept: 2 } },
            { part: 'foreign', counts: { kept: 1 } },
          ],
        },
      },
    ])
    expect(await countsByRun(hub.sql, hub.connection)).toMatchObject([
      { run: String(second), counts: { enriched: 1, gone: 2, sheets: 2 }, by: { locale: [], reason: [] } },
      {
        run: String(first),
        startedAt: new Date('2026-11-02T06:00:00Z'),
        outcome: null,
        counts: { enriched: 1, kept: 3, sheets: 1 },
        by: { attribute: [{ part: 'name', counts: { kept: 2 } }, { part: 'weight' }] },
      },
    ])
  })
})
