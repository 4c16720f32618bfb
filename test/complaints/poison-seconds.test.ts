import { afterEach, describe, expect, it } from 'vitest'
import { rejectionsOf, retryRejections } from '../../connectors/hub/rejections.ts'
import { apiOf } from '../simulator/api.ts'
import type { Pipeline } from '../support/pipeline.ts'
import { closePoisoned, shows, withPoison } from './poison.ts'

afterEach(closePoisoned)

const code = 'LATER'

/** A product of its own second, which breaks Akeneo in each list and alone. */
async function withBroken() {
  const at = await withPoison([])
  const api = await apiOf(at.akeneo)
  const edit = async (body: object) =>
    expect((await api.patch(`/products/${code}`, { identifier: code, ...body })).status).toBeLessThan(300)
  at.akeneo.clock.advance(600_000)
  await edit({ family: 'lamps' })
  at.akeneo.clock.advance(600_000)
  let broken = 0
  const breaks = () => {
    at.proxy.failure = (url, body) => {
      if (!shows(url, body, 'products', code)) return undefined
      broken++
      return 500
    }
  }
  return { ...at, edit, breaks, failed: () => broken }
}

const seconds = async ({ database: { sql }, connection }: Pipeline) =>
  (await rejectionsOf(sql, connection, 'list-no-answer')).flatMap(({ stream, key, code: second }) =>
    stream === 'products' && key !== '/' ? [second ?? ''] : [],
  )

const stored = async ({ database: { sql } }: Pipeline) =>
  (await sql`select 1 from source_record where stream = 'products' and code = ${code}`).length

/** Parts that the newest run cut its lists into. */
const parts = async ({ database: { sql } }: Pipeline) =>
  (await sql`select 1 from transfer where run = (select max(run) from transfer) and slice ? 'created'`).length

describe('a second of which not all could be shown', () => {
  it('is still known after a reconcile, which lists keys alone, and is read again', async () => {
    const { pipeline, breaks, proxy } = await withBroken()
    breaks()
    await pipeline.initializeCategories()
    await pipeline.load()
    const before = await seconds(pipeline)
    expect(before).toHaveLength(1)
    expect((await pipeline.reconcile()).outcome).toBe('done')
    expect(await seconds(pipeline)).toEqual(before)

    proxy.failure = () => undefined
    await retryRejections(pipeline.database.sql, pipeline.connection, {})
    await pipeline.poll()
    expect(await stored(pipeline)).toBe(1)
    expect(await seconds(pipeline)).toEqual([])
  }, 120_000)

  it('is gone around at once by each later poll that meets it', async () => {
    const { pipeline, breaks, edit, failed } = await withBroken()
    await pipeline.initializeCategories()
    await pipeline.load()
    await edit({ categories: ['master'] })
    breaks()
    await pipeline.poll()
    expect(await seconds(pipeline)).toHaveLength(1)
    expect(await parts(pipeline)).toBeGreaterThan(20)
    const found = failed()
    await edit({ categories: [] })
    expect((await pipeline.poll()).outcome).toBe('done with rejections')
    // Before the second, the second, behind it.
    expect(await parts(pipeline)).toBe(3)
    expect(failed() - found).toBeLessThan(10)
    expect(await seconds(pipeline)).toHaveLength(1)
  }, 120_000)

  it('holds up no poll when it is read again and shows nothing at all any more', async () => {
    const { pipeline, breaks, proxy } = await withBroken()
    breaks()
    await pipeline.initializeCategories()
    await pipeline.load()
    const [second = ''] = await seconds(pipeline)
    const text = second.slice(0, 19).replace('T', ' ')
    proxy.failure = ({ searchParams }) => (searchParams.get('search')?.includes(text) ? 500 : undefined)
    await retryRejections(pipeline.database.sql, pipeline.connection, {})
    expect((await pipeline.poll()).outcome).toBe('done with rejections')
    expect(await seconds(pipeline)).toEqual([second])
  }, 120_000)
})
