import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HubRecord } from '../../contracts/hub.ts'
import { openTrade, type Trade } from './trade.ts'

let trade: Trade
beforeEach(async () => {
  trade = await openTrade()
  await trade.begin()
})
afterEach(() => trade.close())

async function done(answer: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status >= 400) throw new Error(`${status}: ${text}`)
}

const named = (data: string) => ({ name: [{ locale: null, scope: null, data }] })

it('a product of a new family that was carried before the family was read gets its name with the family', async () => {
  await done(
    trade.api.post('/families', { code: 'night', attributes: ['sku', 'name'], attribute_as_label: 'name' }),
  )
  await done(trade.api.post('/products', { identifier: 'NIGHT-1', family: 'night', values: named('Moon') }))
  await trade.passes.sync('NIGHT-1')
  await trade.shop.follow()
  expect(trade.shop.product('NIGHT-1').name).toMatchObject({ en_US: 'NIGHT-1' })

  // The poll reads the family before it settles what asked for it.
  await trade.passes.poll()
  await trade.shop.follow()
  expect(trade.shop.product('NIGHT-1').name).toMatchObject({ en_US: 'Moon' })
})

it('so does a group', async () => {
  await done(
    trade.api.post('/families', {
      code: 'night',
      attributes: ['sku', 'name', 'color'],
      attribute_as_label: 'name',
    }),
  )
  const sets = [{ level: 1, axes: ['color'], attributes: ['sku', 'color'] }]
  await done(
    trade.api.post('/families/night/variants', { code: 'night_color', variant_attribute_sets: sets }),
  )
  const model = { code: 'night_model', family_variant: 'night_color', values: named('Moon') }
  await done(trade.api.post('/product-models', model))
  await trade.passes.sync('night_model')
  await trade.shop.follow()

  await trade.passes.poll()
  await trade.shop.follow()
  expect(trade.shop.group('night_model').name).toMatchObject({ en_US: 'Moon' })
})

const labelsOf = (records: HubRecord[], kind: HubRecord['kind'], code: string) => {
  const found = records.find((record) => record.kind === kind && 'code' in record && record.code === code)
  return Object.keys((found as { labels?: object } | undefined)?.labels ?? {}).toSorted()
}

it.each([
  ['loses', ['de_DE', 'en_US']],
  ['gets back', ['de_DE', 'en_US', 'fr_FR']],
])(
  'a locale that a channel %s reaches the labels of attributes and categories too',
  async (_what, locales) => {
    if (locales.length === 3) {
      await done(trade.api.patch('/channels/ecommerce', { locales: ['de_DE', 'en_US'] }))
      await trade.passes.poll()
    }
    await done(trade.api.patch('/channels/ecommerce', { locales }))
    await trade.passes.poll()
    await trade.shop.follow()
    expect(labelsOf(trade.shop.records(), 'attribute', 'color')).toEqual(locales)
    expect(labelsOf(trade.shop.records(), 'category', 'lamps')).toEqual(locales)
  },
)
