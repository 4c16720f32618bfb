import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publishingContext } from '../../activities/publishing/context.ts'
import { type ReadPage, storePage } from '../../activities/publishing/store-page.ts'
import { settleWaiting } from '../../activities/settle.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { gate } from '../client/stubs.ts'
import { until } from '../support/until.ts'
import { openTrade, type Trade } from './trade.ts'

let trade: Trade
beforeEach(async () => {
  trade = await openTrade({ settings: { products: { skipRelatedPrerequisite: true } } })
  await trade.begin()
})
afterEach(() => trade.close())

/** A page of Akeneo's list that holds this product alone, as one of several readers writes it. */
async function writePage(tx: Transaction, identifier: string): Promise<void> {
  const { sql, connection, akeneo } = trade
  const context = await publishingContext(sql, trade.deps().connection(connection), null)
  const products = [...akeneo.pim.catalog.products.afterUuid(undefined)]
  const uuid = products.find((product) => product.identifier === identifier)?.uuid
  const { body } = await trade.api.get(`/products-uuid/${uuid}`)
  const [row] = await sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  if (row === undefined) throw new Error('no ticket')
  const page: ReadPage = { stream: 'products', items: [body], broken: [], ticket: row.ticket }
  await storePage(tx, connection, context, page, { sweepVariants: false })
}

const somebodyWaits = async () => {
  const rows = await trade.sql`select 1 from pg_locks where locktype = 'advisory' and not granted`
  return rows.length > 0
}

describe('a product and the one it names, which two readers write at the same time', () => {
  it.each([
    ['names', 'LINK-FROM', 'LINK-TO'],
    ['is named', 'LINK-TO', 'LINK-FROM'],
  ])('are linked also where the one that %s is written first', async (_who, first, second) => {
    const families = { 'LINK-TO': {}, 'LINK-FROM': { associations: { X_SELL: { products: ['LINK-TO'] } } } }
    for (const [identifier, patch] of Object.entries(families)) {
      const answer = await trade.api.post('/products', { identifier, family: 'accessories', ...patch })
      expect(answer.status).toBe(201)
    }
    const written = gate()
    const end = gate()
    const earlier = trade.sql.begin(async (tx) => {
      await writePage(tx, first)
      written.open()
      await end.opened
    })
    await written.opened
    let isThrough = false
    const later = trade.sql
      .begin((tx) => writePage(tx, second))
      .finally(() => {
        isThrough = true
      })
    await until(async () => isThrough || (await somebodyWaits()), 'the later one is through, or waits')
    end.open()
    await Promise.all([earlier, later])

    // What waits is published, and nothing is read again.
    const connection = trade.deps().connection(trade.connection)
    await settleWaiting(trade.deps(), connection, null, {
      streams: ['products'],
      until: Date.now() + 30_000,
    })
    await trade.shop.follow()
    const { related } = trade.shop.product('LINK-FROM')
    expect(related).toEqual([
      expect.objectContaining({ type: 'X_SELL', id: trade.shop.product('LINK-TO').id }),
    ])
  })
})
