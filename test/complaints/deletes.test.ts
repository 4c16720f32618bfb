import { afterEach, describe, expect, it } from 'vitest'
import { findRecords } from '../../connectors/hub/records.ts'
import {
  closeCatalogues,
  deleteProducts,
  loaded,
  loadedThrough,
  told,
  without,
} from '../support/reconciling.ts'

afterEach(closeCatalogues)

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
