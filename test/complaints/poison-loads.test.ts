import { afterEach, describe, expect, it } from 'vitest'
import { rejectionsOf, retryRejections } from '../../connectors/hub/rejections.ts'
import type { Pipeline } from '../support/pipeline.ts'
import { apiOf } from '../simulator/api.ts'
import { closePoisoned, shows, withPoison } from './poison.ts'

afterEach(closePoisoned)

const stored = async ({ database: { sql } }: Pipeline, stream: string) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record where stream = ${stream} order by code`
  ).map(({ code }) => code)

const unshown = async ({ database: { sql }, connection }: Pipeline) =>
  (await rejectionsOf(sql, connection, 'list-no-answer')).map(({ stream, code }) => `${stream} ${code}`)

/** Longer than a poll looks back. */
const apartMs = 10 * 60_000

const change = { categories: ['master'] }

const changed = async ({ database: { sql } }: Pipeline, stream: string) =>
  (
    await sql<{ code: string }[]>`
      select code from source_record
      where stream = ${stream} and code like 'LATER-%' and jsonb_array_length(source -> 'categories') > 0 order by code`
  ).map(({ code }) => code)

/** Of products by a uuid, of which the second is before those of all others: the lists of all of them begin with it. */
const addressOf = (resource: string, n: number) =>
  resource === 'products'
    ? `/products-uuid/${n === 2 ? 0 : n}0000000-0000-4000-8000-000000000000`
    : `/product-models/LATER-${n}`

const namedAs = (resource: string, n: number) =>
  resource === 'products'
    ? { values: { sku: [{ locale: null, scope: null, data: `LATER-${n}` }] } }
    : { family_variant: 'jackets_color_size' }

/** Three more, created ten minutes apart: the second of them breaks Akeneo wherever it stands, alone and in lists of keys. */
async function withLater(resource: string) {
  const at = await withPoison([])
  const api = await apiOf(at.akeneo)
  const edit = async (n: number, body: object = {}) =>
    expect(
      (await api.patch(addressOf(resource, n), { ...namedAs(resource, n), ...body })).status,
    ).toBeLessThan(300)
  for (const n of [1, 2, 3]) {
    at.akeneo.clock.advance(apartMs)
    await edit(n)
  }
  const created = new Date(at.akeneo.clock.now().getTime() - apartMs).toISOString().slice(0, 17)
  const breaks = () => {
    at.proxy.failure = (url, body) => (shows(url, body, resource, 'LATER-2') ? 500 : undefined)
  }
  const mend = async () => {
    at.proxy.failure = () => undefined
    await retryRejections(at.pipeline.database.sql, at.pipeline.connection, {})
    expect((await at.pipeline.poll()).outcome).toMatch(/^done/)
  }
  return { ...at, edit, created, breaks, mend }
}

describe.each(['products', 'product-models'])(
  'one of the %s that breaks Akeneo wherever it stands',
  (resource) => {
    it('is left out of the first load, told by the second it was created in, and comes when it is mended', async () => {
      const { pipeline, breaks, mend, created } = await withLater(resource)
      breaks()
      await pipeline.initializeCategories()
      expect((await pipeline.load()).outcome).toBe('done with rejections')
      const before = await stored(pipeline, resource)
      expect(before).toEqual(expect.arrayContaining(['LATER-1', 'LATER-3']))
      expect(await unshown(pipeline)).toEqual([expect.stringContaining(`${resource} ${created}`)])

      await mend()
      expect(await stored(pipeline, resource)).toEqual([...before, 'LATER-2'].sort())
      expect(await unshown(pipeline)).toEqual([])
    }, 120_000)

    it('holds up no poll, and what else has changed comes', async () => {
      const { pipeline, breaks, mend, edit, akeneo } = await withLater(resource)
      await pipeline.initializeCategories()
      await pipeline.load()
      akeneo.clock.advance(apartMs)
      for (const n of [1, 2, 3]) await edit(n, change)
      breaks()
      expect((await pipeline.poll()).outcome).toBe('done with rejections')
      expect(await changed(pipeline, resource)).toEqual(['LATER-1', 'LATER-3'])
      expect(await unshown(pipeline)).toHaveLength(1)

      await mend()
      expect(await changed(pipeline, resource)).toEqual(['LATER-1', 'LATER-2', 'LATER-3'])
      expect(await unshown(pipeline)).toEqual([])
    }, 120_000)
  },
)

it('an Akeneo that lists no products at all is waited for, and its load is not cut to pieces', async () => {
  const { pipeline, proxy } = await withPoison([])
  await pipeline.initializeCategories()
  let alone = 0
  proxy.failure = ({ pathname, searchParams }) => {
    // Its samples, by number and by `updated`, came just before.
    const isPlan =
      searchParams.get('pagination_type') !== 'search_after' ||
      (searchParams.has('attributes') && searchParams.get('limit') === '100') ||
      searchParams.get('search')?.includes('updated')
    if (alone > 4 || isPlan || !pathname.endsWith('/products-uuid')) return undefined
    if (searchParams.get('limit') === '1') alone++
    return 500
  }
  expect((await pipeline.load()).outcome).toMatch(/^done/)
  expect(alone).toBeGreaterThan(4)
  expect(await pipeline.database.sql`select 1 from transfer where slice ? 'created'`).toHaveLength(0)
  expect(await unshown(pipeline)).toEqual([])
}, 120_000)
