import { onTestFinished, expect, it } from 'vitest'
import { createChooseActivities } from '../../activities/enrichment/choose.ts'
import { createStructureActivities } from '../../activities/read-structure.ts'
import { startIcecat } from '../../simulator/icecat/index.ts'
import { apiOf } from '../simulator/api.ts'
import { enriching } from '../support/enriching.ts'

/** A hub that finds products by their brand's label, in one category and below. */
async function shop() {
  const icecat = await startIcecat({ catalogue: 'examples/icecat' })
  onTestFinished(() => icecat.close())
  const hub = await enriching({
    icecat,
    mapping: (text) =>
      text
        .replace('products: { enabled: true }', 'products: { categories: [lamps] }')
        .replace('  - { gtin: [ean] }\n', ''),
  })
  const { sql, connection, deps, akeneo, runId } = hub
  const api = await apiOf(akeneo)
  /** Who is to be looked at, by reason; everybody has been when it ends. */
  const choose = async () => {
    akeneo.resetRequests()
    await hub.inActivity(() => createChooseActivities(deps).chooseProducts({ connection }))
    expect(akeneo.requests()).toEqual([])
    const due = await sql<{ due: string; codes: string[] }[]>`
      select p.due, array_agg(s.code order by s.code) as codes from enrichment_product p
      join source_record s on s.connection = p.connection and s.stream = 'products' and s.key = p.product
      where p.due is not null group by 1`
    await sql`update enrichment_product set due = null, due_at = null`
    return Object.fromEntries(due.map(({ due, codes }) => [due, codes]))
  }
  /** A person's change, and the night's reading of lists. */
  const change = async (path: string, body: unknown) => {
    expect((await api.patch(path, body)).status).toBeLessThan(300)
    await sql`update structure_version set complete_at = complete_at - interval '1 day'`
    await hub.inActivity(() =>
      createStructureActivities(deps).readStructure({ connection, runId, categories: true }),
    )
  }
  const codes = async (where: { brand?: string; category?: string } = {}) => {
    const rows = await sql<{ code: string }[]>`
      select s.code from enrichment_product p
      join source_record s on s.connection = p.connection and s.stream = 'products' and s.key = p.product
      where (${where.brand ?? null}::text is null or s.source -> 'values' -> 'brand' -> 0 ->> 'data' = ${where.brand ?? null}::text)
        and (${where.category ?? null}::text is null or s.source -> 'categories' ? ${where.category ?? null}::text)
      order by 1`
    return rows.map(({ code }) => code)
  }
  return { choose, change, codes }
}

it('products are found by another label of their brand, and by no other change', async () => {
  const { choose, change, codes } = await shop()
  expect(Object.keys(await choose())).toEqual(['new'])
  const northlamps = await codes({ brand: 'northlamp' })
  expect(northlamps.length).toBeGreaterThan(3)
  expect(await choose()).toEqual({})

  await change('/attributes/brand/options/northlamp', { labels: { en_US: 'Oakline' } })
  expect(await choose()).toEqual({ identifiers: northlamps })
  expect(await choose()).toEqual({})

  // In another locale than the one that is the name.
  await change('/attributes/brand/options/northlamp', { labels: { de_DE: 'Nordlampe' } })
  expect(await choose()).toEqual({})
})

it('products of a category that moves below a chosen one come, and leave with it', async () => {
  const { choose, change, codes } = await shop()
  await choose()
  const all = await codes()
  const desk = await codes({ category: 'desk_lamps' })
  const onlyThere = new Set(desk)
  for (const code of await codes({ category: 'floor_lamps' })) onlyThere.delete(code)
  expect(onlyThere.size).toBeGreaterThan(0)

  await change('/categories/desk_lamps', { parent: 'sales' })
  expect(await choose()).toEqual({})
  const rest = await codes()
  expect(all.filter((code) => !rest.includes(code))).toEqual([...onlyThere])

  await change('/categories/desk_lamps', { parent: 'lamps' })
  expect(await choose()).toEqual({ new: [...onlyThere] })
  expect(await codes()).toEqual(all)
})
