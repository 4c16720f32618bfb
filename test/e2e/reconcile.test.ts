import { WorkflowFailedError } from '@temporalio/client'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { decidePlan, plansOf } from '../../connectors/hub/plans.ts'
import { changesAfter, findRecords, lastSeq } from '../../connectors/hub/records.ts'
import type { FeedEntry, HubRecord } from '../../contracts/hub.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { ReconcileReport, RetireReport } from '../../contracts/processes.ts'
import { project } from '../client/harness.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

const output = 'ecommerce'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

interface Catalogue extends Pipeline {
  /** Akeneo's own API, as whoever edits there uses it. */
  api: Api
  reconcile(how?: { content?: boolean }): Promise<ReconcileReport>
  retire(plan: string): Promise<RetireReport>
  /** What the feed got since the catalogue was loaded, or since this was asked last. */
  news(): Promise<FeedEntry[]>
  /** The one record of that name that has not left. */
  record(name: string): Promise<HubRecord>
}

/** Everything of the invented catalogue in the hub. */
async function loaded(options: PipelineOptions = {}): Promise<Catalogue> {
  const pipeline = await openPipeline(options)
  opened.push(() => pipeline.close())
  await pipeline.initializeCategories()
  await pipeline.load()
  const catalogue = await catalogueOf(pipeline, await apiOf(pipeline.akeneo))
  await catalogue.news()
  return catalogue
}

async function catalogueOf(pipeline: Pipeline, api: Api): Promise<Catalogue> {
  const { client, connection, taskQueue, database } = pipeline
  let seen = await lastSeq(database.sql, connection, output)
  const execute = (type: string, id: string, args: object) =>
    client.workflow.execute(type, { workflowId: id, taskQueue, args: [args] }) as Promise<unknown>
  return {
    ...pipeline,
    api,
    reconcile: async (how = {}) =>
      (await execute(workflowTypes.reconcileCatalog, workflowId(connection, 'reconcile'), {
        connection,
        ...how,
      })) as ReconcileReport,
    retire: async (plan) =>
      (await execute(workflowTypes.retireRecords, workflowId(connection, 'retire', plan), {
        connection,
        plan,
      })) as RetireReport,
    news: async () => {
      const entries = await changesAfter(database.sql, connection, output, seen, 10_000)
      seen = BigInt(entries.at(-1)?.seq ?? seen)
      return entries
    },
    record: async (name) => {
      const records = await findRecords(database.sql, connection, name)
      const [record, ...others] = records.filter(({ status }) => status !== 'retired')
      if (!record || others.length > 0)
        throw new Error(`${name} stands ${others.length + 1} times in the hub`)
      return record
    },
  }
}

const told = (entries: FeedEntry[]) =>
  entries.map(({ change, kind, record }) => `${change} ${kind} ${record.source.code}`)

/** Simple products that are in the hub, in an order that has nothing to do with families and categories. */
const simpleProducts = async ({ database: { sql }, connection }: Catalogue) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record
      where connection = ${connection} and stream = 'products' and code is not null
        and key not in (select key from rejection)
        and parent is null order by md5(code)`
  ).map(({ code }) => code)

const deleteProducts = async ({ api }: Catalogue, codes: string[]) => {
  for (const code of codes) expect((await api.delete(`/products/${code}`)).status).toBe(204)
}

/** A catalogue behind a proxy that may lie about it. */
async function loadedThrough(settings: object = {}): Promise<Catalogue & { proxy: RewritingProxy }> {
  const behind = await openPipeline({ worker: false })
  opened.push(() => behind.close())
  const proxy = await rewritingProxy(behind.akeneo.url)
  opened.push(() => proxy.close())
  const catalogue = await loaded({
    settings: { akeneo: { url: proxy.url, ...behind.akeneo.credentials, ...settings } },
  })
  return { ...catalogue, akeneo: behind.akeneo, api: await apiOf(behind.akeneo), proxy }
}

interface Items {
  _embedded: { items: Record<string, unknown>[] }
}

/** A page without the items that a lie leaves out. */
const without = (body: unknown, left: (item: Record<string, unknown>) => boolean): unknown => {
  const { _embedded, ...page } = body as Items
  return { ...page, _embedded: { items: _embedded.items.filter((item) => !left(item)) } }
}

describe('what was deleted in Akeneo leaves the hub', () => {
  it('makes a tombstone of a product, takes links to it away, and does nothing the second time', async () => {
    const at = await loaded()
    const before = await at.record('NL-DL7-B')
    await deleteProducts(at, ['NL-DL7-B'])
    const report = await at.reconcile()
    expect(report).toMatchObject({ outcome: 'done', absent: 1, retired: 1, kept: 0 })
    const [tombstone] = await findRecords(at.database.sql, at.connection, 'NL-DL7-B')
    expect(tombstone).toMatchObject({ id: before.id, version: before.version + 1, status: 'retired' })
    const news = await at.news()
    expect(told(news)[0]).toBe('retired product NL-DL7-B')
    expect(await at.record('NL-DL7-W')).toMatchObject({
      pending: [{ field: 'related.X_SELL', code: expect.any(String) as string }],
    })
    expect((await at.reconcile()).absent).toBe(0)
    expect(await at.news()).toEqual([])
  })

  it('makes the group of a deleted variant anew', async () => {
    const at = await loaded()
    const { sql } = at.database
    const [variant] = await sql<{ code: string; group: string }[]>`
      select p.code, coalesce(m.parent, m.code) as group from source_record p
      join source_record m on m.stream = 'product-models' and m.code = p.parent
      where p.stream = 'products' and p.parent = 'jacket_fell_black' order by p.code limit 1`
    const { code = '', group = '' } = variant ?? {}
    // The only one of its colour and size: its value leaves the axis when no other variant has it.
    await deleteProducts(at, [code])
    await at.reconcile()
    expect(told(await at.news())).toContain(`retired product ${code}`)
    expect(await at.record(group)).toMatchObject({ kind: 'group', status: 'active' })
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from source_record where stream = 'products' and code = ${code}`
    expect(row?.n).toBe(0)
  })

  it('lets a deleted model leave after all its variants', async () => {
    const at = await loaded()
    expect((await at.api.delete('/product-models/jacket_fell')).status).toBe(204)
    const report = await at.reconcile()
    expect(report.outcome).toBe('done')
    const changes = told(await at.news()).filter((line) => line.startsWith('retired'))
    expect(changes.at(-1)).toBe('retired group jacket_fell')
    expect(changes.slice(0, -1).every((line) => line.startsWith('retired product'))).toBe(true)
    expect(changes.length).toBeGreaterThan(1)
    expect((await at.reconcile()).absent).toBe(0)
  })

  it('takes a deleted category out of the products that were in it', async () => {
    const at = await loadedThrough()
    at.proxy.rewrite = (path, body) => {
      if (path.endsWith('/categories')) return without(body, ({ code }) => code === 'clearance')
      return undefined
    }
    at.akeneo.fault({
      path: '/api/rest/v1/categories/clearance',
      status: 404,
      message: 'Category "clearance" does not exist.',
    })
    const report = await at.reconcile()
    expect(report).toMatchObject({ outcome: 'done', absent: 1, retired: 1 })
    const news = await at.news()
    expect(told(news)).toContain('retired category clearance')
    const [row] = await at.database.sql<{ n: number }[]>`
      select count(*)::int as n from hub_record where status <> 'retired' and body -> 'categories' ? 'clearance'`
    expect(row?.n).toBe(0)
    expect(news.filter(({ change }) => change === 'updated').length).toBeGreaterThan(0)
    expect(report.retired).toBe(1)
  })

  it('takes a deleted option out of the dictionary', async () => {
    const at = await loadedThrough()
    const [option] = await at.database.sql<{ code: string }[]>`
      select code from source_record where stream = 'attribute-options' and parent = 'material' order by code limit 1`
    const { code = '' } = option ?? {}
    at.proxy.rewrite = (path, body) =>
      path.endsWith('/attributes/material/options')
        ? without(body, (item) => item['code'] === code)
        : undefined
    at.akeneo.fault({
      path: `/api/rest/v1/attributes/material/options/${code}`,
      status: 404,
      message: `Attribute option "${code}" does not exist or is not an option of the attribute "material".`,
    })
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: 1 })
    const attribute = await at.record('material')
    expect(attribute.kind === 'attribute' && attribute.options?.map((one) => one.code)).not.toContain(code)
  })
})

describe('the feed of a connection without destinations', () => {
  it('is pruned by the reconcile of the night, save the last line of each record', async () => {
    const at = await loaded()
    const { sql } = at.database
    const lines = async () => {
      const [row] = await sql<{ lines: number; records: number }[]>`
        select count(*)::int as lines, count(distinct id)::int as records from feed where connection = ${at.connection}`
      return row
    }
    await at.api.patch('/products/NL-DL7-W', { enabled: false })
    await at.poll()
    const before = await lines()
    expect(before?.lines).toBeGreaterThan(before?.records ?? 0)
    await sql`update feed set at = now() - interval '40 days' where connection = ${at.connection}`
    await at.reconcile()
    expect(await lines()).toEqual({ lines: before?.records, records: before?.records })
  })
})

describe('what only seems to be gone stays', () => {
  it('retires nothing when a list fails half-way', async () => {
    const at = await loaded()
    await deleteProducts(at, ['NL-DL7-B'])
    at.akeneo.fault({ path: '/api/rest/v1/products-uuid', query: 'search_after=', status: 403 })
    const failure: unknown = await at.reconcile().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(WorkflowFailedError)
    expect(await at.news()).toEqual([])
    expect(await plansOf(at.database.sql, at.connection, ['ready', 'held', 'approved'])).toEqual([])
    at.akeneo.clearFaults()
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: 1 })
  })

  it('keeps what a list leaves out and Akeneo still answers with', async () => {
    const at = await loaded()
    at.akeneo.fault({ path: '/api/rest/v1/products-uuid', query: 'attributes=', page: 'missing' })
    const report = await at.reconcile()
    expect(report.absent).toBeGreaterThan(0)
    expect(report).toMatchObject({ outcome: 'done', retired: 0, kept: report.absent })
    expect(await at.news()).toEqual([])
  })

  it('keeps a product that was made while the lists were read and is in none of them', async () => {
    const at = await loadedThrough()
    let made = false
    at.proxy.rewrite = (path, body) =>
      path.endsWith('/products-uuid') && made
        ? without(body, ({ values }) => JSON.stringify(values).includes('MADE-MEANWHILE'))
        : undefined
    at.akeneo.fault({ path: '/api/rest/v1/attributes/*/options', delayMs: 200 })
    const running = at.reconcile()
    await until(async () => (await pagesOf(at, 'products')) > 0, 'products are listed')
    await at.api.post('/products', { identifier: 'MADE-MEANWHILE', family: 'accessories' })
    expect((await at.sync('MADE-MEANWHILE')).outcome).toBe('synced')
    made = true
    expect(await running).toMatchObject({ outcome: 'done', absent: 0, retired: 0 })
    expect(await at.record('MADE-MEANWHILE')).toMatchObject({ kind: 'product' })
  })

  it('reads by its id what no poll ever brought, and counts it as drift', async () => {
    const behind = await openPipeline({ worker: false })
    opened.push(() => behind.close())
    const proxy = await rewritingProxy(behind.akeneo.url)
    opened.push(() => proxy.close())
    proxy.rewrite = (path, body) =>
      path.endsWith('/products-uuid')
        ? without(body, ({ values }) => JSON.stringify(values).includes('"NL-DL9-B"'))
        : undefined
    const at = await loaded({ settings: { akeneo: { url: proxy.url, ...behind.akeneo.credentials } } })
    await expect(at.record('NL-DL9-B')).rejects.toThrow()
    proxy.rewrite = () => undefined
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', drift: { unknown: 1, missing: 0 } })
    expect(await at.record('NL-DL9-B')).toMatchObject({ status: 'active' })
    expect((await at.reconcile()).drift.unknown).toBe(0)
  })

  it('finds with content what changed without a trace', async () => {
    const at = await loaded()
    at.akeneo.edit(
      [
        {
          resource: 'product',
          code: 'NL-DL7-W',
          patch: { values: { mpn: [{ locale: null, scope: null, data: 'SILENT' }] } },
        },
      ],
      new Date('2026-01-01T00:00:00Z'),
    )
    await at.poll()
    expect(await at.news()).toEqual([])
    expect(await at.reconcile({ content: true })).toMatchObject({
      outcome: 'done',
      absent: 0,
      drift: { changed: 1 },
    })
    expect(told(await at.news())).toEqual(['updated product NL-DL7-W'])
  })
})

const pagesOf = async ({ database: { sql } }: Catalogue, stream: string): Promise<number> => {
  const [row] = await sql<{ n: number }[]>`
    select coalesce(sum(pages), 0)::int as n from transfer t join run r on r.id = t.run
    where r.process = 'reconcile' and t.stream = ${stream}`
  return row?.n ?? 0
}

describe('what is doubtful waits for a person', () => {
  it('holds more than the cap, and retires them when a person approves', async () => {
    const at = await loaded()
    const gone = (await simpleProducts(at)).slice(0, 24)
    await deleteProducts(at, gone)
    const report = await at.reconcile()
    expect(report).toMatchObject({ outcome: 'awaiting approval', absent: 24, retired: 0 })
    expect(report.held.join()).toContain('guards.retired')
    expect(await at.news()).toEqual([])
    const plan = report.plan ?? ''
    await expect(at.retire(plan)).rejects.toThrow()
    await decidePlan(at.database.sql, at.connection, BigInt(plan), { state: 'approved', by: 'ada' })
    expect(await at.retire(plan)).toMatchObject({ outcome: 'done', retired: 24, kept: 0 })
    const left = told(await at.news()).filter((line) => line.startsWith('retired'))
    expect(left.sort()).toEqual(gone.map((code) => `retired product ${code}`).sort())
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 0 })
  })

  it('is shown, approved and carried out by the command line', async () => {
    const at = await loaded()
    const gone = (await simpleProducts(at)).slice(0, 24)
    await deleteProducts(at, gone)
    const cli = await project({
      connections: [at.connection],
      taskQueue: at.taskQueue,
      databaseUrl: at.database.url,
    })
    opened.push(() => cli.remove())
    expect((await cli.run('approvals')).code).toBe(0)
    const reconciled = await cli.run('reconcile')
    expect(reconciled.code).toBe(4)
    const { value } = await cli.json('approvals')
    const [{ id }] = value as [{ id: string }]
    expect(reconciled.out).toContain(`pimflow approvals show ${id}`)
    const shown = await cli.run('approvals', 'show', id)
    expect(shown.code).toBe(4)
    for (const code of gone) expect(shown.out).toContain(code)
    expect(await cli.run('approvals', 'approve', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('24 retired') as string,
    })
    expect((await cli.run('approvals')).out).toBe('Nothing waits for approval')
    expect((await cli.run('approvals', 'reject', id)).code).toBe(1)
  })

  it('keeps what a person refused to let go, and does not ask again until it was seen again', async () => {
    const at = await loaded()
    const gone = (await simpleProducts(at)).slice(0, 24)
    await deleteProducts(at, gone)
    const { plan } = await at.reconcile()
    const { sql } = at.database
    await decidePlan(sql, at.connection, BigInt(plan ?? 0), { state: 'rejected', by: 'ada' })
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 0, plan: null })
    expect(await at.news()).toEqual([])
    await decidePlan(sql, at.connection, BigInt(plan ?? 0), { state: 'approved', by: 'ada' })
    expect(await at.retire(plan ?? '')).toMatchObject({ retired: 24 })
  })

  it('holds fewer than the cap when a family and a category subtree have lost half of their records', async () => {
    const at = await loaded()
    const gone = await familyCodes(at, 'furniture_lights')
    expect(gone.length).toBeLessThan(20)
    await deleteProducts(at, gone)
    const report = await at.reconcile()
    expect(report.outcome).toBe('awaiting approval')
    expect(report.held.join()).toContain('share the family furniture_lights')
    expect(report.held.join()).toContain('share the category furniture_lights')
    expect(report.held.join()).not.toContain('share the category master')
  })

  it('holds even one record when what the user may see has changed', async () => {
    const at = await loadedThrough()
    await at.reconcile()
    at.proxy.rewrite = (path, body) =>
      path.endsWith('/attribute-groups') ? without(body, ({ code }) => code === 'media') : undefined
    await deleteProducts(at, ['NL-DL7-B'])
    const report = await at.reconcile()
    expect(report.outcome).toBe('awaiting approval')
    expect(report.held.join()).toContain('may see has changed')
    await decidePlan(at.database.sql, at.connection, BigInt(report.plan ?? 0), {
      state: 'approved',
      by: 'ada',
    })
    // The group itself answers when it is asked for: only the product leaves.
    expect(await at.retire(report.plan ?? '')).toMatchObject({ retired: 1, kept: 1 })
    expect((await at.reconcile()).held.join()).not.toContain('may see has changed')
  })

  it('never lets an attribute leave unasked', async () => {
    const at = await loadedThrough()
    at.proxy.rewrite = (path, body) =>
      path.endsWith('/attributes') ? without(body, ({ code }) => code === 'mpn') : undefined
    const report = await at.reconcile()
    expect(report.outcome).toBe('awaiting approval')
    expect(report.absent).toBe(1)
  })
})

const familyCodes = async ({ database: { sql } }: Catalogue, family: string) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record where stream = 'products' and family = ${family} order by code`
  ).map(({ code }) => code)

describe('a product that comes back', () => {
  const again = { identifier: 'NL-DL7-B', family: 'lamps', enabled: true, values: {} }

  it('keeps its hub id when it was made anew under its SKU before anyone noticed', async () => {
    const at = await loaded()
    const before = await at.record('NL-DL7-B')
    await deleteProducts(at, ['NL-DL7-B'])
    await at.api.post('/products', again)
    await at.poll()
    const after = await at.record('NL-DL7-B')
    expect(after).toMatchObject({ id: before.id, version: before.version + 1, status: 'active' })
    expect(after.source.uuid).not.toBe(before.source.uuid)
    expect(await at.reconcile()).toMatchObject({ absent: 0 })
  })

  it('keeps its hub id when it had left, and its links come back', async () => {
    const at = await loaded()
    const before = await at.record('NL-DL7-B')
    await deleteProducts(at, ['NL-DL7-B'])
    await at.reconcile()
    await at.api.post('/products', again)
    await at.poll()
    expect(await at.record('NL-DL7-B')).toMatchObject({ id: before.id, version: before.version + 2 })
  })

  it('is not taken for another that gave its SKU away', async () => {
    const at = await loaded()
    const before = await at.record('NL-DL7-B')
    await at.api.patch('/products/NL-DL7-B', { identifier: 'NL-DL7-BLACK' })
    await at.api.post('/products', again)
    await at.poll()
    expect(await at.record('NL-DL7-BLACK')).toMatchObject({ id: before.id })
    expect((await at.record('NL-DL7-B')).id).not.toBe(before.id)
  })
})

describe('a worker that is killed while it reconciles', () => {
  it('goes on at its last committed page, and what has left leaves', async () => {
    const timeouts = { timeoutMs: 1500 }
    const pipeline = await openPipeline({
      akeneo: { latencyMs: 150 },
      settings: { akeneo: timeouts },
      worker: false,
    })
    opened.push(() => pipeline.close())
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      timeouts,
    )
    opened.push(() => workers.close())
    const worker = await workers.start()
    await pipeline.initializeCategories()
    await pipeline.load()
    const at = await catalogueOf(pipeline, await apiOf(pipeline.akeneo))
    await deleteProducts(at, ['NL-DL7-B'])
    pipeline.akeneo.resetRequests()
    const running = at.reconcile()
    await until(async () => (await pagesOf(at, 'products')) > 0, 'a page of products is listed')
    await workers.kill(worker)
    await workers.start()
    expect(await running).toMatchObject({ outcome: 'done', absent: 1, retired: 1 })
    const [row] = await at.database.sql<{ doubles: number }[]>`
      select count(*)::int as doubles from (
        select transfer, cursor from transfer_page group by transfer, cursor having count(*) > 1
      ) as twice`
    expect(row?.doubles).toBe(0)
    expect(told(await at.news()).filter((line) => line.startsWith('retired'))).toEqual([
      'retired product NL-DL7-B',
    ])
  }, 120_000)
})
