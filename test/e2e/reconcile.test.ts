import { WorkflowFailedError } from '@temporalio/client'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { decidePlan, plansOf } from '../../connectors/hub/plans.ts'
import { project } from '../client/harness.ts'
import { gate } from '../client/stubs.ts'
import { apiOf } from '../simulator/api.ts'
import {
  type Catalogue,
  catalogueOf,
  closeCatalogues,
  deleteProducts,
  loaded,
  loadedThrough,
  simpleProducts,
  told,
  without,
} from '../support/reconciling.ts'
import { openPipeline } from '../support/pipeline.ts'
import { pagesAfterTheFirst, rewritingProxy } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'
import { workerProcesses } from '../support/worker-process.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
  await closeCatalogues()
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

describe('past runs', () => {
  it('are forgotten by the reconcile of the night, save those that the feed names and the last of each process', async () => {
    const at = await loaded()
    const { sql } = at.database
    await at.poll()
    await at.api.patch('/products/NL-DL7-W', { enabled: false })
    await at.poll()
    await at.poll()
    const polls = () => sql<{ id: string; pages: number }[]>`
      select r.id::text, (select count(*)::int from transfer t join transfer_page p on p.transfer = t.id where t.run = r.id) as pages
      from run r where connection = ${at.connection} and process = 'poll-products' order by r.id`
    const [idle, wrote, last, ...others] = await polls()
    expect(others).toEqual([])
    expect(idle?.pages).toBe(2)
    await sql`
      update run set started_at = started_at - interval '61 days', finished_at = finished_at - interval '61 days'
      where connection = ${at.connection}`
    expect(await at.reconcile()).toMatchObject({ outcome: 'done' })
    expect(await polls()).toEqual([
      { id: wrote?.id, pages: 0 },
      { id: last?.id, pages: 0 },
    ])
    // What comes next is as it always is.
    await at.api.patch('/products/NL-DL7-W', { enabled: true })
    expect(await at.poll()).toMatchObject({ published: 1 })
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
    const listsGoOn = gate()
    at.proxy.hold = (url) => (pagesAfterTheFirst(url) ? listsGoOn.opened : undefined)
    const running = at.reconcile()
    await until(async () => (await pagesOf(at, 'products')) > 0, 'a page of products is listed')
    await at.api.post('/products', { identifier: 'MADE-MEANWHILE', family: 'accessories' })
    expect((await at.sync('MADE-MEANWHILE')).outcome).toBe('synced')
    made = true
    listsGoOn.open()
    expect(await running).toMatchObject({ outcome: 'done', absent: 0, retired: 0 })
    expect(await at.record('MADE-MEANWHILE')).toMatchObject({ kind: 'product' })
  })

  it.each(['uuid', 'identifier'])(
    'reads by its id what no poll ever brought, lists by %s, and counts it as drift',
    async (productIdFormat) => {
      const behind = await openPipeline({ worker: false })
      opened.push(() => behind.close())
      const proxy = await rewritingProxy(behind.akeneo.url)
      opened.push(() => proxy.close())
      proxy.rewrite = (path, body) =>
        /\/products(-uuid)?$/.test(path)
          ? without(body, ({ identifier, values }) =>
              JSON.stringify(identifier ?? values).includes('"NL-DL9-B"'),
            )
          : undefined
      const at = await loaded({
        settings: { akeneo: { url: proxy.url, ...behind.akeneo.credentials, productIdFormat } },
      })
      await expect(at.record('NL-DL9-B')).rejects.toThrow()
      proxy.rewrite = () => undefined
      expect(await at.reconcile()).toMatchObject({ outcome: 'done', drift: { unknown: 1, missing: 0 } })
      expect(await at.record('NL-DL9-B')).toMatchObject({ status: 'active' })
      expect((await at.reconcile()).drift.unknown).toBe(0)
    },
  )

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

  it.each([
    ['a reconcile', true],
    ['the load', false],
  ])('holds even one record when what the user may see has changed since %s', async (_what, reconciled) => {
    const at = await loadedThrough()
    if (reconciled) expect(await at.reconcile()).toMatchObject({ outcome: 'done' })
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

describe('a worker that is killed while it reconciles', () => {
  it('goes on at its last committed page, and what has left leaves', async () => {
    const proxy = await rewritingProxy()
    opened.push(() => proxy.close())
    const settings = { timeoutMs: 1500, url: proxy.url }
    const pipeline = await openPipeline({ settings: { akeneo: settings }, worker: false })
    opened.push(() => pipeline.close())
    proxy.target = pipeline.akeneo.url
    const workers = await workerProcesses(
      pipeline,
      { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
      settings,
    )
    opened.push(() => workers.close())
    const worker = await workers.start()
    await pipeline.initializeCategories()
    await pipeline.load()
    const at = await catalogueOf(pipeline, await apiOf(pipeline.akeneo))
    await deleteProducts(at, ['NL-DL7-B'])
    const workerIsDead = gate()
    proxy.hold = (url) => (pagesAfterTheFirst(url) ? workerIsDead.opened : undefined)
    const running = at.reconcile()
    await until(async () => (await pagesOf(at, 'products')) > 0, 'a page of products is listed')
    await workers.kill(worker)
    workerIsDead.open()
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
