import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { productOf } from '../support/emptying.ts'
import { openTrade, told, type Trade } from './trade.ts'

/** What Akeneo takes as a code of structure, and programs may take for something else. */
const codes = [
  'hasOwnProperty',
  'constructor',
  'toString',
  'null',
  'true',
  'Case',
  '0',
  '00',
  'c'.repeat(100),
]
const options = [...codes, '__proto__']
/** And as the code of a model. */
const models = [
  '__proto__',
  'constructor',
  'a/b',
  'with  blanks',
  `quote's "double"`,
  '50% ?&#+',
  'null',
  'm'.repeat(255),
  'Ünïcode 🪑',
  '..',
  "') or 1=1 --",
]
const longest = 's'.repeat(255)

let trade: Trade
const one = (data: unknown) => [{ locale: null, scope: null, data }]
const created = async (path: string, body: object) => {
  const answer = await trade.api.post(path, body)
  if (answer.status !== 201)
    throw new Error(`${path} ${JSON.stringify(body).slice(0, 80)}: ${answer.status} ${answer.text}`)
}

beforeAll(async () => {
  trade = await openTrade()
  await created('/categories', { code: '__proto__', parent: 'master' })
  for (const code of codes) {
    await created('/categories', { code, parent: 'master' })
    await created('/attributes', { code, type: 'pim_catalog_simpleselect', group: 'other' })
    for (const option of options)
      await created(`/attributes/${code}/options`, { code: option, labels: { en_US: `${code} ${option}` } })
    await created('/association-types', { code })
  }
  for (const code of codes) {
    await created('/families', { code, attributes: ['sku', 'name', ...codes], attribute_as_label: 'name' })
    await created(`/families/${code}/variants`, {
      code: `v_${code}`.slice(0, 100),
      variant_attribute_sets: [{ level: 1, axes: [code], attributes: [code] }],
    })
  }
  for (const code of codes)
    await created('/products', {
      identifier: `simple ${code}`,
      family: code,
      categories: [code],
      values: Object.fromEntries(codes.map((attribute) => [attribute, one(code)])),
      associations: { [code]: { products: ['NL-DL7-W'] } },
    })
  for (const code of models) {
    await created('/product-models', { code, family_variant: 'v_constructor', categories: ['__proto__'] })
    await created('/products', {
      identifier: `of ${code}`.slice(0, 255),
      parent: code,
      values: { constructor: one('__proto__') },
    })
  }
  await created('/products', { identifier: longest, family: '0' })
  await trade.begin()
}, 120_000)
afterAll(() => trade.close())

describe('codes of structure that programs may take for something else', () => {
  it.each(codes)('%s: as category, family, attribute, option and association type', (code) => {
    const product = trade.shop.product(`simple ${code}`)
    expect(product).toMatchObject({ status: 'active', categories: [code] })
    for (const attribute of codes)
      expect(Object.entries(product.attributes)).toContainEqual([attribute, { type: 'option', value: code }])
    expect(product.related).toEqual([
      { type: code, kind: 'product', id: trade.shop.product('NL-DL7-W').id, position: 1 },
    ])
    const records = trade.shop.records()
    expect(records.filter((one) => one.kind === 'category' && one.code === code)).toHaveLength(1)
    const [entry] = records.filter((one) => one.kind === 'attribute' && one.code === code)
    expect(entry).toMatchObject({ labels: {} })
    expect(entry?.kind === 'attribute' && entry.options?.map((option) => option.code).sort()).toEqual(
      [...options].sort(),
    )
  })

  it.each(models)('%s: as a model, with its variant', (code) => {
    const group = trade.shop.group(code)
    expect(group).toMatchObject({ status: 'active', categories: ['__proto__'] })
    const variant = trade.shop.product(`of ${code}`.slice(0, 255))
    expect(variant.groupId).toBe(group.id)
    expect(Object.entries(variant.axisValues ?? {})).toEqual([['constructor', '__proto__']])
  })

  it('are synced, changed and leave by their code', async () => {
    // A step up names no record in any address: it is refused before a call.
    for (const code of models.filter((one) => one !== '..')) {
      await trade.passes.sync(code)
      expect(told(await trade.shop.follow())).toEqual([])
    }
    await trade.passes.sync(longest)
    expect(trade.shop.product(longest).sku).toBe(longest)
    for (const code of models)
      trade.akeneo.pim.deleteProduct(productOf(trade.akeneo, `of ${code}`.slice(0, 255)))
    await trade.passes.reconcile({ content: false })
    const left = told(await trade.shop.follow()).filter((line) => line.startsWith('retired'))
    expect(left.sort()).toEqual(models.map((code) => `retired product ${`of ${code}`.slice(0, 255)}`).sort())
  })
})
