import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { delivering, nameOf, seqsOf, upTo } from '../support/delivering.ts'
import { categoryRecord, groupRecord, productRecord } from '../support/published.ts'

describe('what a destination refuses', () => {
  it('parks what is refused with its reason, lets the others pass, and later delivers the newest body', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering()
    const ids = await add(upTo(5).map((n) => productRecord(`SKU-${n}`)))
    const bad = ids[2] ?? ''
    shop.refuse = ({ id }) => (id === bad ? 'its name is taken' : undefined)
    expect(await deliver()).toMatchObject({
      outcome: 'done with rejections',
      delivered: 4,
      refused: 1,
      parked: 1,
    })
    const rows = await pipeline.database.sql`select id, reason, attempts from delivery_queue`
    expect([...rows]).toEqual([{ id: bad, reason: 'its name is taken', attempts: 1 }])

    // Not due yet, and nothing new: it is left alone.
    expect(await deliver()).toMatchObject({ delivered: 0, refused: 0, parked: 1 })

    await add([{ id: bad, record: productRecord('SKU-3', { name: 'newer' }) }])
    expect(await deliver()).toMatchObject({ delivered: 0, refused: 1, parked: 1 })
    await add([{ id: bad, record: productRecord('SKU-3', { name: 'newest' }) }])
    shop.refuse = () => undefined
    expect(await deliver({ retryRefused: true })).toMatchObject({ outcome: 'done', parked: 0 })
    expect(nameOf(shop, bad)).toEqual({ en_US: 'newest' })
    expect(shop.receiver().shop.effects.filter((effect) => effect.startsWith(bad))).toEqual([`${bad} 3`])
  }, 60_000)

  it('parks variants and subcategories behind what they belong to, and sends them when that is taken', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering({}, { batchSize: 2 })
    const group: string = randomUUID()
    const root: string = randomUUID()
    shop.refuse = ({ id }) => ([group, root].includes(id) ? 'no room' : undefined)
    await add([
      { id: root, record: categoryRecord('root') },
      categoryRecord('other'),
      categoryRecord('below', ['root']),
      categoryRecord('far-below', ['root', 'below']),
      { id: group, record: groupRecord('model') },
      productRecord('PLAIN'),
      productRecord('VARIANT-1', { groupId: group }),
      productRecord('VARIANT-2', { groupId: group }),
    ])
    expect(await deliver()).toMatchObject({ delivered: 2, refused: 2, parked: 6 })
    // What waits is not even sent.
    expect(seqsOf(shop)).toEqual([1, 2, 5, 6])

    shop.refuse = () => undefined
    expect(await deliver({ retryRefused: true })).toMatchObject({ outcome: 'done', delivered: 6, parked: 0 })
    expect(shop.receiver().shop.items.size).toBe(8)
    const [left] = await pipeline.database.sql<{ n: number }[]>`select count(*)::int as n from delivery_queue`
    expect(left?.n).toBe(0)
  }, 60_000)

  it('sends what is new below a refused parent as soon as the parent is taken, also in the same request', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering()
    const group: string = randomUUID()
    const root: string = randomUUID()
    shop.refuse = ({ id }) => ([group, root].includes(id) ? 'no room' : undefined)
    await add([
      { id: root, record: categoryRecord('root') },
      { id: group, record: groupRecord('model') },
    ])
    expect(await deliver()).toMatchObject({ refused: 2, parked: 2 })

    // None of them is due yet: what mends them comes by the feed, with what is new below them.
    shop.refuse = () => undefined
    await add([
      { id: root, record: categoryRecord('root', [], 'mended') },
      categoryRecord('below', ['root']),
      categoryRecord('far-below', ['root', 'below']),
      { id: group, record: { ...groupRecord('model'), status: 'withheld' } },
      productRecord('VARIANT', { groupId: group }),
    ])
    expect(await deliver()).toMatchObject({ outcome: 'done', delivered: 5, parked: 0 })
    expect(shop.receiver().shop.items.size).toBe(5)
    expect(await pipeline.database.sql`select id from delivery_queue`).toHaveLength(0)
  }, 60_000)

  it('goes on with the feed when each of the records that are due is refused by the status of its request', async () => {
    const { pipeline, shop, publish: add, deliver } = await delivering()
    const [first = '', , second = ''] = await add(['BAD-1', 'GOOD', 'BAD-2'].map((sku) => productRecord(sku)))
    shop.fault = (entries) =>
      entries.some(({ record }) => [first, second].includes(record.id)) ? { status: 422 } : undefined
    expect(await deliver()).toMatchObject({ delivered: 1, refused: 2, parked: 2 })

    await add([productRecord('NEW')])
    expect(await deliver({ retryRefused: true })).toMatchObject({
      outcome: 'done with rejections',
      delivered: 1,
      refused: 2,
      parked: 2,
    })
    const rows = await pipeline.database.sql`
      select reason, attempts, due_at > now() + interval '10 minutes' as later from delivery_queue`
    const parked = { reason: 'answered with 422', attempts: 2, later: true }
    expect([...rows]).toEqual([parked, parked])

    shop.fault = () => undefined
    expect(await deliver({ retryRefused: true })).toMatchObject({ outcome: 'done', delivered: 2, parked: 0 })
  }, 60_000)

  it('lets a retired variant leave although its group was refused', async () => {
    const { shop, publish: add, deliver } = await delivering()
    const group = randomUUID()
    const [, variant = ''] = await add([
      { id: group, record: groupRecord('model') },
      productRecord('VARIANT', { groupId: group }),
    ])
    await deliver()
    shop.refuse = ({ kind }) => (kind === 'group' ? 'no room' : undefined)
    await add([{ id: group, record: { ...groupRecord('model'), status: 'withheld' } }])
    await deliver()
    await add([
      { id: variant, record: { ...productRecord('VARIANT', { groupId: group }), status: 'retired' } },
    ])
    await deliver()
    expect(shop.receiver().shop.items.get(variant)?.record.status).toBe('retired')
  }, 60_000)
})
