import { afterEach, beforeEach, expect, it } from 'vitest'
import { settleWaiting } from '../../activities/settle.ts'
import { nextChanged } from '../../connectors/hub/enrichment/changed.ts'
import { setMapping } from '../../connectors/hub/enrichment/state.ts'
import type { OpenedDependencies } from '../../workers/dependencies.ts'
import { openTrade, type Trade } from './trade.ts'

const shop = { name: 'ecommerce', channel: 'ecommerce' }
const print = { name: 'print', channel: 'print' }
const both = { outputs: [shop, print] }
const shopAlone = { outputs: [shop] }

let trade: Trade
beforeEach(async () => {
  trade = await openTrade({ settings: shopAlone })
  await trade.begin()
})
afterEach(() => trade.close())

const settle = (deps: OpenedDependencies) =>
  settleWaiting(deps, deps.connection(trade.connection), null, {
    streams: ['attributes', 'categories', 'product-models', 'products'],
    until: Date.now() + 60_000,
  })

const recordsIn = async (output: string) => {
  const [row] = await trade.sql<{ n: number }[]>`
    select count(*)::int as n from hub_record where output = ${output} and connection = ${trade.connection}`
  return row?.n ?? 0
}

const waiting = async () => (await trade.sql`select 1 from waiting`).length

/** What each output shows of the product. */
async function mpnsOf(code: string): Promise<Record<string, unknown>> {
  const rows = await trade.sql<{ output: string; mpn: string }[]>`
    select output, body #>> '{attributes,mpn,value}' as mpn from hub_record where code = ${code} order by output`
  return Object.fromEntries(rows.map(({ output, mpn }) => [output, mpn]))
}

/** A person changes the product and syncs it, by whichever worker. */
async function change(mpn: string): Promise<void> {
  const values = { mpn: [{ locale: null, scope: null, data: mpn }] }
  expect((await trade.api.patch('/products/NL-DL7-W', { values })).status).toBe(204)
  await trade.passes.sync('NL-DL7-W')
}

/** As if the workers that had it were gone for minutes, and those that are there had said once more what they have. */
async function minutesLater(): Promise<void> {
  await trade.sql`update output_mapping set named_at = named_at - interval '6 minutes' where named_at > '-infinity'`
  await trade.deps().nameOutputs()
}

it('an output that a newer worker begins is filled by whoever publishes, and misses no change', async () => {
  const newer = await trade.beside(both)
  await settle(trade.deps())
  await settle(newer)
  expect(await recordsIn('ecommerce')).toBeGreaterThan(240)
  expect(await recordsIn('print')).toBe(await recordsIn('ecommerce'))
  await change('by the older worker')
  expect(await mpnsOf('NL-DL7-W')).toEqual({
    ecommerce: 'by the older worker',
    print: 'by the older worker',
  })
})

it('one that no worker has any more ends, holds up nothing, and catches up when it returns', async () => {
  await trade.reopen(both)
  await settle(trade.deps())
  await trade.reopen(shopAlone)
  await minutesLater()
  await change('meanwhile')
  await settle(trade.deps())
  expect(await mpnsOf('NL-DL7-W')).toMatchObject({ ecommerce: 'meanwhile' })
  expect(await mpnsOf('NL-DL7-W')).not.toMatchObject({ print: 'meanwhile' })
  expect(await waiting()).toBe(0)

  await trade.reopen(both)
  await settle(trade.deps())
  expect(await mpnsOf('NL-DL7-W')).toEqual({ ecommerce: 'meanwhile', print: 'meanwhile' })
})

it('one that a worker which runs has goes on, and one whose workers were all away misses nothing', async () => {
  const newer = await trade.beside(both)
  await settle(trade.deps())
  const version = () => trade.sql`select version from structure_version`
  const before = await version()
  await trade.sql`update output_mapping set named_at = now() - interval '6 minutes'`
  await newer.nameOutputs()
  await trade.deps().nameOutputs()
  await change('by the older worker')
  expect(await mpnsOf('NL-DL7-W')).toEqual({
    ecommerce: 'by the older worker',
    print: 'by the older worker',
  })
  // Nothing passed it by, so nothing is made anew.
  expect(await version()).toEqual(before)
})

it('so does one that ended while its worker hung', async () => {
  const hanging = await trade.beside(both)
  await settle(trade.deps())
  await minutesLater()
  await change('meanwhile')
  await hanging.nameOutputs()
  await settle(trade.deps())
  expect(await mpnsOf('NL-DL7-W')).toEqual({ ecommerce: 'meanwhile', print: 'meanwhile' })
})

it('what an older worker stores, which knows of no Icecat, is noted for the enrichment that a newer one began', async () => {
  await trade.sql.begin((tx) =>
    setMapping(tx, trade.connection, { name: 'a', version: 1, text: '', hash: 'h' }),
  )
  await change('by the older worker')
  expect(await nextChanged(trade.sql, trade.connection, 10)).toEqual([
    expect.objectContaining({ stream: 'products' }),
  ])
})

it('the one that a configuration has which names none any more is filled', async () => {
  const renamed = await openTrade({ settings: { outputs: [{ ...shop, name: 'shop' }] } })
  try {
    await renamed.begin()
    await renamed.reopen({})
    // The first poll finds which it is, the second what passed it by.
    await renamed.passes.poll()
    await renamed.deps().nameOutputs()
    await renamed.passes.poll()
    const rows = await renamed.sql`
      select output, count(*)::int as records from hub_record group by output order by output`
    expect(rows.map(({ output }) => output as string)).toEqual(['ecommerce', 'shop'])
    expect(rows[0]?.['records']).toBe(rows[1]?.['records'])
  } finally {
    await renamed.close()
  }
})
