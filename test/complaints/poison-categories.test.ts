import { afterEach, describe, expect, it } from 'vitest'
import { rejectionsOf, retryRejections } from '../../connectors/hub/rejections.ts'
import { type Catalogue, closeCatalogues, type Items, loadedThrough } from '../support/reconciling.ts'
import type { RewritingProxy } from '../support/rewriting-proxy.ts'

afterEach(closeCatalogues)

const fast = { retry: { initialIntervalMs: 10, maximumIntervalMs: 20 } }

type Shop = Catalogue & { proxy: RewritingProxy }

/** Categories that were made after the hub was filled: `late`, two levels below it, and one beside it. */
async function withLateCategories(): Promise<Shop> {
  const at = await loadedThrough(fast)
  const late = [
    { code: 'late', parent: 'master' },
    { code: 'below_late', parent: 'late' },
    { code: 'far_below_late', parent: 'below_late' },
    { code: 'beside_late', parent: 'master' },
  ]
  for (const category of late) expect((await at.api.post('/categories', category)).status).toBe(201)
  return at
}

const rejected = async ({ database: { sql }, connection }: Shop) =>
  (await rejectionsOf(sql, connection))
    .filter(({ stream }) => stream === 'categories')
    .map(({ key, reason }) => `${key} ${reason}`)
    .toSorted()

/** Breaks Akeneo wherever the category stands. */
const breakOn = (proxy: RewritingProxy, code: string) => {
  proxy.failure = ({ pathname }, body) => {
    if (!/\/categories(\/|$)/.test(pathname)) return undefined
    const items = (body as Partial<Items>)._embedded?.items ?? [body as Record<string, unknown>]
    return items.some((item) => item['code'] === code) ? 500 : undefined
  }
}

describe('a person’s sync of a product in a category that the hub lacks and Akeneo cannot show', () => {
  it('carries the product, says why the category does not come, and puts it there when it comes', async () => {
    const at = await withLateCategories()
    const categories = ['master', 'late', 'far_below_late']
    const product = { identifier: 'IN-LATE', family: 'accessories', categories }
    expect((await at.api.post('/products', product)).status).toBe(201)
    breakOn(at.proxy, 'late')
    const asked: string[] = []
    at.proxy.hold = ({ pathname }) => void asked.push(pathname)
    expect(await at.sync('IN-LATE')).toMatchObject({ outcome: 'synced' })
    expect(await at.record('IN-LATE')).toMatchObject({ status: 'active', categories: ['master'] })
    const without = ['below_late parent-missing', 'far_below_late parent-missing', 'late no-answer']
    expect(await rejected(at)).toEqual(without)
    // The next one does not ask for it.
    asked.length = 0
    expect(await at.sync('IN-LATE')).toMatchObject({ outcome: 'synced' })
    expect(asked.filter((path) => path.includes('/categories'))).toEqual([])
    expect(await rejected(at)).toEqual(without)

    at.proxy.failure = () => undefined
    // No poll finds it by its date.
    at.akeneo.clock.advance(-3_600_000)
    await retryRejections(at.database.sql, at.connection, {})
    await at.poll()
    const { categories: held } = (await at.record('IN-LATE')) as { categories: string[] }
    expect(held.toSorted()).toEqual(categories.toSorted())
    expect(await rejected(at)).toEqual([])
  }, 120_000)
})

describe('an initialization of the categories, where Akeneo breaks', () => {
  const isHeld = async ({ database: { sql }, connection }: Shop, code: string) =>
    (
      await sql`select from hub_record where connection = ${connection} and kind = 'category' and code = ${code}
        and status <> 'retired'`
    ).length > 0

  it('on one that others stand below, brings the others, and those below it with it when it comes', async () => {
    const at = await withLateCategories()
    breakOn(at.proxy, 'late')
    const report = await at.initializeCategories()
    // It, which the list does not name, and the two below it.
    expect(report).toMatchObject({ outcome: 'done with rejections', written: 1, refused: 3, blocked: 0 })
    expect(await isHeld(at, 'beside_late')).toBe(true)
    expect(await rejected(at)).toEqual([
      '/ list-no-answer',
      'below_late parent-missing',
      'far_below_late parent-missing',
      'late no-answer',
    ])

    at.proxy.failure = () => undefined
    await retryRejections(at.database.sql, at.connection, {})
    await at.poll()
    expect(await isHeld(at, 'far_below_late')).toBe(true)
    expect(await rejected(at)).toEqual([])
    expect(await at.initializeCategories()).toMatchObject({ outcome: 'done', refused: 0 })
  }, 120_000)

  it('on one that the hub has, leaves it as it is, and what stands below it in its place', async () => {
    const at = await withLateCategories()
    expect(await at.initializeCategories()).toMatchObject({ outcome: 'done', written: 4 })
    expect((await at.api.patch('/categories/below_late', { labels: { en_US: 'New' } })).status).toBe(204)
    breakOn(at.proxy, 'late')
    const report = await at.initializeCategories()
    expect(report).toMatchObject({ outcome: 'done with rejections', written: 1, refused: 1, blocked: 0 })
    expect(await at.record('below_late')).toMatchObject({
      path: ['master', 'late'],
      labels: { en_US: 'New' },
    })
    expect(await rejected(at)).toEqual(['/ list-no-answer', 'late no-answer'])

    at.proxy.failure = () => undefined
    expect(await at.initializeCategories()).toMatchObject({ outcome: 'done', written: 0 })
    expect(await rejected(at)).toEqual([])
  }, 120_000)

  it('on its list whatever it is asked for, ends and says so', async () => {
    const at = await withLateCategories()
    at.proxy.failure = ({ pathname }) => (pathname.endsWith('/categories') ? 500 : undefined)
    expect(await at.initializeCategories()).toMatchObject({ outcome: 'done with rejections', written: 0 })
    expect(await rejected(at)).toEqual(['/ list-no-answer'])

    at.proxy.failure = () => undefined
    expect(await at.initializeCategories()).toMatchObject({ outcome: 'done', written: 4 })
    expect(await rejected(at)).toEqual([])
  }, 120_000)
})
