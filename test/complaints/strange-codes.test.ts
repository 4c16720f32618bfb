import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrade, told, type Trade } from './trade.ts'

/** What people give as SKU. Model codes may have the same; the codes of structure have letters, digits and underscores only. */
const skus = [
  '000123',
  '42',
  '1e5',
  '0x1F',
  '9007199254740993',
  '-1',
  '1.0',
  'A/B/C 10" x 5"',
  'with  two spaces',
  'UPPER-case',
  'Ünïcode ß',
  '🪑 chair 👩‍👩‍👧',
  '50% off?&#',
  'plus+plus',
  "quote's",
  'null',
  '__proto__',
  'constructor',
]

let trade: Trade
const one = (data: unknown) => [{ locale: null, scope: null, data }]
const created = async (path: string, body: object) => {
  const answer = await trade.api.post(path, body)
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`)
}

beforeAll(async () => {
  trade = await openTrade({
    mappings: {
      shop: [
        'version: 1',
        'output: shop',
        'channel: ecommerce',
        'related: { "7": crossSell }',
        'attributes: { include: all, named: { from: "2024", as: label } }',
      ].join('\n'),
    },
  })
  await created('/categories', { code: '10', parent: 'master' })
  await created('/attributes', { code: '99', type: 'pim_catalog_text', group: 'other' })
  await created('/attributes', { code: 'UPPER_Case', type: 'pim_catalog_text', group: 'other' })
  await created('/attributes', { code: '2024', type: 'pim_catalog_simpleselect', group: 'other' })
  await created('/attributes/2024/options', { code: '1', labels: { en_US: 'First' } })
  await created('/attributes/2024/options', { code: '01', labels: { en_US: 'Leading zero' } })
  await created('/association-types', { code: '7' })
  await created('/families', {
    code: '5',
    attributes: ['sku', 'name', '99', 'UPPER_Case', '2024'],
    attribute_as_label: 'name',
  })
  await created('/families/5/variants', {
    code: '55',
    variant_attribute_sets: [{ level: 1, axes: ['2024'], attributes: ['2024'] }],
  })
  await created('/product-models', {
    code: '0815/🪑 x',
    family_variant: '55',
    categories: ['10'],
    values: { 99: one('model') },
  })
  await created('/products', { identifier: '0815-1', parent: '0815/🪑 x', values: { 2024: one('1') } })
  await created('/products', { identifier: '0815-01', parent: '0815/🪑 x', values: { 2024: one('01') } })
  for (const identifier of skus)
    await created('/products', {
      identifier,
      family: '5',
      categories: ['10'],
      values: { 99: one(identifier), UPPER_Case: one('kept'), 2024: one('01'), name: one(identifier) },
    })
  const associations = { 7: { products: ['000123'], product_models: ['0815/🪑 x'] } }
  trade.akeneo.edit(skus.map((code) => ({ resource: 'product', code, patch: { associations } })))
  await trade.begin()
}, 60_000)
afterAll(() => trade.close())

describe.each(skus)('the product %s', (sku) => {
  it('is in the shop under exactly that SKU, with all it carries', () => {
    const product = trade.shop.product(sku)
    expect(product).toMatchObject({ sku, name: { en_US: sku }, categories: ['10'], status: 'active' })
    expect(product.attributes).toMatchObject({
      99: { type: 'text', value: sku },
      UPPER_Case: { value: 'kept' },
      2024: { type: 'option', value: '01' },
      named: { values: { en_US: 'Leading zero' } },
    })
    expect(product.related.map(({ id }) => id)).toEqual([
      ...(sku === '000123' ? [product.id] : [trade.shop.product('000123').id]),
      trade.shop.group('0815/🪑 x').id,
    ])
  })
})

describe('codes that look like numbers, have blanks or are no letters', () => {
  it('hold groups and their variants together', () => {
    const group = trade.shop.group('0815/🪑 x')
    expect(group).toMatchObject({ categories: ['10'], attributes: { 99: { value: 'model' } } })
    expect(group.axes).toMatchObject([{ attribute: '2024', values: ['1', '01'] }])
    expect(trade.shop.product('0815-01')).toMatchObject({ groupId: group.id, axisValues: { 2024: '01' } })
  })

  it('are found by a person who syncs one record', async () => {
    for (const sku of ['A/B/C 10" x 5"', '🪑 chair 👩‍👩‍👧', '50% off?&#', '42', '1e5', '__proto__']) {
      trade.akeneo.edit([
        { resource: 'product', code: sku, patch: { values: { UPPER_Case: one(`new ${sku}`) } } },
      ])
      await trade.passes.sync(sku)
      expect(told(await trade.shop.follow())).toEqual([`updated product ${sku}`])
    }
    trade.akeneo.edit([
      { resource: 'product-model', code: '0815/🪑 x', patch: { values: { 99: one('synced') } } },
    ])
    await trade.passes.sync('0815/🪑 x')
    expect(told(await trade.shop.follow())).toContain('updated group 0815/🪑 x')
  })

  it('are the same in any letter case, and are no other in the hub', async () => {
    const { id } = trade.shop.product('UPPER-case')
    trade.akeneo.edit([
      { resource: 'product', code: 'UPPER-case', patch: { values: { sku: one('upper-CASE') } } },
    ])
    await trade.passes.poll()
    await trade.shop.follow()
    expect(trade.shop.product('upper-CASE').id).toBe(id)
  })

  it('leave when they are deleted, one by one by their id', async () => {
    const gone = ['A/B/C 10" x 5"', '🪑 chair 👩‍👩‍👧', '1e5', '-1']
    const { pim } = trade.akeneo
    for (const sku of gone) {
      const product = pim.catalog.products.byIdentifier(sku)
      if (product) pim.deleteProduct(product)
    }
    await trade.passes.reconcile({ content: false })
    const left = told(await trade.shop.follow()).filter((line) => line.startsWith('retired'))
    expect(left.sort()).toEqual(gone.map((sku) => `retired product ${sku}`).sort())
  })
})
