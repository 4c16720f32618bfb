import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WorkflowFailedError } from '@temporalio/client'
import { afterEach, describe, expect, it } from 'vitest'
import { findRecords, recordsOf } from '../../connectors/hub/records.ts'
import { rejectionsOf } from '../../connectors/hub/rejections.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function pipelineWith(options: PipelineOptions = {}): Promise<Pipeline> {
  const pipeline = await openPipeline(options)
  opened.push(() => pipeline.close())
  return pipeline
}

/** What a person reads in the web UI: the first line of the innermost failure. */
async function failureOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof WorkflowFailedError)) throw new Error('The workflow did not fail')
  let cause: Error | undefined = error
  while (cause.cause instanceof Error) cause = cause.cause
  return cause.message
}

const products = async ({ database, connection }: Pipeline) => {
  let count = 0
  for await (const record of recordsOf(database.sql, connection, 'ecommerce'))
    if (record.kind === 'product') count++
  return count
}

describe('what a person reads when Akeneo cannot be used', () => {
  it('names the credentials to correct when Akeneo refuses them', async () => {
    const pipeline = await pipelineWith({ settings: { akeneo: { password: 'wrong' } } })
    expect(await failureOf(pipeline.initializeCategories())).toMatch(/^.*(username|password).*$/im)
  })

  it('says that an address is no Akeneo', async () => {
    const server = createServer((_request, response) => response.end('<html><title>Welcome</title></html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.push(() => new Promise((resolve) => server.close(() => resolve())))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const pipeline = await pipelineWith({ settings: { akeneo: { url } } })
    expect(await failureOf(pipeline.initializeCategories())).toMatch(/Akeneo/)
  })

  it('keeps trying an address that does not answer, and says which on the pending activity', async () => {
    const pipeline = await pipelineWith({ settings: { akeneo: { url: 'http://127.0.0.1:9' } } })
    const handle = await pipeline.client.workflow.start(workflowTypes.initializeCategories, {
      workflowId: workflowId(pipeline.connection, 'initialize-categories'),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: pipeline.connection }],
    })
    const lastFailure = async () => {
      const { raw } = await handle.describe()
      return raw.pendingActivities?.[0]?.lastFailure?.message ?? ''
    }
    await until(async () => (await lastFailure()) !== '', 'the activity has failed once')
    expect(await lastFailure()).toContain('127.0.0.1:9')
    await handle.terminate()
  })

  it('lists the connections that exist when one is not known', async () => {
    const pipeline = await pipelineWith()
    const run = pipeline.client.workflow.execute(workflowTypes.pollProducts, {
      workflowId: workflowId('nobody', 'poll-products', pipeline.taskQueue),
      taskQueue: pipeline.taskQueue,
      args: [{ connection: 'nobody' }],
    })
    expect(await failureOf(run)).toContain(pipeline.connection)
  })

  it('refuses to read products while the search time zone is another, and names the setting', async () => {
    const pipeline = await pipelineWith({ akeneo: { timezone: 'Asia/Tokyo' } })
    const failure = await failureOf(pipeline.load())
    expect(failure).toContain('akeneo.searchTimeZone')
    const right = await pipelineWith({
      akeneo: { timezone: 'Asia/Tokyo' },
      settings: { akeneo: { searchTimeZone: 'Asia/Tokyo' } },
    })
    expect((await right.load()).outcome).toMatch(/^done/)
  }, 60_000)

  it('names the right that is missing', async () => {
    const pipeline = await pipelineWith()
    pipeline.akeneo.fault({ path: '/api/rest/v1/families', status: 403 })
    expect(await failureOf(pipeline.initializeCategories())).toMatch(/famil/i)
  })
})

describe('what one bad record does to the others', () => {
  it.each(['uuid', 'identifier'])(
    'rejects a product that breaks its schema, by %s, and carries the rest',
    async (productIdFormat) => {
      const sound = await pipelineWith()
      await sound.load()
      const proxy = await rewritingProxy(sound.akeneo.url)
      opened.push(() => proxy.close())
      proxy.rewrite = (path, body) =>
        /\/products(-uuid)?$/.test(path) ? breakProduct(body, 'NL-DL7-W') : undefined
      const pipeline = await pipelineWith({
        settings: { akeneo: { url: proxy.url, ...sound.akeneo.credentials, productIdFormat } },
      })
      const report = await pipeline.load()
      expect(report.outcome).toBe('done with rejections')
      const [rejection] = (await rejectionsOf(pipeline.database.sql, pipeline.connection)).filter(
        ({ reason }) => reason === 'schema',
      )
      expect(rejection).toMatchObject({ stream: 'products', field: 'enabled' })
      expect(rejection?.remedy).toContain('pimflow rejections retry')
      expect(await products(pipeline)).toBe((await products(sound)) - 1)

      // Still broken when it is read again by its id: it stays rejected.
      proxy.rewrite = (path, body) => {
        if (path.endsWith('/products')) return breakProduct(body, 'NL-DL7-W')
        if (!path.endsWith(`/products-uuid/${rejection?.key ?? ''}`)) return undefined
        return { ...(body as object), enabled: 'yes' }
      }
      await pipeline.database.sql`update rejection set next_attempt = now()`
      await pipeline.poll()
      const still = await rejectionsOf(pipeline.database.sql, pipeline.connection, 'schema')
      expect(still).toMatchObject([{ code: rejection?.code, attempts: 2 }])

      // Mended in Akeneo, it follows by itself with the next retry.
      proxy.rewrite = () => undefined
      await pipeline.database.sql`update rejection set next_attempt = now()`
      await pipeline.poll()
      expect(await products(pipeline)).toBe(await products(sound))
      expect(await rejectionsOf(pipeline.database.sql, pipeline.connection, 'schema')).toEqual([])
    },
    60_000,
  )

  it.each(['uuid', 'identifier'])(
    'tries a rejected product again, asked for by %s, and keeps it while it is bad',
    async (format) => {
      const pipeline = await pipelineWith({ settings: { akeneo: { productIdFormat: format } } })
      await pipeline.load()
      const { sql } = pipeline.database
      const attempts = async () =>
        (await rejectionsOf(sql, pipeline.connection)).map((row) => [row.code, row.attempts])
      expect(await attempts()).toEqual([['NL-404', 1]])
      await sql`update rejection set next_attempt = now()`
      await pipeline.poll()
      expect(await attempts()).toEqual([['NL-404', 2]])
    },
    60_000,
  )

  it('reports a category whose parent nobody knows, with its branch, and carries its siblings', async () => {
    const sound = await pipelineWith()
    const proxy = await rewritingProxy(sound.akeneo.url)
    opened.push(() => proxy.close())
    let orphan = ''
    proxy.rewrite = (path, body) => {
      if (!path.endsWith('/categories')) return undefined
      const items = itemsOf(body)
      const inner = items.find(
        ({ code, parent }) => parent !== null && items.some((item) => item.parent === code),
      )
      orphan ||= inner?.code ?? ''
      return withItems(
        body,
        items.map((item) => (item.code === orphan ? { ...item, parent: 'nowhere' } : item)),
      )
    }
    const pipeline = await pipelineWith({
      settings: { akeneo: { url: proxy.url, ...sound.akeneo.credentials } },
    })
    const report = await pipeline.initializeCategories()
    const soundReport = await sound.initializeCategories()
    const rejections = await rejectionsOf(pipeline.database.sql, pipeline.connection)
    expect(rejections.map(({ code }) => code)).toContain(orphan)
    expect(rejections.every(({ reason }) => reason === 'parent-missing')).toBe(true)
    expect(report.written + rejections.length).toBe(soundReport.written)
    expect(report.written).toBeGreaterThan(0)
  }, 60_000)
})

describe('what Akeneo may do in the middle of a load', () => {
  it('throttle, fail and drop calls: the load goes on after them and loses nothing', async () => {
    const pipeline = await pipelineWith({
      settings: { akeneo: { retry: { initialIntervalMs: 50, maximumIntervalMs: 200 } } },
    })
    pipeline.akeneo.fault({
      path: '/api/rest/v1/products-uuid',
      after: 1,
      count: 1,
      status: 429,
      retryAfter: 1,
      body: 'empty',
    })
    pipeline.akeneo.fault({ path: '/api/rest/v1/product-models', count: 1, reset: true })
    pipeline.akeneo.fault({ path: '/api/rest/v1/attributes*', after: 3, count: 2, status: 503, body: 'html' })
    const report = await pipeline.load()
    expect(report.outcome).toMatch(/^done/)
    expect(report.streams['products']?.read).toBe(await productsInAkeneo(pipeline))
  }, 60_000)

  it('show an edit late: the poll after it carries it, and the variants of a model that was found later still', async () => {
    const pipeline = await pipelineWith({ akeneo: { searchLagMs: 1500, variantLagMs: 3000 } })
    await pipeline.load()
    const { akeneo, database, connection } = pipeline
    const [root] = await database.sql<{ code: string }[]>`
      select code from source_record where stream = 'product-models' and parent is null
        and exists (select 1 from source_record v where v.stream = 'products' and v.parent = source_record.code)
      order by code limit 1`
    const variants = await database.sql<{ code: string }[]>`
      select code from source_record where stream = 'products' and parent = ${root?.code ?? ''} order by code`
    expect(variants.length).toBeGreaterThan(0)
    const [category] = await database.sql<{ code: string }[]>`
      select code from source_record where stream = 'categories' order by code desc limit 1`
    akeneo.edit([
      { resource: 'product-model', code: root?.code ?? '', patch: { categories: [category?.code] } },
    ])
    await pipeline.poll()
    akeneo.clock.advance(10_000)
    await pipeline.poll()
    for (const { code } of variants) {
      const [record] = await findRecords(database.sql, connection, code)
      expect(record).toMatchObject({ sku: code, categories: [category?.code] })
    }
  }, 60_000)
})

interface Item {
  code: string
  parent: string | null
}

const itemsOf = <I = Item>(body: unknown) => (body as { _embedded: { items: I[] } })._embedded.items
const withItems = (body: unknown, items: unknown[]) => ({ ...(body as object), _embedded: { items } })

function breakProduct(body: unknown, sku: string): unknown {
  const items = itemsOf<{ identifier?: string; values: Record<string, { data: unknown }[]> }>(body)
  return withItems(
    body,
    items.map((item) =>
      (item.identifier ?? item.values['sku']?.[0]?.data) === sku ? { ...item, enabled: 'perhaps' } : item,
    ),
  )
}

async function productsInAkeneo({ deps, connection }: Pipeline): Promise<number> {
  return deps
    .connection(connection)
    .akeneo.inLane('live', new AbortController().signal, (calls) => calls.count('products', {}))
}
