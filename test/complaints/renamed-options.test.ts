import { afterEach, describe, expect, it } from 'vitest'
import { openTrade, told, type Trade } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

/** Shows the label of an attribute that jackets have and accessories do not. */
const mapping = `version: 1
output: shop
channel: ecommerce
locales: { en_US: [] }
product: { name: $label, brand: { from: material, as: label } }
`

async function created(path: string, record: object): Promise<void> {
  const { status, text } = await trade.api.post(path, record)
  expect(status, text).toBe(201)
}
const one = (data: unknown) => [{ locale: null, scope: null, data }]

/** Two of the same kind, of which one is called otherwise. */
async function begun(family: string | null): Promise<void> {
  trade = await openTrade({ mappings: { shop: mapping } })
  for (const [identifier, material] of [
    ['FELT-BAG', 'felt'],
    ['CORK-BAG', 'cork'],
  ] as const) {
    await created('/attributes/material/options', { code: material, labels: { en_US: material } })
    await created('/products', { identifier, family, values: { material: one(material) } })
  }
  await trade.begin()
}

describe('an option that is called otherwise', () => {
  it.each(['accessories', null])(
    'is shown by its label in a product of family %s, which does not have the attribute',
    async (family) => {
      await begun(family)
      expect(trade.shop.product('FELT-BAG').brand).toEqual({ en_US: 'felt' })
      const renamed = await trade.api.patch('/attributes/material/options/felt', {
        labels: { en_US: 'Felt' },
      })
      expect(renamed.status).toBe(204)
      // Their list has no date to ask by: it is read again after an hour.
      await trade.sql`delete from list_reading where stream = 'attribute-options'`
      await trade.passes.poll()
      const entries = await trade.shop.follow()
      expect(trade.shop.product('FELT-BAG').brand).toEqual({ en_US: 'Felt' })
      expect(told(entries)).toEqual(['updated attribute material', 'updated product FELT-BAG'])
    },
  )
})
