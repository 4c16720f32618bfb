import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PublishingContext, publishingContext } from '../../activities/publishing/context.ts'
import { storePage } from '../../activities/publishing/store-page.ts'
import { settleWaiting } from '../../activities/settle.ts'
import { applyMapping } from '../../connectors/hub/outputs.ts'
import { enqueue } from '../../connectors/hub/waiting.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { until } from '../support/until.ts'
import { openTrade, type Trade } from './trade.ts'
import { begunTransaction, lockWaits } from '../support/transactions.ts'

/*
 * What shapes every record is applied by one run while another one publishes: a mapping, what families say.
 */

const mapping = (version: number, brand: string) => `version: ${version}
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
product: { name: $label, brand: { const: ${brand} } }
`

let trade: Trade
beforeEach(async () => {
  trade = await openTrade({ mappings: { ecommerce: mapping(1, 'before') } })
  await trade.begin()
})
afterEach(() => trade.close())

const sku = 'NL-DL7-B'

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400) throw new Error(`${status}: ${text}`)
}

/** As a reader has it that began with the page before. */
const contextOf = async (): Promise<PublishingContext> => {
  const context = await publishingContext(trade.sql, trade.deps().connection(trade.connection), null)
  if (context === null) throw new Error('Nothing was read yet')
  return context
}

async function bring(context: PublishingContext, stream: StreamName, path: string): Promise<void> {
  const [row] = await trade.sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  const { body } = await trade.api.get(path)
  const page = { stream, items: [body], broken: [], ticket: row?.ticket ?? 0n }
  await trade.sql.begin((tx) => storePage(tx, trade.connection, context, page, { sweepVariants: false }))
}

const settle = () =>
  settleWaiting(trade.deps(), trade.deps().connection(trade.connection), null, {
    streams: ['attributes', 'categories', 'product-models', 'products'],
    until: Date.now() + 60_000,
  })

const applyNext = () =>
  trade.sql.begin((tx) =>
    applyMapping(tx, trade.connection, 'ecommerce', {
      mapping: { name: 'ecommerce.hub.yaml', text: mapping(2, 'after') },
      settings: null,
    }),
  )

const brands = async () => {
  await trade.shop.follow()
  const found = trade.shop.records().flatMap((one) => (one.kind === 'product' ? [one.brand?.['en_US']] : []))
  return [...new Set(found)]
}

const change = (code: string) =>
  done(
    trade.api.patch(`/products/${code}`, { values: { mpn: [{ locale: null, scope: null, data: 'other' }] } }),
  )

describe('a mapping that is applied while a page is on its way', () => {
  it('makes the records of that page, too', async () => {
    await change(sku)
    const { uuid } = trade.shop.product(sku).source
    const context = await contextOf()
    await applyNext()
    await bring(context, 'products', `/products-uuid/${uuid}`)
    await settle()
    expect(await brands()).toEqual(['after'])
  })
})

describe('a mapping that is applied while another run publishes what waits', () => {
  it('makes those records, too', async () => {
    const { uuid } = trade.shop.product(sku).source
    const { sql, connection } = trade
    await sql.begin((tx) =>
      enqueue(tx, connection, [{ stream: 'products', key: uuid ?? '', reason: 'link' }]),
    )
    const holder = await begunTransaction(
      sql,
      (tx) =>
        tx`select 1 from source_record where connection = ${connection} and key = ${uuid ?? ''} for update`,
    )
    const waits = (count: number) => async () => (await lockWaits(sql)) >= count
    const settling = settle()
    await until(waits(1), 'the batch waits for the record')
    let isApplied = false
    const applying = applyNext().finally(() => {
      isApplied = true
    })
    await until(async () => isApplied || (await waits(2)()), 'the mapping is applied, or waits')
    holder.goOn()
    await Promise.all([holder.ended, settling, applying])
    await settle()
    expect(await brands()).toEqual(['after'])
  })
})

describe('a family whose label attribute changes while a page of its products is on its way', () => {
  it('names the products of that page by the new one', async () => {
    await change(sku)
    const { source } = trade.shop.product(sku)
    const family = 'lamps'
    const context = await contextOf()
    await done(trade.api.patch(`/families/${family}`, { attribute_as_label: 'sku' }))
    await bring(context, 'families', `/families/${family}`)
    await bring(context, 'products', `/products-uuid/${source.uuid}`)
    await settle()
    await trade.shop.follow()
    expect(trade.shop.product(sku).name).toEqual({ en_US: sku })
  })
})
