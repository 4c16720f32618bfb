import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { decideEmptied } from '../../connectors/hub/emptied-plans.ts'
import { findingsOf } from '../../connectors/hub/findings.ts'
import { changesAfter, findRecords, lastSeq } from '../../connectors/hub/records.ts'
import { proposeMapping } from '../../connectors/hub/mapping-changes.ts'
import type { FeedEntry, HubProduct } from '../../contracts/hub.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { ReconcileReport, RunReport } from '../../contracts/processes.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import type { Json } from '../../simulator/akeneo/json.ts'
import { project } from '../client/harness.ts'
import { addAttribute, deleteAttribute, productOf, writeValue } from '../support/emptying.ts'
import { openPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts'

const opened: Pipeline[] = []
afterEach(async () => {
  for (const pipeline of opened.splice(0)) await pipeline.close()
})

async function loaded(options: PipelineOptions = {}): Promise<Pipeline> {
  const pipeline = await openPipeline(options)
  opened.push(pipeline)
  await pipeline.initializeCategories()
  await pipeline.load()
  return pipeline
}

/** The product as one output holds it. */
async function record(
  { database, connection }: Pipeline,
  sku: string,
  output = 'ecommerce',
): Promise<HubProduct> {
  const found = (await findRecords(database.sql, connection, sku)).find(
    (one) => one.output === output && one.kind === 'product',
  )
  if (found?.kind !== 'product') throw new Error(`${sku} is not in ${output}`)
  return found
}

const news = async ({ database, connection }: Pipeline, after: bigint): Promise<FeedEntry[]> =>
  changesAfter(database.sql, connection, 'ecommerce', after, 10_000)

/** Simple products, in an order of their own. */
const simple = (pipeline: Pipeline): string[] =>
  [...pipeline.akeneo.pim.catalog.products.afterUuid(undefined)]
    .filter(
      ({ parent, identifier, enabled, values }) =>
        parent === null && enabled && identifier !== 'NL-404' && values.has('name'),
    )
    .flatMap(({ identifier }) => identifier ?? [])

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

/** A user of its own, whose rights the test takes away. */
function restricted(): { options: PipelineOptions; rights: Rights } {
  const rights: Rights = { locales: {}, attributeGroups: {} }
  const user = {
    code: 'hub',
    clientId: 'hub',
    clientSecret: 'hub-secret',
    username: 'hub',
    password: 'hub-password',
    rights,
  }
  const { clientId, clientSecret, username, password } = user
  return {
    rights,
    options: {
      akeneo: { connections: [user] },
      settings: { akeneo: { clientId, clientSecret, username, password } },
    },
  }
}

const findings = async ({ akeneo, database, connection }: Pipeline, sku: string) =>
  (await findingsOf(database.sql, connection, 'products', productOf(akeneo, sku).uuid)).filter(
    ({ code }) => code === 'frozen',
  )

describe('what goes out of sight is frozen at its last value and reported, and the run goes on', () => {
  it('an attribute group that the user may not see any more', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    const { akeneo } = pipeline
    const { attributes } = await record(pipeline, 'NL-DL7-W')
    rights.attributeGroups = { technical: 'none' }
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', waiting: 0 })
    const frozen = await record(pipeline, 'NL-DL7-W')
    expect(frozen.attributes).toEqual({ ...attributes, mpn: { type: 'text', value: 'NL-DL7-W2' } })
    const [finding] = await findings(pipeline, 'NL-DL7-W')
    expect(finding?.text).toMatch(/stays as it was on .*: .*attribute group technical/)

    // The value changes while nobody sees it; when it can be seen again, it comes.
    writeValue(akeneo, 'NL-DL7-W', 'dimmable', false)
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).attributes['dimmable']).toEqual(attributes['dimmable'])
    rights.attributeGroups = {}
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).attributes['dimmable']).toEqual({
      type: 'boolean',
      value: false,
    })
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a locale that the user may not see any more', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    const before = await record(pipeline, 'NL-DL7-W')
    rights.locales = { fr_FR: 'none' }
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'care_note', 'Wipe', { locale: 'en_US' })
    await pipeline.poll()
    const frozen = await record(pipeline, 'NL-DL7-W')
    expect(frozen.description).toEqual(before.description)
    expect(frozen.attributes['care_note']).toMatchObject({ values: { en_US: 'Wipe', fr_FR: 'Chiffon sec' } })
    expect((await findings(pipeline, 'NL-DL7-W')).map(({ text }) => text).join()).toContain('locale fr_FR')
  })

  it('an attribute that was deleted', async () => {
    const pipeline = await loaded()
    const { akeneo } = pipeline
    const { attributes } = await record(pipeline, 'NL-DL7-W')
    deleteAttribute(akeneo, 'power')
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).attributes['power']).toEqual(attributes['power'])
    expect((await findings(pipeline, 'NL-DL7-W'))[0]?.text).toContain(
      'Akeneo shows no attribute power any more',
    )
  })

  it('is no excuse for a value that was emptied: that one leaves', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    rights.attributeGroups = { technical: 'none' }
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'mpn', null)
    await pipeline.poll()
    const { attributes } = await record(pipeline, 'NL-DL7-W')
    expect(attributes).not.toHaveProperty('mpn')
    expect(attributes).toHaveProperty('weight')
  })

  it('also for a manual sync', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    rights.attributeGroups = { technical: 'none' }
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'mpn', null)
    expect(await pipeline.sync('NL-DL7-W')).toMatchObject({ outcome: 'synced' })
    const { attributes } = await record(pipeline, 'NL-DL7-W')
    expect(attributes).not.toHaveProperty('mpn')
    expect(attributes).toHaveProperty('weight')
  })
})

const mapping = (output: string, guards: string) =>
  [
    'version: 1',
    `output: ${output}`,
    'channel: ecommerce',
    `guards: { ${guards} }`,
    'product: { sku: $identifier, name: $label }',
  ].join('\n')

describe('more of one value than the guard lets pass', () => {
  const many = 25

  async function emptiedInMany(): Promise<{ pipeline: Pipeline; skus: string[]; report: RunReport }> {
    const pipeline = await loaded({
      mappings: { shop: mapping('shop', 'emptied: 5%'), print: mapping('print', 'emptied: 100%') },
    })
    const skus = simple(pipeline)
      .filter((sku) => productOf(pipeline.akeneo, sku).values.has('weight'))
      .slice(0, many)
    expect(skus).toHaveLength(many)
    for (const sku of skus) writeValue(pipeline.akeneo, sku, 'weight', null)
    writeValue(pipeline.akeneo, 'NL-DL7-B', 'mpn', 'other')
    return { pipeline, skus, report: await pipeline.poll() }
  }

  const decide = ({ database, connection }: Pipeline, report: RunReport, state: 'approved' | 'rejected') =>
    database.sql.begin((tx) =>
      decideEmptied(tx, connection, BigInt(report.held?.[0]?.slice(1) ?? 0), { state, by: 'ada' }),
    )
  const withWeight = async (pipeline: Pipeline, skus: string[], output: string) => {
    const records = await Promise.all(skus.map((sku) => record(pipeline, sku, output)))
    return records.filter(({ attributes }) => 'weight' in attributes).length
  }

  it('is held in the output that asks, while others and the rest of the run go on; approval publishes', async () => {
    const { pipeline, skus, report } = await emptiedInMany()
    expect(report).toMatchObject({ outcome: 'awaiting approval', held: ['e1'], waiting: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(many)
    expect(await withWeight(pipeline, skus, 'print')).toBe(0)
    expect((await record(pipeline, 'NL-DL7-B', 'shop')).attributes['mpn']).toMatchObject({ value: 'other' })

    // What else happens to a held record waits with it; a value that is filled again frees its record.
    const [first = '', second = ''] = skus
    writeValue(pipeline.akeneo, first, 'mpn', 'changed')
    writeValue(pipeline.akeneo, second, 'weight', { amount: '2', unit: 'KILOGRAM' })
    await pipeline.poll()
    expect((await record(pipeline, first, 'shop')).attributes['mpn']).not.toMatchObject({ value: 'changed' })
    expect((await record(pipeline, second, 'shop')).attributes['weight']).toMatchObject({
      value: { amount: '2', unit: 'KILOGRAM' },
    })
    await pipeline.sync(first)
    expect(await withWeight(pipeline, [first], 'shop')).toBe(1)

    await decide(pipeline, report, 'approved')
    expect(await pipeline.poll()).toMatchObject({ published: many - 1, waiting: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(1)
    expect((await record(pipeline, first, 'shop')).attributes['mpn']).toMatchObject({ value: 'changed' })
  })

  it('stays as it was when a person says no, until the record changes again', async () => {
    const { pipeline, skus, report } = await emptiedInMany()
    await decide(pipeline, report, 'rejected')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', published: 0 })
    expect(await withWeight(pipeline, skus, 'shop')).toBe(many)
    const [first = '', ...others] = skus
    writeValue(pipeline.akeneo, first, 'mpn', 'changed')
    await pipeline.poll()
    expect(await withWeight(pipeline, [first], 'shop')).toBe(0)
    expect(await withWeight(pipeline, others, 'shop')).toBe(many - 1)
  })

  it('is shown, approved and carried out by the command line', async () => {
    const { pipeline, skus } = await emptiedInMany()
    const shell = await project({
      connections: [pipeline.connection],
      taskQueue: pipeline.taskQueue,
      databaseUrl: pipeline.database.url,
    })
    try {
      const listed = await shell.run('approvals')
      expect(listed).toMatchObject({ code: 4 })
      expect(listed.out).toContain('e1  25 records of shop would lose values')
      expect(listed.out).toMatch(/weight was emptied in 25 of \d+ products that had it, more than 5 %/)
      expect((await shell.run('status')).out).toContain('e1')
      const shown = await shell.run('approvals', 'show', 'e1')
      expect(shown.out).toContain(skus[0])
      expect((await shell.run('approvals', 'reject', 'e1')).out).toContain(
        '25 records of shop keep what they had',
      )
      expect(await shell.run('approvals', 'approve', 'e1')).toMatchObject({ code: 3 })
      expect(await withWeight(pipeline, skus, 'shop')).toBe(0)
      expect(await shell.run('approvals')).toMatchObject({ code: 0 })
    } finally {
      await shell.remove()
    }
  })

  it('is no matter where only a mapping takes the field away', async () => {
    const pipeline = await loaded({
      settings: { guards: { changed: '100%' } },
      mappings: { shop: mapping('shop', 'emptied: 0%') },
    })
    const narrower = `${mapping('shop', 'emptied: 0%').replace('version: 1', 'version: 2')}\nattributes: { except: [weight] }\n`
    const change = await pipeline.database.sql.begin((tx) =>
      proposeMapping(tx, pipeline.connection, 'shop', { name: 'shop.hub.yaml', text: narrower }),
    )
    const { client, connection, taskQueue } = pipeline
    await client.workflow.execute(workflowTypes.applyMapping, {
      workflowId: workflowId(connection, 'mapping', change.toString()),
      taskQueue,
      args: [{ connection, change: change.toString() }],
    })
    expect(await withWeight(pipeline, simple(pipeline), 'shop')).toBe(0)
  })
})

describe('guards.retired of a mapping file', () => {
  it.each([
    ['lets more leave than the connection would', '50%', 'done'],
    ['holds what the connection would let leave', '1%', 'awaiting approval'],
  ])('%s', async (_what, share, outcome) => {
    const pipeline = await loaded({
      settings: { guards: { retired: share === '50%' ? '1%' : '50%' } },
      mappings: { shop: mapping('shop', `retired: ${share}`) },
    })
    const { client, connection, taskQueue, akeneo } = pipeline
    // Every fifth, so that no family or category stands out.
    const leaving = simple(pipeline)
      .filter((_sku, index) => index % 5 === 0)
      .slice(0, 21)
    expect(leaving).toHaveLength(21)
    for (const sku of leaving) akeneo.pim.deleteProduct(productOf(akeneo, sku))
    const report = (await client.workflow.execute(workflowTypes.reconcileCatalog, {
      workflowId: workflowId(connection, 'reconcile'),
      taskQueue,
      args: [{ connection }],
    })) as ReconcileReport
    expect({ outcome: report.outcome, absent: report.absent }).toEqual({ outcome, absent: 21 })
  })
})
