import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { without } from '../support/reconciling.ts'
import { openTrade, told, type Trade } from './trade.ts'

let trade: Trade
beforeEach(async () => {
  trade = await openTrade()
  await trade.begin()
})
afterEach(() => trade.close())

const edit = (code: string, patch: object) => {
  trade.akeneo.edit([{ resource: 'product', code, patch }])
}
const pollAndFollow = async () => {
  await trade.passes.poll()
  return trade.shop.follow()
}
const axis = (group: string, attribute: string) =>
  trade.shop.group(group).axes.find((one) => one.attribute === attribute)?.values
const one = (data: unknown) => [{ locale: null, scope: null, data }]

describe('a variant', () => {
  it('names its group and its place on the axes of both levels', () => {
    const variant = trade.shop.product('CAL-FELL-SAGE-M')
    expect(variant.groupId).toBe(trade.shop.group('jacket_fell').id)
    expect(variant.axisValues).toEqual({ color: 'sage', size: 'm' })
    expect(variant.attributes).toMatchObject({
      material: { level: 0 },
      color: { level: 1 },
      size: { level: 2 },
    })
    expect(axis('jacket_fell', 'color')).toContain('sage')
    expect(axis('jacket_fell', 'size')).toContain('m')
  })

  it('that is put under another model leaves the one group and joins the other, and keeps its id', async () => {
    const { id } = trade.shop.product('CAL-FELL-SAGE-M')
    const other = trade.akeneo.pim.catalog
      .modelsInOrder()
      .find(
        ({ family_variant: by, parent }) =>
          by === 'jackets_color_size' && parent !== null && parent !== 'jacket_fell',
      )
    // Akeneo lets a model have one variant of each size.
    for (const { identifier } of trade.akeneo.pim.catalog.variantsBelow(other?.code ?? ''))
      expect((await trade.api.delete(`/products/${identifier ?? ''}`)).status).toBe(204)
    edit('CAL-FELL-SAGE-M', { parent: other?.code })
    expect(told(await pollAndFollow())).toContain('updated product CAL-FELL-SAGE-M')
    const variant = trade.shop.product('CAL-FELL-SAGE-M')
    expect(variant.id).toBe(id)
    expect(variant.groupId).toBe(trade.shop.group(other?.parent ?? '').id)
    expect(variant.axisValues).toEqual({ color: other?.values.get('color')?.[0]?.data, size: 'm' })
  })

  it('that becomes a simple product has no group and no axes any more, and keeps its values', async () => {
    const { id } = trade.shop.product('CAL-FELL-SAGE-M')
    for (const size of ['S', 'M', 'L', 'XL']) edit(`CAL-FELL-SAGE-${size}`, { parent: null })
    await pollAndFollow()
    const simple = trade.shop.product('CAL-FELL-SAGE-M')
    expect(simple.id).toBe(id)
    expect(simple).not.toHaveProperty('groupId')
    expect(simple).not.toHaveProperty('axisValues')
    expect(simple.attributes).toMatchObject({ material: { value: 'wool' }, color: { value: 'sage' } })
    expect(simple.attributes['material']).not.toHaveProperty('level')
    // Nobody is left who has it.
    expect(axis('jacket_fell', 'color')).not.toContain('sage')
  })

  it('is made of a simple product by giving it a model', async () => {
    const created = await trade.api.post('/products', {
      identifier: 'LATE',
      family: 'jackets',
      values: { size: one('xl') },
    })
    expect(created.status).toBe(201)
    await pollAndFollow()
    const { id } = trade.shop.product('LATE')
    expect(trade.shop.product('LATE')).not.toHaveProperty('groupId')
    const taken = await trade.api.delete('/products/CAL-FELL-SAGE-XL')
    expect(taken.status).toBe(204)
    edit('LATE', { parent: 'jacket_fell_sage' })
    await pollAndFollow()
    expect(trade.shop.product('LATE')).toMatchObject({
      id,
      groupId: trade.shop.group('jacket_fell').id,
      axisValues: { color: 'sage', size: 'xl' },
      attributes: { material: { value: 'wool', level: 0 } },
    })
  })

  it('says by its level where a value stands, also after its family variant moved an attribute down', async () => {
    expect(trade.shop.product('CAL-FELL-SAGE-M').attributes['material']).toMatchObject({ level: 0 })
    const answer = await trade.api.patch('/families/jackets/variants/jackets_color_size', {
      variant_attribute_sets: [
        { level: 1, axes: ['color'], attributes: ['color', 'variation_name', 'variation_image', 'material'] },
        { level: 2, axes: ['size'], attributes: ['size', 'sku', 'ean', 'weight', 'stock_main'] },
      ],
    })
    expect(answer.text).toBe('')
    // Lists that cannot be asked for what changed are read again after an hour, the oldest ones with each poll.
    await trade.sql`delete from list_reading where stream = 'family-variants'`
    await pollAndFollow()
    expect(trade.shop.product('CAL-FELL-SAGE-M').attributes['material']).toMatchObject({
      value: 'wool',
      level: 1,
    })
    expect(trade.shop.group('jacket_fell').attributes).not.toHaveProperty('material')
  })

  it('alone can be synced, without the rest of its group being read or written', async () => {
    edit('CAL-FELL-SAGE-M', { values: { stock_main: one(99) } })
    edit('CAL-FELL-SAGE-L', { values: { stock_main: one(98) } })
    trade.akeneo.resetRequests()
    await trade.passes.sync('CAL-FELL-SAGE-M')
    expect(told(await trade.shop.follow())).toEqual(['updated product CAL-FELL-SAGE-M'])
    expect(trade.akeneo.requests().length).toBeLessThanOrEqual(4)
  })

  it('of a model that nobody has read brings the model along', async () => {
    const { api } = trade
    expect(
      (
        await api.post('/product-models', {
          code: 'tent',
          family_variant: 'lamps_color',
          categories: ['floor_lamps'],
          values: { name: one('Tent') },
        })
      ).status,
    ).toBe(201)
    expect(
      (
        await api.post('/products', {
          identifier: 'TENT-W',
          parent: 'tent',
          values: { main_color: one('white') },
        })
      ).status,
    ).toBe(201)
    await trade.passes.sync('TENT-W')
    expect(told(await trade.shop.follow())).toEqual(['created group tent', 'created product TENT-W'])
    expect(trade.shop.product('TENT-W').groupId).toBe(trade.shop.group('tent').id)
  })
})

describe('a sub-model that is put under another root', () => {
  it('takes its variants along, also where the other root has the same values', async () => {
    const { api } = trade
    const { body } = await api.get('/product-models/jacket_fell')
    const { _links, ...root } = body as Record<string, unknown>
    expect((await api.post('/product-models', { ...root, code: 'jacket_twin' })).status).toBe(201)
    expect((await api.patch('/product-models/jacket_fell_sage', { parent: 'jacket_twin' })).status).toBe(204)
    await pollAndFollow()
    expect(trade.shop.product('CAL-FELL-SAGE-M').groupId).toBe(trade.shop.group('jacket_twin').id)
    expect(axis('jacket_twin', 'color')).toEqual(['sage'])
    expect(axis('jacket_fell', 'color')).not.toContain('sage')
  })
})

describe('a measurement family whose unit gets another symbol', () => {
  it('shows it in products that have a text with the unit', async () => {
    await trade.close()
    trade = await openTrade({
      mappings: {
        ecommerce: `version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
product: { name: { template: '{sku} {weight|unit}' } }
`,
      },
    })
    await trade.begin()
    const name = () => trade.shop.product('NL-DL7-W').name
    expect(name()).toMatchObject({ en_US: expect.stringMatching(/ kg$/) as unknown })
    const units = { KILOGRAM: { code: 'KILOGRAM', symbol: 'kilo', labels: {} } }
    await trade.api.patch('/measurement-families', [{ code: 'Weight', units }])
    // Their list has no date to ask by: it is read again after an hour.
    await trade.sql`delete from list_reading where stream = 'measurement-families'`
    await trade.passes.poll()
    await trade.shop.follow()
    expect(name()).toMatchObject({ en_US: expect.stringMatching(/ kilo$/) as unknown })
  })
})

describe('a category that leaves, by which alone a variant was published', () => {
  it('leaves its group without an active variant', async () => {
    await trade.close()
    trade = await openTrade({
      proxied: true,
      mappings: {
        ecommerce: `version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
product: { name: $label }
publish: { within: [outlet] }
`,
      },
    })
    await trade.api.post('/categories', { code: 'outlet', parent: 'master' })
    edit('CAL-FELL-SAGE-M', { categories: ['jackets', 'outlet'] })
    await trade.begin()
    const status = () => [
      trade.shop.group('jacket_fell').status,
      trade.shop.product('CAL-FELL-SAGE-M').status,
    ]
    expect(status()).toEqual(['active', 'active'])
    if (trade.proxy)
      trade.proxy.rewrite = (path, body) =>
        path.endsWith('/categories') ? without(body, ({ code }) => code === 'outlet') : undefined
    const missing = { status: 404, message: 'Category "outlet" does not exist.' }
    trade.akeneo.fault({ path: '/api/rest/v1/categories/outlet', ...missing })
    await trade.passes.reconcile({ content: false })
    await trade.shop.follow()
    expect(status()).toEqual(['withheld', 'withheld'])
  })
})
