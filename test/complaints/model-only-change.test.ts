import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrade, told, type Trade } from './trade.ts'

let trade: Trade
beforeAll(async () => {
  trade = await openTrade()
  await trade.begin()
})
afterAll(() => trade.close())

const variants = (color: string) => ['S', 'M', 'L', 'XL'].map((size) => `CAL-FELL-${color}-${size}`)
const allVariants = ['BLACK', 'SAGE', 'NAVY'].flatMap(variants)

/** What the shop was told of groups and products after a patch of a model and the next poll. */
async function afterEdit(code: string, patch: object) {
  trade.akeneo.edit([{ resource: 'product-model', code, patch }])
  await trade.passes.poll()
  return trade.shop.follow()
}

describe('an edit of a model alone', () => {
  it('reaches its group and every variant with the next poll, and nobody else', async () => {
    const entries = await afterEdit('jacket_fell', {
      values: { material: [{ locale: null, scope: null, data: 'cotton' }] },
    })
    expect(told(entries).sort()).toEqual(
      ['updated group jacket_fell', ...allVariants.map((sku) => `updated product ${sku}`)].sort(),
    )
    expect(entries.every(({ fields }) => fields.join() === 'attributes.material')).toBe(true)
    for (const sku of allVariants)
      expect(trade.shop.product(sku).attributes['material']).toMatchObject({ value: 'cotton', level: 0 })
  })

  it('on the second level reaches the variants below it, and no others', async () => {
    const name = [{ locale: 'en_US', scope: null, data: 'Fell jacket, sage green' }]
    const entries = await afterEdit('jacket_fell_sage', { values: { variation_name: name } })
    expect(told(entries).sort()).toEqual(
      variants('SAGE')
        .map((sku) => `updated product ${sku}`)
        .sort(),
    )
  })

  it('puts its variants into its new category, and takes them out of the old one', async () => {
    await afterEdit('jacket_fell', { categories: ['jackets'] })
    for (const sku of variants('BLACK')) expect(trade.shop.product(sku).categories).toEqual(['jackets'])
    // Those below it that have one of their own keep that.
    for (const sku of variants('SAGE'))
      expect(trade.shop.product(sku).categories.sort()).toEqual(['clearance', 'jackets'])
  })

  it('that is emptied empties its variants', async () => {
    const entries = await afterEdit('jacket_fell', {
      values: { material: [{ locale: null, scope: null, data: null }] },
    })
    expect(entries).toHaveLength(1 + allVariants.length)
    for (const sku of allVariants) expect(trade.shop.product(sku).attributes).not.toHaveProperty('material')
  })
})
