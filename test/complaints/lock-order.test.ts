import { randomUUID } from 'node:crypto'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeEmptied } from '../../activities/judge-emptied.ts'
import { publishingContext } from '../../activities/publishing/context.ts'
import { storePage } from '../../activities/publishing/store-page.ts'
import { retryRejected } from '../../activities/reading/retry-rejected.ts'
import { settleSuccessors } from '../../activities/retiring/successors.ts'
import { settleWaiting } from '../../activities/settle.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { changeStructure, lockRetirements } from '../../connectors/hub/publication-locks.ts'
import { clearRejections, reject, retryRejections } from '../../connectors/hub/rejections.ts'
import { claimReading, sourcesByKey } from '../../connectors/hub/sources.ts'
import { dequeue, enqueue } from '../../connectors/hub/waiting.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { productOf, writeValue } from '../support/emptying.ts'
import { begunTransaction, lockWaits } from '../support/transactions.ts'
import { until } from '../support/until.ts'
import { bring } from './bring.ts'
import { openTrade, type Trade } from './trade.ts'

/*
 * Transactions that want the same rows wait for each other and never in a circle: all take them in one order (docs/adr/0001). Where they do
 * not, PostgreSQL ends one of them, and what it was to publish fails here.
 */

let trade: Trade
beforeEach(async () => {
  trade = await openTrade()
  await trade.begin()
})
afterEach(() => trade.close())

const connection = () => trade.deps().connection(trade.connection)

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400) throw new Error(`${status}: ${text}`)
}

const nextTicket = async () => {
  const [row] = await trade.sql<{ ticket: bigint }[]>`select nextval('read_ticket') as ticket`
  return row?.ticket ?? 0n
}

const settle = () =>
  new MockActivityEnvironment().run(() =>
    settleWaiting(trade.deps(), connection(), null, {
      streams: ['attributes', 'categories', 'product-models', 'products'],
      until: Date.now() + 60_000,
    }),
  )

/** So many statements wait for what another transaction holds. */
const waiting = (count: number) => async () => (await lockWaits(trade.sql)) >= count

describe('a page of variants beside a run that publishes their group', () => {
  const sku = 'CAL-FELL-SAGE-M'

  it('waits for it with nothing in its hands that the run wants', async () => {
    const { id } = trade.shop.group('jacket_fell')
    const name = [{ locale: null, scope: null, data: 'Fell coat' }]
    trade.akeneo.edit([{ resource: 'product-model', code: 'jacket_fell', patch: { values: { name } } }])
    await bring(trade, 'product-models', '/product-models/jacket_fell')
    writeValue(trade.akeneo, sku, 'weight', { amount: '7', unit: 'KILOGRAM' })

    const holder = await begunTransaction(
      trade.sql,
      (tx) => tx`select 1 from hub_record where connection = ${trade.connection} and id = ${id} for update`,
    )
    const settling = settle()
    await until(waiting(1), 'the group is on its way, and waits for its record')
    const storing = bring(trade, 'products', `/products-uuid/${productOf(trade.akeneo, sku).uuid}`)
    await until(waiting(2), 'the page waits for what the group has')
    holder.goOn()
    await Promise.all([holder.ended, settling, storing])

    await settle()
    await trade.shop.follow()
    const { value } = trade.shop.product(sku).attributes['weight'] as { value: unknown }
    expect(value).toEqual({ amount: '7', unit: 'KILOGRAM' })
    expect(trade.shop.group('jacket_fell').name['en_US']).toBe('Fell coat')
  })
})

describe('a product made anew under its SKU beside a reconcile that retires the one before', () => {
  it('waits for the retirement with nothing in its hands', async () => {
    const sku = 'NL-DL7-B'
    const old = productOf(trade.akeneo, sku)
    const { id } = trade.shop.product(sku)
    trade.akeneo.pim.deleteProduct(old)
    const uuid = randomUUID()
    await done(
      trade.api.post('/products-uuid', {
        uuid,
        family: old.family,
        values: { sku: [{ locale: null, scope: null, data: sku }] },
      }),
    )
    await bring(trade, 'products', `/products-uuid/${uuid}`)

    const ticket = await nextTicket()
    const retiring = await begunTransaction(
      trade.sql,
      (tx) => lockRetirements(tx, trade.connection),
      (tx) => claimReading(tx, trade.connection, 'products', [old.uuid], ticket),
    )
    const settling = new MockActivityEnvironment().run(() =>
      settleSuccessors(trade.deps(), connection(), { lane: 'live' }),
    )
    await until(waiting(1), 'the successor waits for the retirement')
    retiring.goOn()
    await Promise.all([retiring.ended, settling])

    await settle()
    await trade.shop.follow()
    expect(trade.shop.product(sku)).toMatchObject({ id, source: { uuid } })
  })
})

describe('what is judged of records that were read without something, beside who publishes some of them', () => {
  it('takes all of them in the order of their keys before it changes one', async () => {
    const { sql } = trade
    const uuids = ['NL-DL7-B', 'NL-DL7-W'].map((sku) => productOf(trade.akeneo, sku).uuid).sort()
    const [first = '', last = ''] = uuids
    await sql`
      insert into emptied_value (connection, stream, key, attribute, locale, scope, entry)
      values (${trade.connection}, 'products', ${last}, 'gone', '', '', '{"locale": null, "scope": null, "data": "x"}')`
    await sql`
      insert into source_record (connection, stream, key, id, code, parent, family, ticket, hash, source)
      select connection, stream, 'gone', gen_random_uuid(), 'gone', parent, family, ticket, hash, source
      from source_record where connection = ${trade.connection} and stream = 'categories' limit 1`
    await sql`
      insert into missed_part (connection, stream, key, place, name, list_index, entry, target_stream, target)
      values (${trade.connection}, 'products', ${first}, '{categories}', 'gone', 0, '"gone"', 'categories', 'gone')`

    const hold = (uuid: string) => (tx: Transaction) =>
      sourcesByKey(tx, trade.connection, 'products', [uuid], { lock: true })
    const publishing = await begunTransaction(sql, hold(first), hold(last))
    const judging = new MockActivityEnvironment().run(() => judgeEmptied(trade.deps(), connection(), null))
    await until(waiting(1), 'the judgement waits for the first of them')
    publishing.goOn()
    await Promise.all([publishing.ended, judging])
    const frozen = await sql`
      select key from emptied_value where state = 'frozen' union all select key from missed_part where state = 'frozen'
      order by key`
    expect(frozen.map(({ key }) => key as string)).toEqual(uuids)
  })
})

describe('the queue, whose rows each transaction takes in one order', () => {
  const groupRow = { stream: 'product-models' as const, key: 'jacket_fell', reason: 'variants' as const }
  const rowOf = (stream: StreamName, key: string) => ({ stream, key, reason: 'link' as const })
  const productRow = (sku: string) => rowOf('products', productOf(trade.akeneo, sku).uuid)

  /** One who puts both into the queue, and is between the two. */
  const queueing = (first: ReturnType<typeof rowOf> | typeof groupRow, second: typeof first) =>
    begunTransaction(
      trade.sql,
      (tx) => enqueue(tx, trade.connection, [first]),
      (tx) => enqueue(tx, trade.connection, [second]),
    )

  async function meet(other: Awaited<ReturnType<typeof begunTransaction>>, work: () => Promise<unknown>) {
    const working = work()
    await until(waiting(1), 'they have met')
    other.goOn()
    await Promise.all([other.ended, working])
  }

  const act = (work: () => Promise<unknown>) => () => new MockActivityEnvironment().run(work)

  /** A model of Akeneo's that the group of jackets names, and the hub does not have yet. */
  async function namedModel(code: string): Promise<void> {
    await done(trade.api.post('/product-models', { code, family_variant: 'jackets_color_size' }))
    const associations = { X_SELL: { product_models: [code] } }
    await done(trade.api.patch('/product-models/jacket_fell', { associations }))
    await bring(trade, 'product-models', '/product-models/jacket_fell')
    await settle()
  }

  it('a group that appears, beside a page that queues it and who names it', async () => {
    await namedModel('new_model')
    await bring(trade, 'product-models', '/product-models/new_model')
    await meet(await queueing(groupRow, rowOf('product-models', 'new_model')), settle)
    await settle()
    await trade.shop.follow()
    const { id } = trade.shop.group('new_model')
    expect(trade.shop.group('jacket_fell').related.map((to) => to.id)).toEqual([id])
  })

  it('a variant that leaves while it waits, beside one that queues it and its group', async () => {
    const row = productRow('CAL-FELL-SAGE-M')
    trade.akeneo.pim.deleteProduct(productOf(trade.akeneo, 'CAL-FELL-SAGE-M'))
    await trade.sql.begin((tx) => enqueue(tx, trade.connection, [row]))
    await meet(await queueing(groupRow, row), () => trade.passes.reconcile({ content: false }))
    await trade.shop.follow()
    expect(trade.shop.has('CAL-FELL-SAGE-M')).toBe(false)
    expect(await trade.sql`select from waiting where connection = ${trade.connection}`).toHaveLength(0)
  })

  it('a variant that leaves, beside one that queues its group and who names it', async () => {
    await namedModel('new_model')
    await bring(trade, 'product-models', '/product-models/new_model')
    const variant = { identifier: 'NEW-1', family: 'jackets', parent: 'new_model' }
    const axes = { color: [{ locale: null, scope: null, data: 'black' }] }
    await done(
      trade.api.post('/product-models', {
        code: 'new_black',
        parent: 'new_model',
        family_variant: 'jackets_color_size',
        values: axes,
      }),
    )
    const size = { size: [{ locale: null, scope: null, data: 'm' }] }
    await done(trade.api.post('/products', { ...variant, parent: 'new_black', values: size }))
    await trade.passes.poll()
    const associations = { X_SELL: { products: ['NEW-1'] } }
    await done(trade.api.patch('/product-models/jacket_fell', { associations }))
    await trade.passes.poll()
    trade.akeneo.pim.deleteProduct(productOf(trade.akeneo, 'NEW-1'))
    await meet(await queueing(groupRow, rowOf('product-models', 'new_model')), () =>
      trade.passes.reconcile({ content: false }),
    )
    await trade.shop.follow()
    expect(trade.shop.has('NEW-1')).toBe(false)
  })

  it('a page with a product that can be read again and a variant that changed, beside one that queues both', async () => {
    const { sql } = trade
    const again = productOf(trade.akeneo, 'NL-DL7-W')
    const refused = {
      stream: 'products' as const,
      key: again.uuid,
      code: null,
      reason: 'schema',
      field: null,
      text: '',
      remedy: '',
    }
    await sql.begin((tx) => reject(tx, trade.connection, [refused]))
    writeValue(trade.akeneo, 'CAL-FELL-SAGE-M', 'weight', { amount: '7', unit: 'KILOGRAM' })
    const context = await publishingContext(sql, connection(), null)
    const uuids = [again, productOf(trade.akeneo, 'CAL-FELL-SAGE-M')].map(({ uuid }) => uuid)
    const answers = await Promise.all(uuids.map((uuid) => trade.api.get(`/products-uuid/${uuid}`)))
    const page = {
      stream: 'products' as const,
      items: answers.map(({ body }) => body),
      broken: [],
      ticket: await nextTicket(),
    }
    await meet(await queueing(groupRow, productRow('NL-DL7-W')), () =>
      sql.begin((tx) => storePage(tx, trade.connection, context, page, { sweepVariants: false })),
    )
  })

  it('a rejected group that is tried again, beside who is publishing it', async () => {
    const refused = {
      ...groupRow,
      code: 'jacket_fell',
      reason: 'axis-missing',
      field: null,
      text: '',
      remedy: '',
    }
    await trade.sql.begin((tx) => reject(tx, trade.connection, [refused]))
    await retryRejections(trade.sql, trade.connection, {})
    const publishing = await begunTransaction(
      trade.sql,
      async (tx) => {
        await enqueue(tx, trade.connection, [groupRow])
        await dequeue(tx, trade.connection, 'product-models', ['jacket_fell'])
      },
      (tx) => clearRejections(tx, trade.connection, 'product-models', ['jacket_fell'], 'carried'),
    )
    await meet(
      publishing,
      act(() => retryRejected(trade.deps(), connection(), Date.now() + 60_000)),
    )
  })

  /** Nobody could read it when it came last. */
  const unreadable = (row: { stream: StreamName; key: string }) =>
    trade.sql.begin((tx) =>
      reject(tx, trade.connection, [
        { ...row, code: null, reason: 'schema', field: null, text: '', remedy: '' },
      ]),
    )

  it('a group that is rejected, beside a page that can read its model again', async () => {
    const { sql } = trade
    const row = rowOf('product-models', 'fjord_pendant')
    const { pim } = trade.akeneo
    const associations = { X_SELL: { products: ['NL-DL7-W'] } }
    await done(trade.api.patch(`/product-models/${row.key}`, { associations }))
    const model = pim.catalog.models.get(row.key)
    if (!model) throw new Error(`No model ${row.key}`)
    const power = [{ locale: null, scope: null, data: { amount: '9', unit: 'STONE' } }]
    pim.saveModel({ ...model, values: new Map(model.values).set('power', power), updated: pim.writtenAt() })
    await bring(trade, 'product-models', `/product-models/${row.key}`)
    await settle()
    expect((await trade.rejections()).map(({ key }) => key)).toContain(row.key)
    await unreadable(row)
    await sql.begin((tx) => enqueue(tx, trade.connection, [row]))

    const [link = {}] = await sql<Record<string, string>[]>`
      delete from link where stream = 'product-models' and key = ${row.key} returning *`
    const holder = await begunTransaction(sql, (tx) => tx`insert into link ${tx(link)}`)
    const settling = settle()
    await until(waiting(1), 'the group is out of the queue, and waits to write whom it names')
    const storing = bring(trade, 'product-models', `/product-models/${row.key}`)
    await until(waiting(2), 'the page waits for the group')
    holder.goOn()
    await Promise.all([holder.ended, settling, storing])
  })

  /** Who changes structure puts records into the queue in steps. */
  const changing = (sku: string) =>
    begunTransaction(
      trade.sql,
      async (tx) => {
        await changeStructure(tx, trade.connection)
        await enqueue(tx, trade.connection, [productRow(sku)])
      },
      (tx) => enqueue(tx, trade.connection, [groupRow]),
    )

  it('what lets go of parts of lists, beside a change of structure', async () => {
    const { sql } = trade
    for (const [stream, key] of [
      ['products', productOf(trade.akeneo, 'NL-DL7-W').uuid],
      ['product-models', 'jacket_fell'],
    ] as const)
      await sql`
        insert into missed_part (connection, stream, key, place, name, list_index, entry, target_stream, target, state)
        values (${trade.connection}, ${stream}, ${key}, '{categories}', 'gone', 0, '"gone"', 'categories', 'gone', 'frozen')`
    await meet(await changing('NL-DL7-W'), settle)
  })
})
