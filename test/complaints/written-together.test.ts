import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publishingContext } from '../../activities/publishing/context.ts'
import { type ReadPage, storePage } from '../../activities/publishing/store-page.ts'
import { retireItem } from '../../activities/retiring/retire-item.ts'
import { settleWaiting } from '../../activities/settle.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import type { PlanItem } from '../../connectors/hub/plans.ts'
import { until } from '../support/until.ts'
import { openTrade, type Trade } from './trade.ts'
import { begunTransaction, lockWaits } from '../support/transactions.ts'

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

/** A page of one of Akeneo's lists that holds this record alone. */
async function readPage(stream: ReadPage['stream'], path: string, parent?: string): Promise<ReadPage> {
  const { sql, api } = trade
  const [row] = await sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  if (row === undefined) throw new Error('no ticket')
  const { body } = await api.get(path)
  return { stream, items: [body], broken: [], ticket: row.ticket, ...(parent ? { parent } : {}) }
}

/** As one of several readers does it. */
async function writePage(tx: Transaction, page: ReadPage): Promise<void> {
  const { sql, connection } = trade
  const context = await publishingContext(sql, trade.deps().connection(connection), null)
  await storePage(tx, connection, context, page, { sweepVariants: false })
}

const readProduct = (identifier: string) => readPage('products', `/products-uuid/${uuidOf(identifier)}`)
const writeProduct = async (tx: Transaction, identifier: string) =>
  writePage(tx, await readProduct(identifier))

function uuidOf(identifier: string): string {
  const products = [...trade.akeneo.pim.catalog.products.afterUuid(undefined)]
  return products.find((product) => product.identifier === identifier)?.uuid ?? ''
}

/** The first has written and not committed when the second comes; then what waits is published, and nothing is read again. */
async function together(
  first: (tx: Transaction) => Promise<void>,
  second: () => Promise<unknown>,
): Promise<void> {
  const earlier = await begunTransaction(trade.sql, first)
  let isThrough = false
  const later = second().finally(() => {
    isThrough = true
  })
  await until(async () => isThrough || (await lockWaits(trade.sql)) > 0, 'the later one is through, or waits')
  earlier.goOn()
  await Promise.all([earlier.ended, later])

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
      () => trade.sql.begin((tx) => writeProduct(tx, second)),
    )
    const linked = trade.shop.product('LINK-FROM').related.map(({ id }) => id)
    expect(linked).toEqual([trade.shop.product('LINK-TO').id])
  })
})

describe('a product that shows a record, and a new label of that record, which two readers write at the same time', () => {
  const ofProduct = (tx: Transaction) => writeProduct(tx, 'BY-AINO')
  const ofRecord = async (tx: Transaction) =>
    writePage(tx, await readPage('reference-entity-records', aino, 'designers'))

  it.each([
    ['product', ofProduct, ofRecord],
    ['record', ofRecord, ofProduct],
  ])('agree also where the %s is written first', async (_what, first, second) => {
    const values = { designer: [{ locale: null, scope: null, data: 'aino' }] }
    await done(trade.api.post('/products', { identifier: 'BY-AINO', family: 'accessories', values }))
    await done(trade.api.patch(aino, { code: 'aino', values: { label: [label('Aino A.')] } }))
    await together(first, () => trade.sql.begin(second))
    expect(trade.shop.product('BY-AINO').brand).toEqual({ en_US: 'Aino A.' })
  })
})

describe('a product that names another for the first time while that one is retired', () => {
  it('has no link to it in the end', async () => {
    for (const identifier of ['LINK-TO', 'LINK-FROM'])
      await done(trade.api.post('/products', { identifier, family: 'accessories' }))
    await trade.passes.poll()
    await done(
      trade.api.patch('/products/LINK-FROM', { associations: { X_SELL: { products: ['LINK-TO'] } } }),
    )
    const naming = await readProduct('LINK-FROM')
    const leaving = uuidOf('LINK-TO')
    // Akeneo takes it out of the other's associations then, and moves no date: nobody reads that one again soon.
    await done(trade.api.delete(`/products-uuid/${leaving}`))
    await together(
      (tx) => writePage(tx, naming),
      () => retire(leaving),
    )
    expect(trade.shop.product('LINK-FROM').related).toEqual([])
    expect(trade.shop.has('LINK-TO')).toBe(false)
  })
})

async function retire(key: string): Promise<void> {
  const deps = trade.deps()
  const connection = deps.connection(trade.connection)
  const [last] = await trade.sql<{ id: bigint }[]>`select max(id) as id from run`
  if (last === undefined) throw new Error('no run')
  const item: PlanItem = { position: 1n, stream: 'products', key, code: null, parent: null, state: 'open' }
  await connection.akeneo.inLane('live', new AbortController().signal, (calls) =>
    retireItem(deps, connection, calls, { run: last.id, plan: 0n, item }),
  )
}
