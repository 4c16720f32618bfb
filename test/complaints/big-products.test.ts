import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { apiOf } from '../simulator/api.ts'
import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import { openTrade, type Shop, shopOf, told, type Trade } from './trade.ts'

const one = (data: unknown) => [{ locale: null, scope: null, data }]

/** A family of these attributes, and products of it. */
async function create(
  akeneo: AkeneoSimulator,
  family: string,
  attributes: { code: string; type: string }[],
  products: { identifier: string; values: object }[],
): Promise<void> {
  const api = await apiOf(akeneo)
  for (let from = 0; from < attributes.length; from += 100) {
    const lines = attributes.slice(from, from + 100).map((one) => ({ group: 'other', ...one }))
    expect(
      (await api.patchLines('/attributes', lines)).lines.every(({ status_code: code }) => code === 201),
    ).toBe(true)
  }
  const codes = ['sku', ...attributes.map(({ code }) => code)]
  expect((await api.post('/families', { code: family, attributes: codes })).status).toBe(201)
  for (const product of products)
    expect((await api.post('/products', { family, ...product })).status).toBe(201)
}

describe('a product of 400 attributes', () => {
  const attributes = Array.from({ length: 400 }, (_, n) => ({
    code: `field_${n}`,
    ...(n % 2 === 0
      ? { type: 'pim_catalog_text' }
      : { type: 'pim_catalog_number', decimals_allowed: true, negative_allowed: false }),
  }))
  let trade: Trade
  beforeAll(async () => {
    trade = await openTrade()
    const values = Object.fromEntries(
      attributes.map(({ code }, n) => [code, one(n % 2 === 0 ? `value ${n}` : `${n}.50`)]),
    )
    await create(trade.akeneo, 'many', attributes, [{ identifier: 'MANY', values }])
    await trade.begin()
  })
  afterAll(() => trade.close())

  it('is carried with each of them', () => {
    const carried = trade.shop.product('MANY').attributes
    expect(Object.keys(carried)).toHaveLength(400)
    for (const [n, { code }] of attributes.entries())
      expect(carried[code]).toEqual(
        n % 2 === 0 ? { type: 'text', value: `value ${n}` } : { type: 'number', value: `${n}.5` },
      )
  })

  it('names in the feed the one that changed', async () => {
    trade.akeneo.edit([{ resource: 'product', code: 'MANY', patch: { values: { field_200: one('other') } } }])
    await trade.passes.poll()
    const entries = await trade.shop.follow()
    expect(told(entries)).toEqual(['updated product MANY'])
    expect(entries[0]?.fields).toEqual(['attributes.field_200'])
  })
})

describe('products of 2 MB', () => {
  /** Akeneo's text areas hold 65,535 characters: 32 of them are 2 MB. */
  const attributes = Array.from({ length: 32 }, (_, n) => ({
    code: `long_${n}`,
    type: 'pim_catalog_textarea',
  }))
  const text = (n: number) => `${n} ${'abc<b>x</b>'.repeat(6500)}`.slice(0, 65_535)
  const values = Object.fromEntries(attributes.map(({ code }, n) => [code, one(text(n))]))
  /** More of them in a page than one answer may have bytes. */
  const skus = Array.from({ length: 40 }, (_, n) => `BIG-${n}`)
  let pipeline: Pipeline
  let shop: Shop
  beforeAll(async () => {
    pipeline = await openPipeline({
      settings: { akeneo: { retry: { initialIntervalMs: 10, maximumIntervalMs: 20 } } },
    })
    await create(
      pipeline.akeneo,
      'long',
      attributes,
      skus.map((identifier) => ({ identifier, values })),
    )
    await pipeline.initializeCategories()
    await pipeline.load()
    shop = shopOf(pipeline.database.sql, pipeline.connection, 'ecommerce')
    await shop.follow()
  }, 180_000)
  afterAll(() => pipeline.close())

  it('are carried whole, although a page of them is more than one answer may be', () => {
    for (const sku of skus) {
      const carried = shop.product(sku).attributes
      for (const [n, { code }] of attributes.entries())
        expect(carried[code]).toEqual({ type: 'text', value: text(n) })
    }
    expect(shop.has('NL-DL7-W')).toBe(true)
  })

  it('are not written again when nothing changed', async () => {
    await pipeline.poll()
    expect(await shop.follow()).toEqual([])
  }, 60_000)
})
