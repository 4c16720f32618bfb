import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forgetChanged, nextChanged, noteChanged } from '../../../connectors/hub/enrichment/changed.ts'
import { addFetched, fetchedThisMonth } from '../../../connectors/hub/enrichment/meter.ts'
import {
  applyIndex,
  type ChosenProduct,
  dueProducts,
  keepChosen,
  makeDue,
  releaseProducts,
  type SettledProduct,
  settleProducts,
  takeProducts,
} from '../../../connectors/hub/enrichment/products.ts'
import { holdRetirements } from '../../../connectors/hub/publication-locks.ts'
import { noteRequests } from '../../../connectors/hub/enrichment/requests.ts'
import { setMapping } from '../../../connectors/hub/enrichment/state.ts'
import { defaultRequestPolicy } from '../../../domain/enrichment/requests/creation-request.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { begunTransaction, lockWaits } from '../../support/transactions.ts'
import { until } from '../../support/until.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const [first, second] = [
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
] as const
const leaseMs = 60_000

const chosen = (product: string, root: string | null = null, gtin = '1'): ChosenProduct => ({
  product,
  root,
  identifiers: [{ by: 'gtin', gtin }],
  problems: [],
  brand: null,
  family: 'lamps',
})

const settled = (
  product: string,
  dueAt: string | null,
  changes: Partial<SettledProduct> = {},
): SettledProduct => ({
  product,
  dueAt,
  outcome: 'unchanged',
  message: null,
  icecatId: '7',
  matchedBy: 'gtin',
  fetchedAt: '2026-01-02T00:00:00.000Z',
  askedUpdated: '20260101000000',
  category: '99010',
  modelCells: null,
  judged: 'aa',
  due: null,
  dueInMs: 0,
  ...changes,
})

describe('products that are due', () => {
  beforeEach(async () => {
    const { sql } = database
    await sql`delete from enrichment_product`
    await sql.begin((tx) =>
      keepChosen(tx, 'acme', [chosen('a', 'root'), chosen('b', 'root'), chosen('c'), chosen('d')], {
        allDue: false,
      }),
    )
  })
  const take = (holder: string, most = 1) => takeProducts(database.sql, 'acme', { holder, leaseMs, most })
  const release = (holder: string) =>
    releaseProducts(database.sql, 'acme', { holder, products: ['a', 'b', 'c', 'd'] })
  const keys = (products: { product: string }[]) => products.map(({ product }) => product).sort()
  const settle = (holder: string, products: SettledProduct[]) =>
    database.sql.begin((tx) => settleProducts(tx, 'acme', 1n, holder, products))

  it('are taken by one worker, with all that share their root', async () => {
    const taken = await Promise.all([take(first), take(second), take(first), take(second)])
    expect(taken.flat().length).toBe(4)
    expect(taken.map(keys).filter((own) => own.includes('a'))).toEqual([['a', 'b']])
    expect(await take(second)).toEqual([])
  })

  it('come with siblings that are not due, and those are not taken from somebody else', async () => {
    await database.sql`update enrichment_product set due = null, due_at = null where product = 'b'`
    expect(keys(await take(first, 10))).toEqual(['a', 'b', 'c', 'd'])
    await makeDue(database.sql, 'acme', 'edited', ['b'])
    expect(await take(second, 10)).toEqual([])
  })

  it('wait for a sibling that somebody holds, also where they were chosen only since', async () => {
    await take(first, 10)
    await database.sql.begin((tx) => keepChosen(tx, 'acme', [chosen('e', 'root')], { allDue: false }))
    expect(await take(second, 10)).toEqual([])
    await release(first)
    expect(keys(await take(second, 10))).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('are settled by who holds them; whoever lost them changes nothing', async () => {
    const taken = await take(first, 10)
    await database.sql`update enrichment_product set held_until = now() - interval '1 second', due_at = now()`
    expect(keys(await take(second, 10))).toEqual(['a', 'b', 'c', 'd'])
    expect(
      await settle(
        first,
        taken.map(({ product, dueAt }) => settled(product, dueAt)),
      ),
    ).toBe(false)
  })

  it('are due no longer once they are settled, unless they were made due meanwhile', async () => {
    const taken = await take(first, 10)
    await makeDue(database.sql, 'acme', 'edited', ['c'])
    expect(
      await settle(
        first,
        taken.map(({ product, dueAt }) => settled(product, dueAt)),
      ),
    ).toBe(true)
    await release(first)
    expect(await dueProducts(database.sql, 'acme')).toMatchObject({ now: 1, later: 0 })
    expect(keys(await take(second, 10))).toEqual(['c'])
  })

  it('are due again at once when who took them gives up, and after the lease when it dies', async () => {
    await take(first, 10)
    const held = await dueProducts(database.sql, 'acme')
    expect(held).toMatchObject({ now: 0, later: 4 })
    expect(held.heldMs).toBeGreaterThan(leaseMs / 2)
    await release(first)
    expect(await dueProducts(database.sql, 'acme')).toMatchObject({ now: 4, later: 0 })
  })

  it('are due by a new identifier, and not by being chosen again', async () => {
    const taken = await take(first, 10)
    await settle(
      first,
      taken.map(({ product, dueAt }) => settled(product, dueAt)),
    )
    await release(first)
    const { sql } = database
    await sql.begin((tx) => keepChosen(tx, 'acme', [chosen('c'), chosen('d', null, '2')], { allDue: false }))
    expect(await sql`select product, due from enrichment_product where due is not null`).toEqual([
      { product: 'd', due: 'identifiers' },
    ])
  })

  it('are due by an index that has a newer sheet, or one that never came', async () => {
    const { sql } = database
    const taken = await take(first, 10)
    await settle(
      first,
      taken.map(({ product, dueAt }) =>
        product === 'd'
          ? settled(product, dueAt, {
              outcome: 'not-found',
              fetchedAt: null,
              askedUpdated: null,
              icecatId: null,
            })
          : settled(product, dueAt, product === 'c' ? { askedUpdated: null } : {}),
      ),
    )
    await release(first)
    const found = (product: string, updated: string) => ({
      product,
      kind: 'found' as const,
      icecatId: '7',
      by: 'gtin' as const,
      updated,
    })
    await sql.begin((tx) =>
      applyIndex(tx, 'acme', [
        found('a', '20260101000000'),
        found('b', '20260101000001'),
        // Fetched before any index was read, on 2 January: older by more than a zone.
        found('c', '20251231000000'),
        found('d', '20200101000000'),
      ]),
    )
    const due = await sql<{ product: string }[]>`select product from enrichment_product where due = 'index'`
    expect(keys([...due])).toEqual(['b', 'd'])
  })
})

describe('changed records', () => {
  const changed = () => nextChanged(database.sql, 'acme', 10)

  it('are noted once enrichment has begun, and stay when they change while they are looked at', async () => {
    const { sql } = database
    await sql.begin((tx) => noteChanged(tx, 'acme', 'products', ['x']))
    expect(await changed()).toEqual([])
    await sql.begin((tx) => setMapping(tx, 'acme', { name: 'a', version: 1, text: '', hash: 'h' }))
    await sql.begin((tx) => noteChanged(tx, 'acme', 'products', ['x', 'y']))
    const seen = await changed()
    expect(seen.map(({ key }) => key)).toEqual(['x', 'y'])
    await sql.begin((tx) => noteChanged(tx, 'acme', 'products', ['y']))
    await sql.begin((tx) => forgetChanged(tx, 'acme', seen))
    expect((await changed()).map(({ key }) => key)).toEqual(['y'])
  })

  it('are through before the first look at all begins, where they are stored beside it', async () => {
    const { sql } = database
    // As a page is stored: nothing is noted yet, and its products are seen when all of it is through.
    const storing = await begunTransaction(sql, async (tx) => {
      await holdRetirements(tx, 'beside')
      await noteChanged(tx, 'beside', 'products', ['x'])
    })
    const order: string[] = []
    const beginning = sql
      .begin((tx) => setMapping(tx, 'beside', { name: 'a', version: 1, text: '', hash: 'h' }))
      .then(() => order.push('begun'))
    await until(async () => order.length > 0 || (await lockWaits(sql)) > 0, 'the mapping is set, or waits')
    storing.goOn()
    await Promise.all([storing.ended.then(() => order.push('stored')), beginning])
    expect(order).toEqual(['stored', 'begun'])
  })
})

describe('creation requests', () => {
  it('are made once, follow what Icecat says, and end when the sheet is there', async () => {
    const { sql } = database
    const now = new Date('2026-03-01T00:00:00Z')
    const note = (kind: 'found' | 'known' | 'not-found') =>
      sql.begin((tx) =>
        noteRequests(tx, 'acme', [{ product: 'q', outcome: { kind } }], defaultRequestPolicy, now),
      )
    expect(await note('found')).toEqual({ requested: [], delivered: [] })
    expect(await note('not-found')).toEqual({ requested: ['q'], delivered: [] })
    expect(await note('not-found')).toEqual({ requested: [], delivered: [] })
    await note('known')
    expect(await sql`select state, checks from enrichment_request`).toEqual([
      { state: 'in-preparation', checks: 2 },
    ])
    expect(await note('found')).toEqual({ requested: [], delivered: ['q'] })
    expect(await note('found')).toEqual({ requested: [], delivered: [] })
  })
})

describe('the meter', () => {
  it('counts by account, month and language, over all connections', async () => {
    const { sql } = database
    await addFetched(
      sql,
      'shop',
      '2026-03',
      new Map([
        ['EN', 2],
        ['DE', 5],
      ]),
    )
    await addFetched(sql, 'shop', '2026-03', new Map([['EN', 4]]))
    expect(await fetchedThisMonth(sql, 'shop', '2026-03')).toBe(6)
    expect(await fetchedThisMonth(sql, 'shop', '2026-04')).toBe(0)
  })
})
