import { afterEach, describe, expect, it } from 'vitest'
import { openTrade, told, type Trade, type TradeOptions } from './trade.ts'

let trade: Trade
afterEach(() => trade.close())

async function begun(options?: TradeOptions): Promise<Trade> {
  trade = await openTrade(options)
  await trade.begin()
  return trade
}
const pollAndFollow = async () => {
  await trade.passes.poll()
  return trade.shop.follow()
}
const sku = (data: string) => ({ values: { sku: [{ locale: null, scope: null, data }] } })

describe('a product with another SKU', () => {
  it('is the same record of the hub, and links to it stay', async () => {
    await begun()
    const { id, version } = trade.shop.product('NL-DL7-B')
    const linked = () => trade.shop.product('NL-DL7-W').related.map((link) => link.id)
    expect(linked()).toContain(id)
    trade.akeneo.edit([{ resource: 'product', code: 'NL-DL7-B', patch: sku('NL-DL7-BLACK') }])
    const entries = await pollAndFollow()
    expect(told(entries)).toContain('updated product NL-DL7-BLACK')
    expect(trade.shop.product('NL-DL7-BLACK')).toMatchObject({
      id,
      version: version + 1,
      sku: 'NL-DL7-BLACK',
    })
    expect(trade.shop.has('NL-DL7-B')).toBe(false)
    expect(linked()).toContain(id)
    // The night finds nobody who left.
    expect(await trade.passes.reconcile({ content: false })).toEqual([])
    expect(await trade.shop.follow()).toEqual([])
  })

  it('that differs in letter case only is the same too', async () => {
    await begun()
    const { id } = trade.shop.product('NL-DL7-B')
    trade.akeneo.edit([{ resource: 'product', code: 'NL-DL7-B', patch: sku('nl-dl7-b') }])
    await pollAndFollow()
    expect(trade.shop.product('nl-dl7-b')).toMatchObject({ id, sku: 'nl-dl7-b' })
  })
})

describe('another attribute that becomes the main identifier, as in Akeneo’s cloud', () => {
  /** Products have two identifiers, and are shown the same whichever is the main one. */
  async function begunWithTwo(): Promise<{ change: () => void }> {
    trade = await openTrade({ proxied: true })
    const { proxy } = trade
    if (!proxy) throw new Error('There is no proxy')
    let main = 'sku'
    proxy.rewrite = (path, body) => {
      if (/\/attributes(\/|$)/.test(path)) return withFlags(body as Attributes, main)
      if (path.includes('/products-uuid')) return withErpNumbers(body as Product)
      if (path.includes('/product-models') && main === 'erp_number')
        return JSON.parse(JSON.stringify(body).replaceAll('"BULB-E14"', '"ERP-BULB-E14"')) as object
      return undefined
    }
    const flags = { useable_as_grid_filter: true, unique: true }
    const erpNumber = { code: 'erp_number', type: 'pim_catalog_identifier', ...flags }
    const group = trade.akeneo.pim.catalog.attributes.get('sku')?.group
    expect((await trade.api.post('/attributes', { ...erpNumber, group })).status).toBe(201)
    const associations = { X_SELL: { products: ['BULB-E14'] } }
    expect((await trade.api.patch('/product-models/jacket_fell', { associations })).status).toBe(204)
    await trade.begin()
    return { change: () => void (main = 'erp_number') }
  }

  it('gives all products their new SKU, with no call for each, and links to them stay', async () => {
    const { change } = await begunWithTwo()
    const { id } = trade.shop.product('BULB-E14')
    change()
    trade.akeneo.resetRequests()
    // The night reads the structure whole.
    await trade.passes.categories()
    await pollAndFollow()
    expect(trade.shop.product('ERP-BULB-E14')).toMatchObject({ id, sku: 'ERP-BULB-E14' })
    expect(trade.shop.has('BULB-E14')).toBe(false)
    expect(trade.shop.group('jacket_fell').related.map((to) => to.id)).toEqual([id])
    expect(trade.akeneo.requests().length).toBeLessThan(100)
    const [stored] = await trade.sql`select code from source_record where code like '%BULB-E14'`
    expect(stored).toEqual({ code: 'ERP-BULB-E14' })
    // What reads them all finds nothing more.
    await trade.passes.load()
    expect(told(await trade.shop.follow())).toEqual([])
  }, 60_000)

  it('reaches what an earlier version has kept under the old one with the next reading', async () => {
    const { change } = await begunWithTwo()
    change()
    await trade.passes.categories()
    await pollAndFollow()
    await trade.sql`update source_record set code = 'BULB-E14' where code = 'ERP-BULB-E14'`
    await trade.passes.load()
    const [stored] = await trade.sql`select code from source_record where code like '%BULB-E14'`
    expect(stored).toEqual({ code: 'ERP-BULB-E14' })
  }, 60_000)
})

interface Attributes {
  code?: string
  type?: string
  _embedded?: { items: Attributes[] }
}
const withFlags = ({ _embedded: list, ...body }: Attributes, main: string): object => ({
  ...body,
  ...(body.type === 'pim_catalog_identifier' ? { is_main_identifier: body.code === main } : {}),
  ...(list ? { _embedded: { items: list.items.map((item) => withFlags(item, main)) } } : {}),
})

interface Product {
  values?: Record<string, unknown> & { sku?: { data: string }[] }
  _embedded?: { items: Product[] }
}
const withErpNumbers = ({ _embedded: list, ...body }: Product): object => ({
  ...body,
  ...(body.values
    ? {
        values: {
          ...body.values,
          erp_number: [{ locale: null, scope: null, data: `ERP-${body.values.sku?.[0]?.data ?? ''}` }],
        },
      }
    : {}),
  ...(list ? { _embedded: { items: list.items.map(withErpNumbers) } } : {}),
})

describe('another akeneo.productIdFormat', () => {
  it.each([
    ['uuid', 'identifier'],
    ['identifier', 'uuid'],
  ])('from %s to %s re-keys what is stored and publishes nothing', async (from, to) => {
    await begun({ settings: { akeneo: { productIdFormat: from } } })
    const before = trade.shop.records()
    await trade.reopen({ akeneo: { productIdFormat: to } })
    await pollAndFollow()
    await trade.passes.load()
    await trade.passes.reconcile({ content: true })
    expect(told(await trade.shop.follow())).toEqual([])
    expect(trade.shop.records()).toEqual(before)
    // And what changes later is still one record.
    trade.akeneo.edit([{ resource: 'product', code: 'NL-DL7-B', patch: { enabled: false } }])
    expect(told(await pollAndFollow())).toEqual(['withheld product NL-DL7-B'])
  })

  it('stays in the group that names it, which Akeneo does by its old SKU before and by the new one after', async () => {
    trade = await openTrade()
    // Long ago: polls look some minutes further back than they must.
    const hour = 3_600_000
    trade.akeneo.clock.advance(-hour)
    const associations = { X_SELL: { products: ['BULB-E14'] } }
    expect((await trade.api.patch('/product-models/jacket_fell', { associations })).status).toBe(204)
    trade.akeneo.clock.advance(hour)
    await trade.begin()
    const { id } = trade.shop.product('BULB-E14')
    trade.akeneo.edit([{ resource: 'product', code: 'BULB-E14', patch: sku('BULB-E14-WARM') }])
    await pollAndFollow()
    // Another product takes the old SKU, and the group is made again.
    expect(
      (await trade.api.post('/products', { identifier: 'BULB-E14', family: 'accessories' })).status,
    ).toBe(201)
    trade.akeneo.edit([{ resource: 'product', code: 'CAL-FELL-SAGE-M', patch: { enabled: false } }])
    await pollAndFollow()
    expect(trade.shop.group('jacket_fell').related.map((to) => to.id)).toEqual([id])
  })

  it('by identifier, what is deleted leaves, and what is renamed stays', async () => {
    await begun({ settings: { akeneo: { productIdFormat: 'identifier' } } })
    const { id } = trade.shop.product('NL-DL7-B')
    expect((await trade.api.delete('/products/BULB-E14')).status).toBe(204)
    trade.akeneo.edit([{ resource: 'product', code: 'NL-DL7-B', patch: sku('NL-DL7-BLACK') }])
    await pollAndFollow()
    await trade.passes.reconcile({ content: false })
    const left = told(await trade.shop.follow()).filter((line) => line.startsWith('retired'))
    expect(left).toEqual(['retired product BULB-E14'])
    expect(trade.shop.product('NL-DL7-BLACK').id).toBe(id)
  })
})

describe('an Akeneo before 7.0, which has no uuids', () => {
  /** Updated to 7.0 by `update`; until then one product is answered with what nobody can read. */
  async function begunBefore7(unreadable?: string): Promise<{ update: () => void }> {
    trade = await openTrade({ proxied: true })
    const { proxy } = trade
    if (!proxy) throw new Error('There is no proxy')
    proxy.failure = (url) => (url.pathname.includes('/products-uuid') ? 404 : undefined)
    proxy.rewrite = (path, body) => {
      if (path.endsWith('/rest/v1')) return withoutUuidRoutes(body as Root)
      return /\/products(\/|$)/.test(path) ? withoutUuids(body as Body, unreadable) : undefined
    }
    await trade.begin()
    return {
      update: () => {
        proxy.failure = () => undefined
        proxy.rewrite = () => undefined
      },
    }
  }

  it('is carried whole, and what is deleted there leaves', async () => {
    await begunBefore7()
    expect(trade.shop.product('NL-DL7-B').source.uuid).toBeNull()
    expect(trade.shop.product('CAL-FELL-SAGE-M').groupId).toBe(trade.shop.group('jacket_fell').id)
    expect((await trade.api.delete('/products/NL-DL7-B')).status).toBe(204)
    trade.akeneo.edit([{ resource: 'product', code: 'BULB-E14', patch: { enabled: false } }])
    expect(told(await pollAndFollow())).toEqual(['withheld product BULB-E14'])
    await trade.passes.reconcile({ content: false })
    expect(told(await trade.shop.follow())[0]).toBe('retired product NL-DL7-B')
  })

  it('keeps its records when it is updated to 7.0', async () => {
    const { update } = await begunBefore7()
    const before = trade.shop.records().map(({ id }) => id)
    update()
    await trade.reopen({})
    trade.akeneo.resetRequests()
    await trade.passes.load()
    // No product costs a call of its own.
    expect(trade.akeneo.requests().length).toBeLessThan(100)
    await trade.passes.reconcile({ content: true })
    await trade.shop.follow()
    expect(trade.shop.records().map(({ id }) => id)).toEqual(before)
    expect(trade.shop.product('NL-DL7-B').source.uuid).not.toBeNull()
  })

  it('has a product that it could not read by SKU, once it can be read by uuid, and its rejection ends', async () => {
    const { update } = await begunBefore7('NL-DL7-B')
    const unread = async () => (await trade.rejections()).filter(({ reason }) => reason === 'schema')
    expect(await unread()).toMatchObject([{ key: 'NL-DL7-B' }])
    update()
    await trade.reopen({})
    await trade.passes.load()
    await trade.shop.follow()
    expect(trade.shop.product('NL-DL7-B').source.uuid).not.toBeNull()
    expect(await unread()).toEqual([])
  })
})

interface Root {
  routes: Record<string, { route: string }>
}
const withoutUuidRoutes = ({ routes, ...root }: Root) => ({
  ...root,
  routes: Object.fromEntries(
    Object.entries(routes).filter(([, { route }]) => !route.includes('/products-uuid')),
  ),
})

interface Body {
  uuid?: string
  identifier?: string
  _embedded?: { items: Body[] }
}
const withoutUuids = ({ uuid: _uuid, _embedded: list, ...body }: Body, unreadable?: string): object => ({
  ...body,
  ...(unreadable !== undefined && body.identifier === unreadable ? { enabled: 'perhaps' } : {}),
  ...(list ? { _embedded: { items: list.items.map((item) => withoutUuids(item, unreadable)) } } : {}),
})
