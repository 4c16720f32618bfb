import { afterEach, describe, expect, it } from 'vitest'
import { findRecords, lastSeq } from '../../connectors/hub/records.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

interface Item {
  code: string
  [field: string]: unknown
}

/** A loaded pipeline whose Akeneo can be made to answer with another structure, without any product changing. */
async function loadedBehindProxy(): Promise<{ pipeline: Pipeline; proxy: RewritingProxy }> {
  const behind = await openPipeline({ worker: false })
  opened.push(() => behind.close())
  const proxy = await rewritingProxy(behind.akeneo.url)
  opened.push(() => proxy.close())
  const pipeline = await openPipeline({
    settings: { akeneo: { url: proxy.url, ...behind.akeneo.credentials } },
  })
  opened.push(() => pipeline.close())
  await pipeline.load()
  return { pipeline, proxy }
}

const eachItem = (body: unknown, change: (item: Item) => Item): unknown => {
  const { _embedded: embedded, ...rest } = body as { _embedded?: { items: Item[] } }
  return embedded ? { ...rest, _embedded: { items: embedded.items.map(change) } } : change(body as Item)
}

/** What the next poll would read in an hour at the latest. */
const forgetLists = ({ database: { sql } }: Pipeline) => sql`delete from list_reading`

/** The options of brand, each with another label. */
const otherLabels: RewritingProxy['rewrite'] = (path, body) =>
  path.endsWith('/brand/options')
    ? eachItem(body, (item) => ({
        ...item,
        labels: { ...(item['labels'] as object), en_US: `${item.code}!` },
      }))
    : undefined

describe('structure that changes without moving any product', () => {
  it('carries a new label of an option into the dictionary, and rewrites no product', async () => {
    const { pipeline, proxy } = await loadedBehindProxy()
    const { sql } = pipeline.database
    proxy.rewrite = otherLabels
    await forgetLists(pipeline)
    const before = await lastSeq(sql, pipeline.connection, 'ecommerce')
    await readLists(pipeline)
    const kinds = await sql<{ kind: string }[]>`select distinct kind from feed where seq > ${before}::bigint`
    expect(kinds.map(({ kind }) => kind)).toEqual(['attribute'])
    const [brand] = await findRecords(sql, pipeline.connection, 'brand')
    expect(JSON.stringify(brand)).toContain('northlamp!')
  }, 60_000)

  it('carries it with a full load, however young the last reading is', async () => {
    const { pipeline, proxy } = await loadedBehindProxy()
    proxy.rewrite = otherLabels
    await pipeline.load()
    const [brand] = await findRecords(pipeline.database.sql, pipeline.connection, 'brand')
    expect(JSON.stringify(brand)).toContain('northlamp!')
  }, 60_000)

  it('goes on when an attribute whose options are due to be read is gone', async () => {
    const { pipeline } = await loadedBehindProxy()
    await pipeline.database.sql`
      insert into source_record (connection, stream, key, code, ticket, hash, source)
      select connection, stream, 'was_deleted', 'was_deleted', ticket, hash, jsonb_set(source, '{code}', '"was_deleted"')
      from source_record where stream = 'attributes' and code = 'brand'`
    await forgetLists(pipeline)
    await readLists(pipeline)
  }, 60_000)

  it('asks once for an option that exists nowhere, and carries the value all the same', async () => {
    const { pipeline, proxy } = await loadedBehindProxy()
    const { sql } = pipeline.database
    proxy.rewrite = (path, body) =>
      path.includes('/products-uuid')
        ? eachItem(body, (item) => {
            const values = item['values'] as Record<string, unknown>
            const brand = [{ locale: null, scope: null, data: 'nobody' }]
            return isLamp(values) ? { ...item, values: { ...values, brand } } : item
          })
        : undefined
    await pipeline.sync('NL-DL7-W')
    await pipeline.poll()
    const [record] = await findRecords(sql, pipeline.connection, 'NL-DL7-W')
    expect(record).toMatchObject({ attributes: { brand: { value: 'nobody' } } })
    expect(await sql`select 1 from structure_request`).toHaveLength(0)
    const before = pipeline.akeneo.requests().length
    await pipeline.poll()
    const asked = pipeline.akeneo.requests().slice(before)
    expect(asked.filter(({ path }) => path.endsWith('/brand/options'))).toHaveLength(0)
  }, 60_000)

  it('names products anew when their family has another label attribute', async () => {
    const { pipeline, proxy } = await loadedBehindProxy()
    const { sql } = pipeline.database
    proxy.rewrite = (path, body) =>
      /\/families(\/lamps)?$/.test(path)
        ? eachItem(body, (item) => (item.code === 'lamps' ? { ...item, attribute_as_label: 'sku' } : item))
        : undefined
    // A family's `updated` moves with such a change; the proxy cannot move it, so the whole list is asked for.
    await sql`update watermark set at = at - interval '10 years'`
    await pipeline.poll()
    const [record] = await findRecords(sql, pipeline.connection, 'NL-DL7-W')
    expect(record).toMatchObject({ name: { en_US: 'NL-DL7-W' } })
  }, 60_000)

  it('reads an attribute that a product shows before the structure was read again, and carries its value', async () => {
    const { pipeline } = await loadedBehindProxy()
    const { sql } = pipeline.database
    // As if the attribute had been created after the last look at the structure.
    await sql`delete from source_record where stream = 'attributes' and code = 'care_note'`
    await sql`delete from reading where stream = 'attributes' and key = 'care_note'`
    await sql`update structure_version set version = version + 1`
    await sql`update hub_record set hash = '\\x00' where code = 'NL-DL7-W'`
    await sql`update source_record set hash = '\\x00' where code = 'NL-DL7-W'`
    await pipeline.sync('NL-DL7-W')
    await pipeline.poll()
    const [record] = await findRecords(sql, pipeline.connection, 'NL-DL7-W')
    expect(record).toMatchObject({ attributes: { care_note: { values: { en_US: 'Dry cloth only' } } } })
  }, 60_000)
})

const isLamp = (values: Record<string, unknown>) =>
  (values['sku'] as { data: string }[] | undefined)?.[0]?.data === 'NL-DL7-W'

/** Ten lists are read with each poll: as many polls as it takes. */
async function readLists(pipeline: Pipeline): Promise<void> {
  for (;;) {
    await pipeline.poll()
    const [row] = await pipeline.database.sql<{ n: number }[]>`
      select count(*)::int as n from list_reading where stream = 'attribute-options' and parent = 'brand'`
    if ((row?.n ?? 0) > 0) return
  }
}
