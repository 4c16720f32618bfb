import { afterEach, describe, expect, it } from 'vitest'
import { openTrade, type Trade } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

const mapping = (...lines: string[]) =>
  [
    'version: 1',
    'output: shop',
    'channel: ecommerce',
    'product: { description: description, prices: { list: price } }',
    'attributes: { include: all }',
    'media: [{ role: main, from: $image }]',
    ...lines,
  ].join('\n')

async function begun(...lines: string[]) {
  trade = await openTrade({ mappings: { shop: mapping(...lines) } })
  await trade.begin()
}

async function change(path: string, patch: object): Promise<void> {
  trade.akeneo.clock.advance(1_200_000)
  const { status, text } = await trade.api.patch(path, patch)
  if (status >= 400) throw new Error(`${path}: ${status} ${text}`)
  await trade.sql`delete from list_reading`
  await trade.passes.categories()
  await trade.passes.poll()
  await trade.passes.reconcile({ content: true })
}

const category = (code: string) => {
  const found = trade.shop.records().find((one) => one.kind === 'category' && one.code === code)
  if (found?.kind !== 'category') throw new Error(`The shop has no category ${code}`)
  return found
}

/** What the shop shows of everything, whatever its versions. */
const shown = () =>
  Object.fromEntries(
    trade.shop.records().map(({ id, version: _version, source: _source, ...shows }) => [id, shows]),
  )

const name = 'Northlamp Desk Light 7'

describe('a channel that changes in Akeneo and is changed back', () => {
  it.each([
    [
      'its tree',
      { category_tree: 'sales' },
      { category_tree: 'master' },
      { categories: ['lamps', 'sales_lamps'] },
    ],
    [
      'a locale',
      { locales: ['en_US', 'de_DE'] },
      { locales: ['en_US', 'de_DE', 'fr_FR'] },
      { name: { en_US: name, de_DE: name } },
    ],
    [
      'a currency',
      { currencies: ['EUR'] },
      { currencies: ['EUR', 'USD'] },
      { prices: { EUR: { list: '49.9' } } },
    ],
  ])('%s: loses no record meanwhile, and is what it was', async (_what, less, more, isShown) => {
    await begun()
    const before = shown()
    await change('/channels/ecommerce', less)
    const entries = await trade.shop.follow()
    expect(entries.filter(({ change }) => change === 'retired')).toEqual([])
    expect(trade.shop.product('NL-DL7-W')).toMatchObject(isShown)
    await change('/channels/ecommerce', more)
    await trade.shop.follow()
    expect(shown()).toEqual(before)
  })
})

describe('a category that is moved to another tree', () => {
  it('takes what is below it along, and what is published within its old tree is withheld until it is back', async () => {
    await begun('publish: { within: [master] }')
    const before = shown()
    const inside = trade.shop
      .records()
      .filter((one) => one.kind === 'product' && one.categories.includes('pendant_lights'))
    expect(inside).not.toEqual([])
    await change('/categories/pendant_lights', { parent: 'sales' })
    const withheld = (await trade.shop.follow()).filter(({ change }) => change === 'withheld')
    expect(withheld.map(({ id }) => id)).toEqual(expect.arrayContaining(inside.map(({ id }) => id)))
    expect(category('pendant_lights').path).toEqual(['sales'])
    await change('/categories/pendant_lights', { parent: 'lamps' })
    await trade.shop.follow()
    expect(shown()).toEqual(before)
  })
})
