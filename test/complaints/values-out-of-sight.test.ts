import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../connectors/hub/findings.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { Rights } from '../../simulator/akeneo/options.ts'
import {
  deleteAttribute,
  deleteCategory,
  deleteOption,
  productOf,
  sellIn,
  writeCategories,
  writeLinks,
  writeValue,
} from '../support/emptying.ts'
import type { Pipeline, PipelineOptions } from '../support/pipeline.ts'
import { loaded, record } from './emptied.ts'

/** A user of its own, whose rights the test takes away. */
function restricted(): { options: PipelineOptions; rights: Rights } {
  const rights: Rights = { locales: {}, attributeGroups: {}, categories: {} }
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

const withKits = `
version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
currencies: [EUR]
product: { sku: $identifier, name: $label, type: { const: physical } }
kits: { PACK: { type: basic, whenIncomplete: wait } }
`

const inTwoCurrencies = `
version: 1
output: ecommerce
channel: ecommerce
locales: { en_US: [] }
currencies: [EUR, USD]
product: { sku: $identifier, name: $label, type: { const: physical }, prices: { list: price } }
attributes: { include: all }
`

const linksOf = async (pipeline: Pipeline) =>
  (await record(pipeline, 'NL-DL7-W')).related.map(({ type, kind }) => `${type} ${kind}`).sort()

const reconcile = ({ execute, connection }: Pipeline) =>
  execute(workflowTypes.reconcileCatalog, workflowId(connection, 'reconcile'), { connection })

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

  it('a category that the user may not see any more', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    const { akeneo } = pipeline
    const { categories } = await record(pipeline, 'NL-DL7-W')
    expect(categories).toEqual(['lamps', 'sales_lamps'])
    rights.categories = { sales_lamps: 'none' }
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', waiting: 0 })
    const frozen = await record(pipeline, 'NL-DL7-W')
    expect(frozen.categories).toEqual(categories)
    expect(frozen.attributes['mpn']).toEqual({ type: 'text', value: 'NL-DL7-W2' })
    const [finding] = await findings(pipeline, 'NL-DL7-W')
    expect(finding).toMatchObject({ field: 'categories' })
    expect(finding?.text).toMatch(
      /^category sales_lamps stays as it was on .*: Akeneo .* category sales_lamps/,
    )

    // Meanwhile a person takes it out; when it can be seen again, that comes.
    writeCategories(akeneo, 'NL-DL7-W', ['lamps'])
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).categories).toEqual(categories)
    rights.categories = {}
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).categories).toEqual(['lamps'])
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a category that was deleted: it leaves its products with the reconcile that retires it', async () => {
    const pipeline = await loaded()
    const { akeneo } = pipeline
    deleteCategory(akeneo, 'sales_lamps')
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).categories).toEqual(['lamps', 'sales_lamps'])
    expect((await findings(pipeline, 'NL-DL7-W'))[0]?.text).toContain(
      'Akeneo shows no category sales_lamps any more',
    )
    expect(await reconcile(pipeline)).toMatchObject({ outcome: 'done', retired: 1 })
    expect((await record(pipeline, 'NL-DL7-W')).categories).toEqual(['lamps'])
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a category that a person took out of a product leaves, also beside a hidden one', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    rights.categories = { sales_jackets: 'none' }
    writeCategories(pipeline.akeneo, 'NL-DL7-W', ['lamps'])
    expect(await pipeline.poll()).toMatchObject({ waiting: 0 })
    expect((await record(pipeline, 'NL-DL7-W')).categories).toEqual(['lamps'])
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('partners that the user may not see any more', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    const { akeneo } = pipeline
    const { related } = await record(pipeline, 'NL-DL7-W')
    expect(await linksOf(pipeline)).toEqual(['UPSELL product', 'X_SELL group', 'X_SELL product'])
    // NL-DL7-B and the model fjord_pendant are in no other ones.
    rights.categories = { desk_lamps: 'none', pendant_lights: 'none', sales_lamps: 'none' }
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', waiting: 0 })
    const frozen = await record(pipeline, 'NL-DL7-W')
    expect(frozen).toMatchObject({ related })
    expect(frozen).not.toHaveProperty('pending')
    expect(frozen.attributes['mpn']).toEqual({ type: 'text', value: 'NL-DL7-W2' })
    const texts = (await findings(pipeline, 'NL-DL7-W')).map(({ text }) => text)
    expect(texts).toContainEqual(
      expect.stringMatching(
        /^X_SELL NL-DL7-B stays as it was on .*: Akeneo shows .* no such product any more/,
      ),
    )
    expect(texts).toContainEqual(
      expect.stringMatching(/^X_SELL fjord_pendant .* no such product model any more/),
    )

    // Meanwhile a person takes a link away; when all can be seen again, that comes.
    writeLinks(akeneo, 'NL-DL7-W', 'X_SELL', { products: [] })
    rights.categories = {}
    await pipeline.poll()
    expect(await linksOf(pipeline)).toEqual(['UPSELL product', 'X_SELL group'])
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a part of a kit that the user may not see any more, with its quantity', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded({ ...options, mappings: { ecommerce: withKits } })
    const { kit } = await record(pipeline, 'DL7-SET')
    expect(kit?.components.map(({ quantity }) => quantity)).toEqual(['1', '2'])
    rights.categories = { lamps: 'none', sales_lamps: 'none' }
    writeValue(pipeline.akeneo, 'DL7-SET', 'mpn', 'SET-2')
    await pipeline.poll()
    const frozen = await record(pipeline, 'DL7-SET')
    expect(frozen).toMatchObject({ status: 'active', kit })
    expect((await findings(pipeline, 'DL7-SET')).map(({ field, text }) => `${field}: ${text}`)).toEqual([
      expect.stringMatching(/^PACK: PACK NL-DL7-W stays/),
    ])
  })

  it('a partner that was deleted: links to it leave with the reconcile that retires it', async () => {
    const pipeline = await loaded()
    const { akeneo } = pipeline
    const { related } = await record(pipeline, 'NL-DL7-W')
    const partner = productOf(akeneo, 'NL-DL7-B')
    writeLinks(akeneo, 'NL-DL7-W', 'X_SELL', { products: [] })
    akeneo.pim.deleteProduct(partner)
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).related).toEqual(related)
    expect(await reconcile(pipeline)).toMatchObject({ outcome: 'done', retired: 1 })
    const left = await record(pipeline, 'NL-DL7-W')
    expect(left.related).toHaveLength(related.length - 1)
    expect(left).not.toHaveProperty('pending')
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a link that a person took away leaves, also when another partner is hidden', async () => {
    const { rights, options } = restricted()
    const pipeline = await loaded(options)
    rights.categories = { pendant_lights: 'none', sales_lamps: 'none' }
    writeLinks(pipeline.akeneo, 'NL-DL7-W', 'X_SELL', { products: [] })
    await pipeline.poll()
    expect(await linksOf(pipeline)).toEqual(['UPSELL product', 'X_SELL group'])
  })

  it('amounts in a currency that no channel has any more', async () => {
    const pipeline = await loaded({ mappings: { ecommerce: inTwoCurrencies } })
    const { akeneo } = pipeline
    const { prices } = await record(pipeline, 'NL-DL7-W')
    expect(Object.keys(prices ?? {})).toEqual(['EUR', 'USD'])
    sellIn(akeneo, 'ecommerce', ['EUR'])
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    expect(await pipeline.poll()).toMatchObject({ outcome: 'done with rejections', waiting: 0 })
    const frozen = await record(pipeline, 'NL-DL7-W')
    expect(frozen.prices).toEqual(prices)
    expect(frozen.attributes['mpn']).toEqual({ type: 'text', value: 'NL-DL7-W2' })
    const [finding] = await findings(pipeline, 'NL-DL7-W')
    expect(finding).toMatchObject({ field: 'price' })
    expect(finding?.text).toMatch(
      /^price in USD stays as it was on .*: no channel of Akeneo has the currency USD/,
    )

    sellIn(akeneo, 'ecommerce', ['EUR', 'USD'])
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W')
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).prices).toEqual(prices)
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('a price whose only amount is in such a currency', async () => {
    const pipeline = await loaded({ mappings: { ecommerce: inTwoCurrencies } })
    const { akeneo } = pipeline
    writeValue(akeneo, 'NL-DL7-W', 'price', [{ amount: '55.00', currency: 'USD' }])
    await pipeline.poll()
    const { prices } = await record(pipeline, 'NL-DL7-W')
    expect(Object.keys(prices ?? {})).toEqual(['USD'])
    sellIn(akeneo, 'ecommerce', ['EUR'])
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    await pipeline.poll()
    expect((await record(pipeline, 'NL-DL7-W')).prices).toEqual(prices)
    expect((await findings(pipeline, 'NL-DL7-W')).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^price in USD stays/),
    ])
  })

  it('an amount that a person took away leaves, and so does one in a currency that is hidden elsewhere', async () => {
    const pipeline = await loaded()
    sellIn(pipeline.akeneo, 'print', ['USD'])
    writeValue(pipeline.akeneo, 'NL-DL7-W', 'price', [{ amount: '49.90', currency: 'EUR' }])
    await pipeline.poll()
    const { prices } = await record(pipeline, 'NL-DL7-W')
    expect(Object.keys(prices ?? {})).toEqual(['EUR'])
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
  })

  it('an option that was deleted: it leaves, alone and out of a list', async () => {
    const pipeline = await loaded()
    const { akeneo } = pipeline
    writeValue(akeneo, 'NL-DL7-W', 'collection', ['winter_2016', 'summer_2017'])
    await pipeline.poll()
    const { attributes } = await record(pipeline, 'NL-DL7-W')
    expect(attributes['collection']).toMatchObject({ value: ['winter_2016', 'summer_2017'] })
    expect(attributes['main_color']).toMatchObject({ value: 'white' })
    deleteOption(akeneo, 'collection', 'winter_2016')
    deleteOption(akeneo, 'main_color', 'white')
    writeValue(akeneo, 'NL-DL7-W', 'mpn', 'NL-DL7-W2')
    expect(await pipeline.poll()).toMatchObject({ waiting: 0 })
    const left = await record(pipeline, 'NL-DL7-W')
    expect(left.attributes['collection']).toMatchObject({ value: ['summer_2017'] })
    expect(left.attributes).not.toHaveProperty('main_color')
    expect(await findings(pipeline, 'NL-DL7-W')).toEqual([])
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
