import { afterEach, describe, expect, it } from 'vitest'
import { rejectionsOf, retryRejections } from '../../connectors/hub/rejections.ts'
import type { Pipeline } from '../support/pipeline.ts'
import { closeCatalogues, deleteProducts, type Items, loadedThrough } from '../support/reconciling.ts'

afterEach(closeCatalogues)

const fast = { retry: { initialIntervalMs: 10, maximumIntervalMs: 20 } }

const rejected = async ({ database: { sql }, connection }: Pipeline) =>
  (await rejectionsOf(sql, connection))
    .filter(({ stream }) => stream !== 'products')
    .map(({ stream, key, code, reason }) => ({ stream, key, code, reason }))

describe('a broken record of the structure', () => {
  it('is named with its list, and read again when a person says so', async () => {
    const at = await loadedThrough(fast)
    const { sql } = at.database
    const spoiled = (item: Record<string, unknown>) =>
      ['northlamp', 'jackets_color_size'].includes(String(item['code']))
        ? { ...item, code: item['code'], labels: 7 }
        : item
    at.proxy.rewrite = (path, body) => {
      if (!/\/(options|variants)/.test(path)) return undefined
      const { _embedded } = body as Partial<Items>
      if (_embedded === undefined) return spoiled(body as Record<string, unknown>)
      return { ...(body as object), _embedded: { items: _embedded.items.map(spoiled) } }
    }
    await sql`delete from list_reading where parent in ('brand', 'jackets')`
    await at.poll()
    const both = [
      { stream: 'attribute-options', key: 'brand/northlamp', code: 'northlamp', reason: 'schema' },
      {
        stream: 'family-variants',
        key: 'jackets/jackets_color_size',
        code: 'jackets_color_size',
        reason: 'schema',
      },
    ]
    expect(await rejected(at)).toEqual(both)

    // Mended, and nobody has said so: their lists were read within the hour.
    at.proxy.rewrite = () => undefined
    await at.poll()
    expect(await rejected(at)).toEqual(both)
    await retryRejections(sql, at.connection, { reason: 'schema' })
    await at.poll()
    expect(await rejected(at)).toEqual([])
  }, 60_000)

  it('keeps no product waiting for its next try, however many there are', async () => {
    const at = await loadedThrough(fast)
    const { sql } = at.database
    await sql`
      insert into rejection (connection, stream, key, code, reason, message, remedy, next_attempt)
      select ${at.connection}, 'attribute-options', 'brand/gone_' || n, 'gone_' || n, 'schema', '', '', now() - interval '1 day'
      from generate_series(1, 120) as n
      union all
      select connection, stream, key, code, 'no-answer', '', '', now()
      from source_record where code = 'NL-DL7-W'`
    await at.poll()
    const left = async () => (await rejectionsOf(sql, at.connection)).map(({ code }) => code)
    expect(await left()).not.toContain('NL-DL7-W')
    // Akeneo has none of those, and is asked in portions.
    expect(await rejected(at)).toHaveLength(20)
    await at.poll()
    expect(await rejected(at)).toEqual([])
  }, 60_000)
})

describe('a list of the structure that Akeneo goes on failing to answer with', () => {
  it('is set aside by polls and reconciles, which read the others, and is read whole when it answers again', async () => {
    const at = await loadedThrough(fast)
    const { sql } = at.database
    const asked: string[] = []
    let broken = ['/color/options', '/association-types']
    at.proxy.failure = ({ pathname }) => {
      asked.push(pathname)
      return broken.some((end) => pathname.endsWith(end)) ? 500 : undefined
    }
    await sql`delete from list_reading`
    expect((await at.poll()).outcome).toMatch(/^done/)
    const aside = [
      { stream: 'association-types', key: '/', code: 'association-types', reason: 'list-no-answer' },
      { stream: 'attribute-options', key: 'color/', code: 'color', reason: 'list-no-answer' },
    ]
    expect(await rejected(at)).toEqual(aside)
    const others = asked.filter((path) => path.endsWith('/options') && !path.includes('/color/'))
    expect(new Set(others).size).toBeGreaterThan(1)
    // Its turn has passed: the next poll reads others.
    asked.length = 0
    await at.poll()
    expect(asked.filter((path) => path.endsWith('/color/options'))).toEqual([])

    // Nothing of what it lists is taken for absent, and something else that is leaves. A reconcile wants an answer of each resource.
    broken = ['/color/options']
    await deleteProducts(at, ['NL-DL7-B'])
    expect(await at.reconcile()).toMatchObject({ outcome: 'done', absent: 1, retired: 1 })

    broken = []
    await retryRejections(sql, at.connection, { reason: 'list-no-answer' })
    await at.poll()
    expect(await rejected(at)).toEqual([])
  }, 90_000)
})
