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
  trade = await openTrade({
    settings: { products: { skipRelatedPrerequisite: true } },
    mappings: {
      ecommerce: `version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
product: { name: $label, brand: { from: designer, as: label } }
related: { X_SELL: crossSell }
`,
    },
  })
  await done(trade.api.patch('/reference-entities/designers', { labels: { en_US: 'Designers' } }))
  await done(trade.api.patch(aino, { code: 'aino', values: { label: [label('Aino')] } }))
  await done(
    trade.api.post('/attributes', {
      code: 'designer',
      type: 'akeneo_reference_entity',
      group: 'other',
      reference_data_name: 'designers',
      localizable: false,
      scopable: false,
    }),
  )
  await trade.begin()
})
afterEach(() => trade.close())

const aino = '/reference-entities/designers/records/aino'
const label = (data: string) => ({ locale: 'en_US', channel: null, data })

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400) throw new Error(`${status}: ${text}`)
}

/** A page of one of Akeneo's lists that holds this record alone, as one of several readers writes it. */
async function writePage(
  tx: Transaction,
  stream: ReadPage['stream'],
  path: string,
  parent?: string,
): Promise<void> {
  const { sql, connection, api } = trade
  const context = await publishingContext(sql, trade.deps().connection(connection), null)
  const { body } = await api.get(path)
  const [row] = await sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  if (row === undefined) throw new Error('no ticket')
  const page = { stream, items: [body], broken: [], ticket: row.ticket, ...(parent ? { parent } : {}) }
  await storePage(tx, connection, context, page, { sweepVariants: false })
}

async function writeProduct(tx: Transaction, identifier: string): Promise<void> {
  const products = [...trade.akeneo.pim.catalog.products.afterUuid(undefined)]
  const { uuid = '' } = products.find((product) => product.identifier === identifier) ?? {}
  await writePage(tx, 'products', `/products-uuid/${uuid}`)
}

/** The first has written and not committed when the second comes; then what waits is published, and nothing is read again. */
async function together(
  first: (tx: Transaction) => Promise<void>,
  second: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const written = gate()
  const end = gate()
  const earlier = trade.sql.begin(async (tx) => {
    await first(tx)
    written.open()
    await end.opened
  })
  await written.opened
  let isThrough = false
  const later = trade.sql.begin(second).finally(() => {
    isThrough = true
  })
  const waits = async () =>
    (await trade.sql`select 1 from pg_locks where locktype = 'advisory' and not granted`).length > 0
  await until(async () => isThrough || (await waits()), 'the later one is through, or waits')
  end.open()
  await Promise.all([earlier, later])

  const deps = trade.deps()
  await settleWaiting(deps, deps.connection(trade.connection), null, {
    streams: ['products'],
    until: Date.now() + 30_000,
  })
  await trade.shop.follow()
}

describe('a product and the one it names, which two readers write at the same time', () => {
  it.each([
    ['names', 'LINK-FROM', 'LINK-TO'],
    ['is named', 'LINK-TO', 'LINK-FROM'],
  ])('are linked also where the one that %s is written first', async (_who, first, second) => {
    const patches = { 'LINK-TO': {}, 'LINK-FROM': { associations: { X_SELL: { products: ['LINK-TO'] } } } }
    for (const [identifier, patch] of Object.entries(patches))
      await done(trade.api.post('/products', { identifier, family: 'accessories', ...patch }))
    await together(
      (tx) => writeProduct(tx, first),
      (tx) => writeProduct(tx, second),
    )
    const linked = trade.shop.product('LINK-FROM').related.map(({ id }) => id)
    expect(linked).toEqual([trade.shop.product('LINK-TO').id])
  })
})

describe('a product that shows a record, and a new label of that record, which two readers write at the same time', () => {
  const ofProduct = (tx: Transaction) => writeProduct(tx, 'BY-AINO')
  const ofRecord = (tx: Transaction) => writePage(tx, 'reference-entity-records', aino, 'designers')

  it.each([
    ['product', ofProduct, ofRecord],
    ['record', ofRecord, ofProduct],
  ])('agree also where the %s is written first', async (_what, first, second) => {
    const values = { designer: [{ locale: null, scope: null, data: 'aino' }] }
    await done(trade.api.post('/products', { identifier: 'BY-AINO', family: 'accessories', values }))
    await done(trade.api.patch(aino, { code: 'aino', values: { label: [label('Aino A.')] } }))
    await together(first, second)
    expect(trade.shop.product('BY-AINO').brand).toEqual({ en_US: 'Aino A.' })
  })
})
