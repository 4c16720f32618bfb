import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRequestedStructure } from '../../activities/reading/read-requested.ts'
import { settleWaiting } from '../../activities/settle.ts'
import { requestStructure } from '../../connectors/hub/list-readings.ts'
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

describe('an option that comes after its list was read, and before that reading is settled', () => {
  /** As a product shows it: `sync` carries it at once, with the structure as it is stored by now. */
  async function brandOf(sku: string, code: string): Promise<void> {
    const labels = { en_US: `Brand ${code}` }
    await done(trade.api.post('/attributes/brand/options', { code, attribute: 'brand', labels }))
    const brand = [{ locale: null, scope: null, data: code }]
    await done(trade.api.patch(`/products/${sku}`, { values: { brand } }))
    await trade.passes.sync(sku)
  }

  it('is asked for again, and its product is made with it', async () => {
    await trade.close()
    trade = await openTrade({ proxied: true })
    await trade.begin()
    const { sql, connection, proxy } = trade
    const deps = trade.deps()
    const readRequested = () =>
      new MockActivityEnvironment().run(() => readRequestedStructure(deps, deps.connection(connection)))
    await brandOf('NL-DL7-W', 'early')
    // Asked for last, so that it is read after the options are stored.
    const nowhere = { stream: 'families', code: 'nowhere', asker: 'products', key: 'nobody' } as const
    await requestStructure(sql, connection, 0n, [nowhere])
    let isLate = false
    if (proxy === null) throw new Error('The trade has no proxy')
    proxy.hold = ({ pathname }) => {
      if (!pathname.endsWith('/families/nowhere') || isLate) return undefined
      isLate = true
      return brandOf('NL-DL9-B', 'late')
    }
    await readRequested()
    expect(isLate).toBe(true)
    await trade.shop.follow()
    expect(await trade.findings('NL-DL9-B')).toContain('option-unknown')
    await readRequested()

    await settleWaiting(deps, deps.connection(connection), null, {
      streams: ['products'],
      until: Date.now() + 30_000,
    })
    await trade.shop.follow()
    expect(await trade.findings('NL-DL7-W')).not.toContain('option-unknown')
    expect(await trade.findings('NL-DL9-B')).not.toContain('option-unknown')
    expect(await sql`select 1 from structure_request`).toHaveLength(0)
  }, 60_000)
})

it('a text with the unit of an attribute that no output carries gets its symbol with the measurement family', async () => {
  await trade.close()
  trade = await openTrade({
    mappings: {
      ecommerce: `version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
product: { name: { template: '{sku} {weight|unit}' } }
attributes: { include: all, except: [weight] }
`,
    },
  })
  await trade.begin()
  const { sql } = trade
  // As if the family had been made after the last look at their list, which is read again after an hour.
  await sql`delete from source_record where stream = 'measurement-families' and key = 'Weight'`
  await sql`update structure_version set version = version + 1`
  await done(trade.api.patch('/products/NL-DL7-W', { enabled: false }))
  await trade.passes.sync('NL-DL7-W')
  await trade.shop.follow()
  expect(trade.shop.product('NL-DL7-W').name).toMatchObject({ en_US: 'NL-DL7-W KILOGRAM' })
  expect(await trade.findings('NL-DL7-W')).toContain('measurement-family-unknown')

  await trade.passes.poll()
  await trade.shop.follow()
  expect(trade.shop.product('NL-DL7-W').name).toMatchObject({ en_US: 'NL-DL7-W kg' })
  expect(await trade.findings('NL-DL7-W')).not.toContain('measurement-family-unknown')
})
