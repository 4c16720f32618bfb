import { afterEach, beforeEach, expect, it } from 'vitest'
import { settleWaiting } from '../../activities/settle.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { bring as store } from './bring.ts'
import { openTrade, type Trade } from './trade.ts'

let trade: Trade
beforeEach(async () => {
  trade = await openTrade({ settings: { products: { prerequisiteWaitHours: 0 } } })
  await trade.begin()
  // Made after a poll has read the categories, and before it reads products.
  await done(trade.api.post('/categories', { code: 'late', parent: 'master' }))
})
afterEach(() => trade.close())

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400) throw new Error(`${status}: ${text}`)
}

/** Stores one record as a page of a list brings it, and publishes what has waited long enough. */
async function bring(stream: StreamName, path: string): Promise<void> {
  await store(trade, stream, path)
  const deps = trade.deps()
  await settleWaiting(deps, deps.connection(trade.connection), null, {
    streams: ['categories', 'product-models', 'products'],
    until: Date.now() + 30_000,
  })
  await trade.shop.follow()
}

const uuidOf = (identifier: string): string =>
  [...trade.akeneo.pim.catalog.products.afterUuid(undefined)].find(
    (product) => product.identifier === identifier,
  )?.uuid ?? ''

it('a product that went out without its category stands in it when the category comes', async () => {
  const product = { identifier: 'IN-LATE', family: 'accessories', categories: ['master', 'late'] }
  await done(trade.api.post('/products', product))
  await bring('products', `/products-uuid/${uuidOf('IN-LATE')}`)
  expect(trade.shop.product('IN-LATE').categories).toEqual(['master'])
  expect(await trade.findings('IN-LATE')).toContain('category-missing')

  await bring('categories', '/categories/late')
  expect(trade.shop.product('IN-LATE').categories.toSorted()).toEqual(['late', 'master'])
  expect(await trade.findings('IN-LATE')).not.toContain('category-missing')
})

it('so does a group', async () => {
  await done(
    trade.api.patch('/product-models/jacket_fell', { categories: ['jackets', 'sales_jackets', 'late'] }),
  )
  await bring('product-models', '/product-models/jacket_fell')
  expect(trade.shop.group('jacket_fell').categories.toSorted()).toEqual(['jackets', 'sales_jackets'])

  await bring('categories', '/categories/late')
  expect(trade.shop.group('jacket_fell').categories.toSorted()).toEqual(['jackets', 'late', 'sales_jackets'])
})

it('a product does not wait for a category that was refused', async () => {
  await trade.reopen({ products: { prerequisiteWaitHours: 24 } })
  await trade.sql`
    insert into rejection (connection, stream, key, reason, message, remedy, next_attempt)
    values (${trade.connection}, 'categories', 'late', 'schema', 'not as Akeneo says', 'mend it', now() + interval '1 hour')`
  await done(
    trade.api.post('/products', { identifier: 'IN-LATE', family: 'accessories', categories: ['late'] }),
  )
  await bring('products', `/products-uuid/${uuidOf('IN-LATE')}`)
  expect(trade.shop.product('IN-LATE').categories).toEqual([])
})
