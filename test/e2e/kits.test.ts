import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { readMissingParts } from '../../activities/reading/read-parts.ts'
import { findRecords } from '../../connectors/hub/records.ts'
import { rejectionsOf } from '../../connectors/hub/rejections.ts'
import type { HubProduct } from '../../contracts/hub.ts'
import { productOf } from '../support/emptying.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy } from '../support/rewriting-proxy.ts'

const mapping = (whenIncomplete: 'wait' | 'skip-item') => `
version: 1
output: shop
channel: ecommerce
related: { X_SELL: crossSell }
kits: { PACK: { type: basic, whenIncomplete: ${whenIncomplete} } }
`
/** Of TRAVEL-SET: two bulbs. */
const part = 'BULB-E14'

let pipeline: Pipeline
afterEach(() => pipeline.close())

/** Loads the catalogue, then takes a part out of the hub as if nobody had ever read it, and edits the kit. */
async function withUnreadPart(options: PipelineOptions): Promise<void> {
  pipeline = await openPipeline(options)
  await pipeline.initializeCategories()
  await pipeline.load()
  const { sql } = pipeline.database
  const [{ id } = { id: '' }] = await sql<{ id: string }[]>`
    select id from source_record where stream = 'products' and code = ${part}`
  for (const table of ['source_record', 'hub_record', 'feed'] as const)
    await sql`delete from ${sql(table)} where id = ${id}`
  await sql`delete from reading where key = (select key from reading where stream = 'products' and key not in (
    select key from source_record where stream = 'products'))`
  // As the hub would have it, had the part never been there: the kit is made anew when it is read again.
  await sql`update source_record set hash = '' where stream = 'products' and code = 'TRAVEL-SET'`
}

/** Moves the kit's `updated`, so that a poll reads it. */
const touchKit = () =>
  pipeline.akeneo.edit([
    { resource: 'product', code: 'TRAVEL-SET', patch: { enabled: false } },
    { resource: 'product', code: 'TRAVEL-SET', patch: { enabled: true } },
  ])

const product = async (name: string) =>
  (await findRecords(pipeline.database.sql, pipeline.connection, name))[0] as HubProduct | undefined

describe('a kit with a part that the hub lacks', () => {
  it('goes out without it where the mapping says so, and gets it when it arrives', async () => {
    await withUnreadPart({ mappings: { shop: mapping('skip-item') } })
    touchKit()
    await pipeline.poll()
    const kit = await product('TRAVEL-SET')
    expect(kit).toMatchObject({ status: 'active', pending: [{ field: 'kit.components' }] })
    expect(kit?.kit?.components).toHaveLength(1)
    await pipeline.sync(part)
    await pipeline.poll()
    expect((await product('TRAVEL-SET'))?.kit?.components).toHaveLength(2)
  }, 60_000)

  it('is withheld where the mapping waits, with the part and what to do', async () => {
    await withUnreadPart({ mappings: { shop: mapping('wait') } })
    touchKit()
    await pipeline.poll()
    expect(await product('TRAVEL-SET')).toMatchObject({
      status: 'withheld',
      reasons: [{ code: 'kit-component-missing' }],
    })
  }, 60_000)

  it('has its part read by name where the connection creates missing bundle items', async () => {
    await withUnreadPart({
      mappings: { shop: mapping('wait') },
      settings: { products: { createMissingBundleItems: true } },
    })
    touchKit()
    await pipeline.poll()
    expect((await product(part))?.status).toBe('active')
    expect(await product('TRAVEL-SET')).toMatchObject({ status: 'active', kit: { type: 'basic' } })
    expect((await product('TRAVEL-SET'))?.kit?.components).toHaveLength(2)
  }, 60_000)

  it('has it read also where very many others wait, which have their turns before it', async () => {
    await withUnreadPart({
      mappings: { shop: mapping('wait') },
      settings: { products: { createMissingBundleItems: true } },
    })
    const { sql } = pipeline.database
    await sql`
      insert into waiting (connection, stream, key, reason)
      select connection, stream, key, 'related' from source_record where code = 'TRAVEL-SET'`
    await sql`
      insert into waiting (connection, stream, key, reason)
      select ${pipeline.connection}, 'products', '!' || n, 'related' from generate_series(1, 1000) as n`
    const { deps, connection } = pipeline
    const read = () =>
      new MockActivityEnvironment().run(() => readMissingParts(deps, deps.connection(connection)))
    expect([await read(), await read(), await read()]).toEqual([false, false, true])
    const parts = await sql`select 1 from source_record where stream = 'products' and code = ${part}`
    expect(parts).toHaveLength(1)
  }, 60_000)

  it('names the part as rejected where Akeneo does not show it either, and waits no longer', async () => {
    await withUnreadPart({
      mappings: { shop: mapping('skip-item') },
      settings: { products: { createMissingBundleItems: true } },
    })
    const { sql } = pipeline.database
    // Akeneo names a part that this user may not see: as a uuid that nobody answers to.
    await sql`
      update source_record set hash = '', source = jsonb_set(source,
        '{quantified_associations,PACK,products,0,uuid}', '"00000000-0000-4000-8000-000000000000"')
      where stream = 'products' and code = 'TRAVEL-SET'`
    await sql`
      insert into waiting (connection, stream, key, reason)
      select connection, stream, key, 'related' from source_record where code = 'TRAVEL-SET'`
    await pipeline.poll()
    const rejections = await rejectionsOf(sql, pipeline.connection)
    expect(rejections.map(({ reason }) => reason)).toContain('part-missing')
    expect((await product('TRAVEL-SET'))?.kit?.components).toHaveLength(1)
  }, 60_000)

  it('says of a part that nobody can read what is wrong with it', async () => {
    const behind = await openPipeline({ worker: false })
    const proxy = await rewritingProxy(behind.akeneo.url)
    try {
      await withUnreadPart({
        mappings: { shop: mapping('skip-item') },
        settings: {
          akeneo: { url: proxy.url, ...behind.akeneo.credentials },
          products: { createMissingBundleItems: true },
        },
      })
      proxy.rewrite = (path, body) =>
        path.includes('/products-uuid/') ? { ...(body as object), enabled: 'perhaps' } : undefined
      const { sql } = pipeline.database
      await sql`
        insert into waiting (connection, stream, key, reason)
        select connection, stream, key, 'related' from source_record where code = 'TRAVEL-SET'`
      await pipeline.poll()
      const { uuid } = productOf(behind.akeneo, part)
      const ofThePart = (await rejectionsOf(sql, pipeline.connection)).filter(({ key }) => key === uuid)
      expect(ofThePart).toMatchObject([{ reason: 'schema', field: 'enabled' }])
    } finally {
      await proxy.close()
      await behind.close()
    }
  }, 60_000)

  it('brings the part along when the kit is synced by hand', async () => {
    await withUnreadPart({ mappings: { shop: mapping('wait') } })
    await pipeline.sync('TRAVEL-SET')
    expect((await product('TRAVEL-SET'))?.kit?.components).toHaveLength(2)
  }, 60_000)
})
