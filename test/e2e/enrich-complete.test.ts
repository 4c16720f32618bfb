import { afterEach, expect, it } from 'vitest'
import { dataAt, icecatOf, loadedPipeline, northlampMapping, productOf } from '../support/icecat-shop.ts'
import type { Pipeline } from '../support/pipeline.ts'

const open: Pipeline[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((pipeline) => pipeline.close()))
})

const lamp = 'NL-DL9-B'
const lampsSheet = '900000125'

it('a product that was chosen because it was incomplete is kept current when Icecat has made it complete', async () => {
  const filter = 'products: { enabled: true, complete: { below: 100, channel: ecommerce, locales: [en_US] } }'
  const mapping = northlampMapping.replace('products: { enabled: true }', filter)
  const pipeline = await loadedPipeline({ icecat: { mapping } }, (started) => {
    open.push(started)
    return Promise.resolve()
  })
  const { sql } = pipeline.deps
  const completeness = async () => {
    const [row] = await sql<{ data: string }[]>`
      select c ->> 'data' as data from source_record, jsonb_array_elements(source -> 'completenesses') c
      where code = ${lamp} and c ->> 'scope' = 'ecommerce' and c ->> 'locale' = 'en_US'`
    return Number(row?.data)
  }
  expect(await completeness()).toBeLessThan(100)
  await pipeline.enrich()
  expect(await completeness()).toBe(100)
  const [chosen] = await sql<{ full: number }[]>`
    select count(*)::int as full from enrichment_product p
    join source_record s on s.connection = p.connection and s.stream = 'products' and s.key = p.product
    where p.fetched_at is null and s.source -> 'completenesses' @> ${sql.json([{ scope: 'ecommerce', locale: 'en_US', data: 100 }])}`
  expect(chosen).toEqual({ full: 0 })

  icecatOf(pipeline).edit({ id: lampsSheet, values: { 445: '9' } })
  icecatOf(pipeline).generateIndex()
  await pipeline.enrich()
  expect(dataAt(await productOf(pipeline, lamp), 'power')).toMatchObject({ amount: 9 })
}, 180_000)
