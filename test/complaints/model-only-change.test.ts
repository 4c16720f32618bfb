import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { retryRejected } from '../../activities/reading/retry-rejected.ts'
import { openTrade, told, type Trade } from './trade.ts'

let trade: Trade

const variants = (color: string) => ['S', 'M', 'L', 'XL'].map((size) => `CAL-FELL-${color}-${size}`)
const allVariants = ['BLACK', 'SAGE', 'NAVY'].flatMap(variants)

/** What the shop was told of groups and products after a patch of a model and the next poll. */
async function afterEdit(code: string, patch: object) {
  trade.akeneo.edit([{ resource: 'product-model', code, patch }])
  await trade.passes.poll()
  return trade.shop.follow()
}

describe('an edit of a model alone', () => {
  beforeAll(async () => {
    trade = await openTrade()
    await trade.begin()
  })
  afterAll(() => trade.close())

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

describe('an edit of a model whose variants the search shows ten minutes later', () => {
  beforeEach(async () => {
    trade = await openTrade({ akeneo: { variantLagMs: 600_000 }, proxied: true })
    await trade.begin()
    const material = [{ locale: null, scope: null, data: 'cotton' }]
    trade.akeneo.edit([{ resource: 'product-model', code: 'jacket_fell', patch: { values: { material } } }])
  })
  afterEach(() => trade.close())

  /** As `change` would have it in each list of models. */
  const listed = (change: (models: Model[]) => Model[]) => {
    if (trade.proxy === null) throw new Error('There is no proxy')
    trade.proxy.rewrite = (path, body) => {
      if (!path.endsWith('/product-models')) return undefined
      const { _embedded: list, ...page } = body as { _embedded: { items: Model[] } }
      return { ...page, _embedded: { items: change(list.items) } }
    }
  }
  const expectAllInCotton = async () => {
    await trade.passes.poll()
    await trade.shop.follow()
    const materials = allVariants.map((sku) => trade.shop.product(sku).attributes['material'])
    expect(materials).toEqual(allVariants.map(() => expect.objectContaining({ value: 'cotton' }) as unknown))
  }

  it('reaches all of them with the next poll after a person has synced one', async () => {
    await trade.passes.sync('CAL-FELL-SAGE-M')
    await expectAllInCotton()
  })

  it('reaches them after the model was rejected, and read again by its code', async () => {
    listed((models) =>
      models.map((model) => (model.code === 'jacket_fell' ? { ...model, categories: 'none' } : model)),
    )
    await trade.passes.poll()
    await trade.sql`update rejection set next_attempt = now() where key = 'jacket_fell'`
    const deps = trade.deps()
    await new MockActivityEnvironment().run(() =>
      retryRejected(deps, deps.connection(trade.connection), Number.POSITIVE_INFINITY),
    )
    await expectAllInCotton()
  })

  it('reaches them after a reconcile missed the model and found it by its code', async () => {
    listed((models) => models.filter(({ code }) => code !== 'jacket_fell'))
    await trade.passes.reconcile({ content: false })
    await expectAllInCotton()
  })
})

interface Model {
  code: string
  [field: string]: unknown
}
