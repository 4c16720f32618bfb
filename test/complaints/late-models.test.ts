import { afterEach, expect, it } from 'vitest'
import { productOf } from '../support/emptying.ts'
import { bring } from './bring.ts'
import { openTrade, type Trade } from './trade.ts'

/*
 * Who names a model below another one is linked to the group that it stands in: also when that group is long there, and no product of its own
 * accord is read again.
 */

let trade: Trade
afterEach(() => trade.close())

const sku = 'BULB-E14'
const linked = () => trade.shop.product(sku).related.map(({ id }) => id)

/** The product names the model from now on, which is read; polls do not read it again. */
async function name(model: string): Promise<void> {
  trade.akeneo.clock.advance(-3_600_000)
  const patch = { associations: { X_SELL: { product_models: [model] } } }
  trade.akeneo.edit([{ resource: 'product', code: sku, patch }])
  trade.akeneo.clock.advance(3_600_000)
  await bring(trade, 'products', `/products-uuid/${productOf(trade.akeneo, sku).uuid}`)
  await trade.shop.follow()
}

it('a product is linked to its group when the model comes after it', async () => {
  trade = await openTrade({ settings: { products: { skipRelatedPrerequisite: true } } })
  await trade.begin()
  const color = [{ locale: null, scope: null, data: 'coral' }]
  const model = { code: 'jacket_fell_coral', parent: 'jacket_fell', family_variant: 'jackets_color_size' }
  const { status } = await trade.api.post('/product-models', { ...model, values: { color } })
  expect(status).toBe(201)
  await name('jacket_fell_coral')
  expect(trade.shop.product(sku).pending).toMatchObject([{ code: 'jacket_fell_coral' }])
  await trade.passes.poll()
  await trade.shop.follow()
  expect(linked()).toEqual([trade.shop.group('jacket_fell').id])
  expect(trade.shop.product(sku)).not.toHaveProperty('pending')
})

it('a product goes with the model that it names to another group', async () => {
  trade = await openTrade()
  await trade.begin()
  for (const code of ['jacket_tarn_navy', 'jacket_fell_navy'])
    for (const { identifier } of trade.akeneo.pim.catalog.variantsBelow(code))
      expect((await trade.api.delete(`/products/${identifier ?? ''}`)).status).toBe(204)
  expect((await trade.api.delete('/product-models/jacket_tarn_navy')).status).toBe(204)
  await name('jacket_fell_navy')
  expect(linked()).toEqual([trade.shop.group('jacket_fell').id])
  const patch = { parent: 'jacket_tarn' }
  trade.akeneo.edit([{ resource: 'product-model', code: 'jacket_fell_navy', patch }])
  await trade.passes.poll()
  await trade.shop.follow()
  expect(linked()).toEqual([trade.shop.group('jacket_tarn').id])
})
