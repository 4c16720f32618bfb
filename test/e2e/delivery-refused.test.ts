import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { delivering, nameOf, seqsOf, upTo } from '../support/delivering.ts'
import type { TestDestination } from '../support/destination.ts'
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

  /** Answers 429 after so many requests, with a second to wait; then takes as many again. Limits no more after a while: a test ends. */
  const taking = (shop: TestDestination, limit: number, fault: TestDestination['fault']) => {
    let left = limit
    shop.fault = (entries) => {
      if (shop.requests.length > 40) return undefined
      if (left-- > 0) return fault(entries)
      left = limit
      return { status: 429, headers: { 'retry-after': '1' } }
    }
  }

  it.each([
    // 16, 8, 4, 2, then 1, which is to blame, and 2: that much is kept when the 429 comes.
    { limit: 6, sizes: [16, 8, 4, 2, 1, 1, 2, 14] },
    // Not even one entry stood alone by then: the next request begins with it.
    { limit: 4, sizes: [16, 8, 4, 2, 1, 1, 15] },
  ])(
    'goes on in the middle of a request in parts at a destination that takes $limit requests at a time',
    async ({ limit, sizes }) => {
      const { shop, publish: add, deliver } = await delivering()
      const [bad = ''] = await add(upTo(16).map((n) => productRecord(`SKU-${n}`)))
      taking(shop, limit, (entries) =>
        entries.some(({ record }) => record.id === bad) ? { status: 422 } : undefined,
      )
      expect(await deliver()).toMatchObject({ delivered: 15, refused: 1, parked: 1 })
      expect(shop.requests.map(({ entries }) => entries.length)).toEqual(sizes)
      expect(seqsOf(shop)).toEqual(upTo(16, 2))
      const stopped = shop.requests.findIndex(({ status }) => status === 429)
      const [before = 0, after = 0] = shop.requests.slice(stopped, stopped + 2).map(({ at }) => at)
      // Temporal's timers have a resolution of some tenths of a second.
      expect(after - before).toBeGreaterThan(900)
    },
    60_000,
  )

  it('keeps nobody below a refused parent that came in the part of a request which was not sent', async () => {
    const { shop, publish: add, deliver } = await delivering()
    const group: string = randomUUID()
    shop.refuse = ({ id }) => (id === group ? 'no room' : undefined)
    await add([{ id: group, record: groupRecord('model') }])
    await deliver()
    const [bad = ''] = await add([
      productRecord('BAD'),
      productRecord('VARIANT-1', { groupId: group }),
      productRecord('PLAIN-1'),
      productRecord('PLAIN-2'),
      productRecord('VARIANT-2', { groupId: group }),
    ])
    // 3, 2, then 1, which is to blame; the next waits.
    taking(shop, 3, (entries) =>
      entries.some(({ record }) => record.id === bad) ? { status: 422 } : undefined,
    )
    expect(await deliver()).toMatchObject({ delivered: 2, refused: 1, parked: 4 })
    expect(seqsOf(shop)).toEqual([1, 4, 5])
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
