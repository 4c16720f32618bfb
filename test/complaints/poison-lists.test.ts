import { afterEach, describe, expect, it } from 'vitest'
import { findRecords } from '../../connectors/hub/records.ts'
import { rejectionsOf, retryRejections } from '../../connectors/hub/rejections.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { closeCatalogues, deleteProducts, loadedThrough } from '../support/reconciling.ts'
import { productKey, shows } from './poison.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
  await closeCatalogues()
})

const fast = { retry: { initialIntervalMs: 10, maximumIntervalMs: 20 } }

const rejected = async ({ database: { sql }, connection }: Pipeline) =>
  (await rejectionsOf(sql, connection)).map(({ stream, key, reason }) => `${stream} ${key} ${reason}`)

const statusOf = async ({ database: { sql }, connection }: Pipeline, name: string) =>
  (await findRecords(sql, connection, name)).map(({ status }) => status)

/** Products and groups that the hub shows. */
const active = async ({ database: { sql }, connection }: Pipeline) =>
  (
    await sql<{ code: string }[]>`
      select code from hub_record
      where connection = ${connection} and kind in ('product', 'group') and status = 'active' order by code`
  ).map(({ code }) => code)

const variantsOf = async ({ database: { sql } }: Pipeline, model: string) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record where stream = 'products' and parent = ${model}`
  ).map(({ code }) => code)

/** By its uuid, and so in lists of them: all others stand behind it, on several pages. */
const firstProduct = async ({ database: { sql } }: Pipeline) => {
  const [row] = await sql<{ code: string }[]>`
    select code from source_record where stream = 'products' and parent is null and code <> 'NL-DL7-B'
    order by key limit 1`
  if (row === undefined) throw new Error('The hub has no products')
  return row.code
}

describe('a reconcile of keys, where Akeneo breaks', () => {
  it.each(['uuid', 'identifier'])(
    'on one product each time, lets those that are gone leave, their models too, and keeps it (products by %s)',
    async (productIdFormat) => {
      const at = await loadedThrough({ ...fast, productIdFormat })
      const before = await active(at)
      const poison = await firstProduct(at)
      const gone = ['NL-DL7-B', ...(await variantsOf(at, 'skog_pendant')), 'skog_pendant']
      const limits = new Set<string | null>()
      at.proxy.failure = (url, body) => {
        if (!shows(url, body, 'products', poison)) return undefined
        limits.add(url.searchParams.get('limit'))
        return 500
      }
      await deleteProducts(at, ['NL-DL7-B'])
      expect((await at.api.delete('/product-models/skog_pendant')).status).toBe(204)
      // It is known to be there, and not asked for again: what does not answer is no part of the plan.
      expect(await at.reconcile()).toMatchObject({
        outcome: 'done',
        absent: gone.length,
        retired: gone.length,
      })
      expect(limits).toContain('1')
      expect(await active(at)).toEqual(before.filter((code) => !gone.includes(code)))
      expect(await rejected(at)).toContain('products / list-no-answer')
      expect(await rejected(at)).toContain(`products ${await productKey(at, poison)} no-answer`)

      at.proxy.failure = () => undefined
      await retryRejections(at.database.sql, at.connection, {})
      await at.poll()
      expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 0 })
      const left = (await rejected(at)).filter((line) => line.endsWith('no-answer'))
      expect(left).toEqual([])
    },
    120_000,
  )

  it('on one product in lists alone, reads it by its own address, and all that are gone leave', async () => {
    const at = await loadedThrough(fast)
    at.proxy.failure = (url, body) =>
      '_embedded' in (body as object) && shows(url, body, 'products', 'NL-DL7-W') ? 500 : undefined
    await deleteProducts(at, ['NL-DL7-B'])
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 1, retired: 1 })
    expect(await statusOf(at, 'NL-DL7-W')).toEqual(['active'])
    expect((await rejected(at)).filter((line) => line.endsWith(' no-answer'))).toEqual([])
  }, 120_000)

  it('on one model each time, lets those that are gone leave, and keeps it and what is below it', async () => {
    const at = await loadedThrough(fast)
    const before = await active(at)
    const gone = [...(await variantsOf(at, 'skog_pendant')), 'skog_pendant']
    at.proxy.failure = (url, body) => (shows(url, body, 'product-models', 'jacket_fell') ? 500 : undefined)
    expect((await at.api.delete('/product-models/skog_pendant')).status).toBe(204)
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: gone.length, retired: gone.length })
    expect(await active(at)).toEqual(before.filter((code) => !gone.includes(code)))
    expect(await rejected(at)).toEqual(
      expect.arrayContaining(['product-models / list-no-answer', 'product-models jacket_fell no-answer']),
    )
  }, 120_000)

  it('on products by their names, too, retires none of them, nor models, and ends', async () => {
    const at = await loadedThrough(fast)
    at.proxy.failure = (url, body) =>
      shows(url, body, 'products', 'NL-DL7-W') ||
      /"(uuid|identifier)":/.test(url.searchParams.get('search') ?? '')
        ? 500
        : undefined
    await deleteProducts(at, ['NL-DL7-B'])
    expect((await at.api.delete('/product-models/skog_pendant')).status).toBe(204)
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 0, retired: 0 })
    expect(await statusOf(at, 'NL-DL7-B')).toEqual(['active'])
    expect(await statusOf(at, 'skog_pendant')).toEqual(['active'])
  }, 120_000)

  it.each(['attributes weight', 'families accessories'])(
    'on one of its %s, lets nothing of those leave, and all else that is gone',
    async (poison) => {
      const at = await loadedThrough(fast)
      const [resource = '', code = ''] = poison.split(' ')
      at.proxy.failure = (url, body) => (shows(url, body, resource, code) ? 500 : undefined)
      await deleteProducts(at, ['NL-DL7-B'])
      expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: 1, absent: 1 })
      expect(await statusOf(at, 'NL-DL7-B')).toEqual(['retired'])
      expect(await rejected(at)).toContain(`${resource} / list-no-answer`)
    },
    120_000,
  )

  it('on the first record of each resource, goes by their lists', async () => {
    const at = await loadedThrough(fast)
    at.proxy.failure = ({ pathname, searchParams }) =>
      searchParams.get('limit') === '1' && !pathname.endsWith('/channels') ? 500 : undefined
    await deleteProducts(at, ['NL-DL7-B'])
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: 1 })
  }, 120_000)

  it('on what says what its user may see, asks a person before anything leaves', async () => {
    const at = await loadedThrough(fast)
    at.proxy.failure = ({ pathname }) => (pathname.endsWith('/attribute-groups') ? 500 : undefined)
    await deleteProducts(at, ['NL-DL7-B'])
    const report = await at.reconcile()
    expect(report).toMatchObject({ outcome: 'awaiting approval', retired: 0 })
    expect(report.held.join()).toContain('whether its user sees less than before is not known')
    expect(await statusOf(at, 'NL-DL7-B')).toEqual(['active'])

    at.proxy.failure = () => undefined
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', retired: 1 })
  }, 120_000)
})

/** Behind a proxy, and nothing read yet. */
async function empty(failure: RewritingProxy['failure']): Promise<Pipeline & { proxy: RewritingProxy }> {
  const origin = await openPipeline({ worker: false })
  opened.push(origin)
  const proxy = await rewritingProxy(origin.akeneo.url)
  opened.push(proxy)
  proxy.failure = failure
  const akeneo = { url: proxy.url, ...origin.akeneo.credentials, ...fast }
  const pipeline = await openPipeline({ settings: { akeneo } })
  opened.push(pipeline)
  return { ...pipeline, proxy }
}

describe('structure of which nothing was ever read', () => {
  it('is loaded without the record and the list that break Akeneo, and its products are made with them when they come', async () => {
    const at = await empty((url, body) =>
      shows(url, body, 'attributes', 'weight') || url.pathname.endsWith('/measurement-families')
        ? 500
        : undefined,
    )
    const { sql } = at.database
    expect((await at.load()).outcome).toMatch(/^done/)
    expect(await sql`select 1 from source_record where stream = 'products'`).toHaveLength(240)
    expect(await rejected(at)).toEqual(
      expect.arrayContaining([
        'attributes / list-no-answer',
        'attributes weight no-answer',
        'measurement-families / list-no-answer',
      ]),
    )
    const weight = async () => {
      const [record] = await findRecords(sql, at.connection, 'NL-DL7-W')
      return (record as { attributes?: Record<string, unknown> } | undefined)?.attributes?.['weight']
    }
    const before = await weight()

    at.proxy.failure = () => undefined
    await retryRejections(sql, at.connection, {})
    await at.poll()
    // One product of the catalogue has a unit that no family has.
    const left = (await rejected(at)).filter((line) => !line.endsWith(' unit-unknown'))
    expect(left).toEqual([])
    expect(await weight()).toMatchObject({ type: 'measure' })
    expect(await weight()).not.toEqual(before)
    const unchecked = await sql`
      select 1 from finding where code = 'measurement-family-unknown' and key not in (select key from rejection)`
    expect(unchecked).toHaveLength(0)
  }, 120_000)

  it('is said to be missing, at once, where nothing can be carried without it', async () => {
    const at = await empty(({ pathname }) => (pathname.endsWith('/families') ? 500 : undefined))
    await expect(at.load()).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining('Nothing can be carried') as string } },
    })
  }, 120_000)
})
