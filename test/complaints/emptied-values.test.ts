import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesAfter, findRecords, lastSeq } from '../../connectors/hub/records.ts'
import type { FeedEntry, HubProduct } from '../../contracts/hub.ts'
import type { Json } from '../../simulator/akeneo/json.ts'
import { addAttribute, productOf, writeValue } from '../support/emptying.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { record, simple } from './emptied.ts'

const news = async ({ database, connection }: Pipeline, after: bigint): Promise<FeedEntry[]> =>
  changesAfter(database.sql, connection, 'ecommerce', after, 10_000)

/** By Akeneo's type: a value of it, and what the attribute says besides. */
const types: Record<string, { data: Json; like?: string; part?: object }> = {
  pim_catalog_identifier: { data: 'MPN-1', part: { is_main_identifier: false } },
  pim_catalog_text: { data: 'dry' },
  pim_catalog_textarea: { data: '<p>dry</p>' },
  pim_catalog_number: { data: 7 },
  pim_catalog_metric: { data: { amount: '1.5', unit: 'KILOGRAM' }, like: 'weight' },
  pim_catalog_boolean: { data: false },
  pim_catalog_date: { data: '2026-01-31T00:00:00+00:00' },
  pim_catalog_simpleselect: { data: 'white', like: 'main_color' },
  pim_catalog_multiselect: { data: ['winter_2016'], like: 'collection' },
  pim_catalog_price_collection: { data: [{ amount: '9.90', currency: 'EUR' }] },
  pim_reference_data_simpleselect: { data: 'wool' },
  pim_reference_data_multiselect: { data: ['wool', 'silk'] },
  akeneo_reference_entity: { data: 'ikea' },
  akeneo_reference_entity_collection: { data: ['ikea', 'hay'] },
  pim_catalog_asset_collection: { data: ['front', 'back'] },
  pim_catalog_table: { data: [{ ingredient: 'salt', quantity: 1 }] },
  pim_catalog_product_link: { data: { type: 'product', identifier: 'x' } },
}
const mediaTypes = ['pim_catalog_image', 'pim_catalog_file']

describe('a value that is emptied in Akeneo leaves the hub', () => {
  let pipeline: Pipeline
  let before: Map<string, HubProduct>
  let entries: FeedEntry[]
  let skus: string[]
  const codeOf = (type: string) => `of_${type}`
  const skuOf = (type: string) => skus[[...Object.keys(types), ...mediaTypes].indexOf(type)] ?? ''

  beforeAll(async () => {
    pipeline = await openPipeline()
    const { akeneo } = pipeline
    skus = simple(pipeline)
    for (const [type, { data, like = 'mpn', part }] of Object.entries(types)) {
      addAttribute(akeneo, codeOf(type), like, { type, ...part })
      writeValue(akeneo, skuOf(type), codeOf(type), data)
    }
    const image = productOf(akeneo, 'NL-DL7-W').values.get('image')?.[0]?.data ?? null
    for (const type of mediaTypes) {
      addAttribute(akeneo, codeOf(type), 'image', { type })
      writeValue(akeneo, skuOf(type), codeOf(type), image)
    }
    for (const { code } of [...akeneo.pim.catalog.attributes.values()].filter(({ code }) =>
      /^of_.*select$/.test(code),
    )) {
      const like = types[code.slice(3)]?.like
      const options = like === undefined ? undefined : akeneo.pim.catalog.options.get(like)
      if (options) akeneo.pim.catalog.options.set(code, options)
    }
    await pipeline.initializeCategories()
    await pipeline.load()
    before = new Map()
    for (const type of [...Object.keys(types), ...mediaTypes])
      before.set(type, await record(pipeline, skuOf(type)))
    const seq = await lastSeq(pipeline.database.sql, pipeline.connection, 'ecommerce')
    for (const type of [...Object.keys(types), ...mediaTypes])
      writeValue(akeneo, skuOf(type), codeOf(type), null)
    await pipeline.poll()
    entries = await news(pipeline, seq)
  })
  afterAll(() => pipeline.close())

  it.each(Object.keys(types))('%s', async (type) => {
    const code = codeOf(type)
    expect(before.get(type)?.attributes).toHaveProperty(code)
    expect((await record(pipeline, skuOf(type))).attributes).not.toHaveProperty(code)
    expect(entries.find(({ record: { source } }) => source.code === skuOf(type))?.fields).toContain(
      `attributes.${code}`,
    )
  })

  it.each(mediaTypes)('%s', async (type) => {
    const held = before.get(type)?.media.length ?? 0
    expect((await record(pipeline, skuOf(type))).media).toHaveLength(held - 1)
    expect(entries.find(({ record: { source } }) => source.code === skuOf(type))?.fields).toContain('media')
  })

  it('in one locale: the others stay', async () => {
    const { akeneo } = pipeline
    writeValue(akeneo, 'NL-DL7-W', 'care_note', null, { locale: 'fr_FR' })
    await pipeline.poll()
    const { care_note: note } = (await record(pipeline, 'NL-DL7-W')).attributes
    expect(note).toEqual({
      type: 'text',
      values: { de_DE: 'Nur trocken abwischen', en_US: 'Dry cloth only' },
    })
  })

  it('from fields of their own too: description, barcode, prices, name', async () => {
    const { akeneo } = pipeline
    const sku = 'NL-DL7-W'
    for (const locale of ['en_US', 'de_DE', 'fr_FR'])
      writeValue(akeneo, sku, 'description', null, { locale, scope: 'ecommerce' })
    writeValue(akeneo, sku, 'ean', null)
    writeValue(akeneo, sku, 'price', null)
    writeValue(akeneo, sku, 'name', null)
    await pipeline.poll()
    const emptied = await record(pipeline, sku)
    expect(emptied).not.toHaveProperty('description')
    expect(emptied).not.toHaveProperty('barcode')
    expect(emptied).not.toHaveProperty('prices')
    expect(emptied.name).toEqual({ en_US: sku, de_DE: sku, fr_FR: sku })
  })

  it('from a model: its group and its variants lose it', async () => {
    const { akeneo, database, connection } = pipeline
    const model = akeneo.pim.catalog.modelsInOrder().find(({ parent }) => parent === null)
    if (!model) throw new Error('The catalogue has no model')
    const attribute =
      [...model.values.keys()].find((code) => !['name', 'image', 'description'].includes(code)) ?? ''
    const [variant] = akeneo.pim.catalog.variantsBelow(model.code)
    expect((await record(pipeline, variant?.identifier ?? '')).attributes).toHaveProperty(attribute)
    const values = (model.values.get(attribute) ?? []).map((value) => ({ ...value, data: null }))
    akeneo.edit([{ resource: 'product-model', code: model.code, patch: { values: { [attribute]: values } } }])
    await pipeline.poll()
    expect((await record(pipeline, variant?.identifier ?? '')).attributes).not.toHaveProperty(attribute)
    const [group] = await findRecords(database.sql, connection, model.code)
    expect(group?.kind === 'group' && group.attributes).not.toHaveProperty(attribute)
  })
})
