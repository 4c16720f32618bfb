import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findRecords } from '../../connectors/hub/records.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { gate } from '../client/stubs.ts'
import { apiOf, type Item, itemOf } from '../simulator/api.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { type RewritingProxy, rewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

describe.each(['uuid', 'identifier'])(
  'a manual sync where products are asked for by %s',
  (productIdFormat) => {
    let pipeline: Pipeline
    beforeAll(async () => {
      pipeline = await openPipeline({ settings: { akeneo: { productIdFormat } } })
      await pipeline.load()
    }, 60_000)
    afterAll(() => pipeline.close())

    const find = async (name: string) =>
      (await findRecords(pipeline.database.sql, pipeline.connection, name))[0]
    const editNote = (text: string) =>
      pipeline.akeneo.edit([
        {
          resource: 'product',
          code: 'NL-DL7-W',
          patch: { values: { care_note: [{ locale: 'en_US', scope: null, data: text }] } },
        },
      ])

    it('carries one product by its SKU, in any letter case', async () => {
      editNote('by SKU')
      expect(await pipeline.sync('nl-dl7-w')).toMatchObject({ outcome: 'synced' })
      expect(await find('NL-DL7-W')).toMatchObject({
        attributes: { care_note: { values: { en_US: 'by SKU' } } },
      })
    })

    it('carries one product by its uuid', async () => {
      editNote('by uuid')
      const uuid = (await find('NL-DL7-W'))?.source.uuid ?? ''
      expect(await pipeline.sync(uuid)).toMatchObject({ outcome: 'synced' })
      expect(await find('NL-DL7-W')).toMatchObject({
        attributes: { care_note: { values: { en_US: 'by uuid' } } },
      })
    })

    it('carries a model with all its variants by the code of the model', async () => {
      const group = await rootWithVariants(pipeline)
      const [category] = await pipeline.database.sql<{ code: string }[]>`
      select code from source_record where stream = 'categories' order by code desc limit 1`
      pipeline.akeneo.edit([
        { resource: 'product-model', code: group.code, patch: { categories: [category?.code] } },
      ])
      expect(await pipeline.sync(group.code)).toMatchObject({ outcome: 'synced' })
      expect(await find(group.code)).toMatchObject({ kind: 'group', categories: [category?.code] })
      for (const sku of group.variants)
        expect(await find(sku)).toMatchObject({ categories: [category?.code] })
    })

    it('says that Akeneo knows nothing of that name', async () => {
      expect(await pipeline.sync('no-such-thing')).toMatchObject({ outcome: 'not found', published: [] })
    })

    it('says why a record is refused, and what to do', async () => {
      const report = await pipeline.sync('NL-404')
      expect(report.outcome).toBe('rejected')
      expect(report.text).toContain('STONE')
      expect(report.text).toContain('pimflow rejections retry')
    })
  },
)

describe('a manual sync of what is no plain product', () => {
  let pipeline: Pipeline
  let proxy: RewritingProxy
  beforeAll(async () => {
    proxy = await rewritingProxy()
    pipeline = await openPipeline({ settings: { akeneo: { url: proxy.url } } })
    proxy.target = pipeline.akeneo.url
    await pipeline.load()
  }, 60_000)
  afterAll(async () => {
    await pipeline.close()
    await proxy.close()
  })

  it('says in what group a sub-model stands', async () => {
    const report = await pipeline.sync('jacket_fell_sage')
    expect(report).toMatchObject({ outcome: 'synced' })
    expect(report.text).toContain('jacket_fell_sage is part of the group jacket_fell, which stands in')
    expect(report.published).toHaveLength(1)
  })

  it('carries both a product and a model of one name', async () => {
    const api = await apiOf(pipeline.akeneo)
    expect((await api.post('/products', { identifier: 'jacket_fell', family: 'lamps' })).status).toBe(201)
    const report = await pipeline.sync('jacket_fell')
    expect(report.text).toMatch(/^product jacket_fell stands in .*; group jacket_fell stands in/)
    expect(report.published).toHaveLength(2)
  })

  it.each([
    ['product', 'NL-DL7-W'],
    ['model', 'jacket_fell_navy'],
  ])('says of a %s that nobody can read what is wrong with it', async (_what, name) => {
    const broken = (item: Item) => ({ ...item, created: 7, categories: 'none' })
    proxy.rewrite = (path, body) => {
      if (path.includes('/products-uuid/') || path.endsWith(`/product-models/${name}`))
        return broken(body as Item)
      if (!path.endsWith('/products-uuid')) return undefined
      const { _embedded: list, ...page } = body as { _embedded: { items: Item[] } }
      return { ...page, _embedded: { items: list.items.map(broken) } }
    }
    const report = await pipeline.sync(name)
    proxy.rewrite = () => undefined
    expect(report.outcome).toBe('rejected')
    expect(report.text).toContain('does not fit what its API documents')
  })
})

describe('a manual sync into a hub that lacks what the product needs', () => {
  it('brings a variant’s category, models and group with it', async () => {
    const pipeline = await openPipeline()
    try {
      await pipeline.load()
      const group = await rootWithVariants(pipeline)
      const [variant = ''] = group.variants
      // As if the hub had never seen any of them.
      const { sql } = pipeline.database
      await sql`delete from hub_record where kind in ('group', 'product', 'category')`
      await sql`delete from source_record where stream in ('product-models', 'products', 'categories')`
      await sql`delete from reading`
      expect(await pipeline.sync(variant)).toMatchObject({ outcome: 'synced' })
      const [record] = await findRecords(sql, pipeline.connection, variant)
      expect(record).toMatchObject({ kind: 'product', sku: variant })
      const [parent] = await findRecords(sql, pipeline.connection, group.code)
      expect(record).toMatchObject({ groupId: parent?.id })
    } finally {
      await pipeline.close()
    }
  }, 60_000)
})

describe('a manual sync beside a running load', () => {
  it('waits for at most one call of it', async () => {
    const proxy = await rewritingProxy()
    const pipeline = await openPipeline({
      settings: { akeneo: { url: proxy.url, throttle: { concurrency: 1 } } },
    })
    proxy.target = pipeline.akeneo.url
    // The load is inside its call until a person waits.
    const personWaits = gate()
    let isReading = false
    proxy.hold = ({ pathname }) => {
      if (!pathname.endsWith('/attributes')) return undefined
      isReading = true
      return personWaits.opened
    }
    try {
      const { client, connection, taskQueue, akeneo, database } = pipeline
      await client.workflow.start(workflowTypes.pollProducts, {
        workflowId: workflowId(connection, 'load-products'),
        taskQueue,
        args: [{ connection, mode: 'full' }],
      })
      await until(() => Promise.resolve(isReading), 'the load is reading')
      akeneo.resetRequests()
      const asking = pipeline.deps
        .connection(connection)
        .akeneo.inLane('live', new AbortController().signal, (calls) => calls.readOne('categories', 'master'))
      await until(
        async () => (await database.sql`select 1 from lane_request`).length === 1,
        'the person waits',
      )
      personWaits.open()
      await asking
      const paths = akeneo.requests().map(({ path }) => path)
      expect(paths.findIndex((path) => path.endsWith('/categories/master'))).toBe(1)
      await client.workflow.getHandle(workflowId(connection, 'load-products')).terminate()
    } finally {
      await pipeline.close()
      await proxy.close()
    }
  }, 60_000)
})

describe('a manual sync beside a running load, of a product that was made anew', () => {
  it('takes the hub record over, and waits for at most one call of the load at a time', async () => {
    const proxy = await rewritingProxy()
    const pipeline = await openPipeline({
      settings: { akeneo: { url: proxy.url, throttle: { concurrency: 1 } } },
    })
    proxy.target = pipeline.akeneo.url
    const { client, connection, taskQueue, akeneo, database } = pipeline
    let isOver = false
    try {
      await pipeline.load()
      const hubId = async () => (await findRecords(database.sql, connection, 'BULB-E14'))[0]?.id
      const before = await hubId()
      const api = await apiOf(akeneo)
      const { uuid: _uuid, _links, ...product } = itemOf(await api.get('/products/BULB-E14'))
      expect((await api.delete('/products/BULB-E14')).status).toBe(204)
      expect((await api.post('/products', product)).status).toBe(201)
      // The load is inside a call whenever no person waits.
      let isReading = false
      const personWaits = async () => isOver || (await database.sql`select 1 from lane_request`).length > 0
      proxy.hold = ({ pathname }) => {
        if (!structure.test(pathname)) return undefined
        isReading = true
        return until(personWaits, 'a person waits')
      }
      const load = workflowId(connection, 'load-products')
      await client.workflow.start(workflowTypes.pollProducts, {
        workflowId: load,
        taskQueue,
        args: [{ connection, mode: 'full' }],
      })
      await until(() => Promise.resolve(isReading), 'the load is reading')
      akeneo.resetRequests()
      expect(await pipeline.sync('BULB-E14')).toMatchObject({ outcome: 'synced' })
      const calls = akeneo.requests().map(({ path }) => (structure.test(path) ? 'load' : 'person'))
      expect(await hubId()).toBe(before)
      const { events } = await client.workflow
        .getHandle(workflowId(connection, 'sync', 'BULB-E14'))
        .fetchHistory()
      const attempts = events?.flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? [])
      expect(attempts).toEqual([1])
      const ofThePerson = calls.filter((who) => who === 'person')
      expect(calls.length).toBeGreaterThan(ofThePerson.length)
      expect(calls.join(' ')).not.toMatch(/load load person/)
      await client.workflow.getHandle(load).terminate()
    } finally {
      isOver = true
      await pipeline.close()
      await proxy.close()
    }
  }, 60_000)
})

/** What a load reads first and a sync of a product does not. */
const structure =
  /\/(channels|locales|currencies|measurement-families|association-types|attribute-groups|attributes|options|families|variants)$/

async function rootWithVariants({
  database: { sql },
}: Pipeline): Promise<{ code: string; variants: string[] }> {
  const [row] = await sql<{ code: string; variants: string[] }[]>`
    select m.code, array_agg(v.code order by v.code) as variants
    from source_record m join source_record v on v.stream = 'products' and v.parent = m.code
    where m.stream = 'product-models' and m.parent is null group by m.code order by m.code limit 1`
  if (!row) throw new Error('The catalogue has no model with direct variants')
  return row
}
