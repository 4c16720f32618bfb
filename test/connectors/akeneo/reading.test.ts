import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { StreamName } from '../../../contracts/streams.ts'
import { streams, type StreamDefinition } from '../../../connectors/akeneo/streams.ts'
import { changedSince } from '../../../connectors/akeneo/search.ts'
import type { AkeneoCategory, AkeneoProduct } from '../../../connectors/akeneo/schema.ts'
import { type AkeneoSimulator, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { apiOf } from '../../simulator/api.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { clientOf, connectionTo, once } from './helpers.ts'

const catalog = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))

let database: FreshDatabase
let akeneo: AkeneoSimulator
beforeAll(async () => {
  database = await freshDatabase()
  akeneo = await startAkeneo({ catalog })
  // The catalogue's files have neither records nor assets.
  const api = await apiOf(akeneo)
  await api.patch('/reference-entities/designers', {})
  await api.patch('/reference-entities/designers/records', [{ code: 'aino' }])
  await api.patch('/asset-families/packshots', {})
  await api.patch('/asset-families/packshots/assets', [{ code: 'front' }])
})
afterAll(async () => {
  await akeneo.close()
  await database.drop()
})
afterEach(() => akeneo.clearFaults())

const client = (settings: Record<string, unknown> = {}) =>
  clientOf(database.sql, connectionTo(akeneo.url, { credentials: akeneo.credentials, ...settings }))

/** Reads a stream to its end. */
const readAll = (stream: StreamName, options: { parent?: string; limit?: number; settings?: object } = {}) =>
  once(client({ ...options.settings }), async (calls) => {
    const { settings: _, ...list } = options
    const items: unknown[] = []
    const broken: unknown[] = []
    let cursor: string | null = null
    do {
      const page = await calls.readPage(stream, { cursor, ...list })
      items.push(...page.items)
      broken.push(...page.broken)
      cursor = page.next
    } while (cursor !== null)
    return { items, broken }
  })

/** A parent that has children, for streams that are read per record of another. */
const parents: Partial<Record<StreamName, () => Promise<string>>> = {
  'attribute-options': async () => {
    const { items } = await readAll('attributes')
    const select = (items as { code: string; type: string }[]).find(
      ({ type }) => type === 'pim_catalog_simpleselect',
    )
    return select?.code ?? ''
  },
  'family-variants': async () => {
    const { items } = await readAll('product-models')
    return (items as { family: string }[])[0]?.family ?? ''
  },
  'asset-families': () => Promise.resolve('packshots'),
  'reference-entity-records': () => Promise.resolve('designers'),
  assets: () => Promise.resolve('packshots'),
}

describe.each(StreamName.options)('the stream %s', (name) => {
  const definition: StreamDefinition = streams[name]

  it('is read whole, every record as its schema says', async () => {
    const parent = await parents[name]?.()
    const { items, broken } = await readAll(name, parent === undefined ? {} : { parent })
    expect(broken).toEqual([])
    expect(items.length).toBeGreaterThan(0)
    const keys = items.map((item) => (item as Record<string, unknown>)[definition.key])
    expect(new Set(keys).size).toBe(items.length)
    expect(keys.every((key) => typeof key === 'string')).toBe(true)
  })

  it('gives one record by its key, and null for a key that nobody has', async () => {
    const parent = await parents[name]?.()
    const list = parent === undefined ? {} : { parent }
    const { items } = await readAll(name, list)
    const [first] = items as Record<string, unknown>[]
    const found = await once(client(), (calls) => calls.readOne(name, String(first?.[definition.key]), list))
    expect((found.item as Record<string, unknown>)[definition.key]).toBe(first?.[definition.key])
    const missing = definition.key === 'uuid' ? '00000000-0000-4000-8000-000000000000' : 'nobody_has_this'
    const none = await once(client(), (calls) => calls.readOne(name, missing, list))
    expect(none).toMatchObject({ item: null, broken: null })
  })
})

const changing = StreamName.options.filter((name) => 'changedSince' in streams[name])

describe.each(changing)('the stream %s', (name) => {
  it('can be asked for what changed', async () => {
    const parent = await parents[name]?.()
    const list = parent === undefined ? {} : { parent }
    const since = (at: Date) =>
      once(client(), (calls) =>
        calls.readPage(name, { cursor: null, query: { search: changedSince(name, at) }, ...list }),
      )
    expect((await since(new Date('2000-01-01T00:00:00Z'))).items.length).toBeGreaterThan(0)
    expect((await since(new Date(Date.now() + 3_600_000))).items).toEqual([])
  })
})

describe('reading', () => {
  it('follows offset pages and cursors to the same products', async () => {
    const whole = await readAll('products')
    const inPieces = await readAll('products', { limit: 7 })
    const ids = (items: unknown[]) => (items as AkeneoProduct[]).map(({ uuid }) => uuid).sort()
    expect(ids(inPieces.items)).toEqual(ids(whole.items))
    const categories = await readAll('categories')
    const categoriesInPieces = await readAll('categories', { limit: 3 })
    expect(categoriesInPieces.items).toEqual(categories.items)
  })

  it('reads the values of categories, one by one, in lists and on their later pages', async () => {
    const cloud = await startAkeneo({ catalog, edition: 'Serenity' })
    try {
      const patch = {
        values: [{ attribute_code: 'title', channel: null, locale: null, data: 'All of them' }],
      }
      for (const code of ['master', 'sales']) cloud.edit([{ resource: 'category', code, patch }])
      const settings = { credentials: cloud.credentials }
      const valuesOf = (item: unknown): unknown[] => Object.values((item as AkeneoCategory).values ?? {})
      const list: unknown[] = []
      const [one, other] = await once(
        clientOf(database.sql, connectionTo(cloud.url, settings)),
        async (calls) => {
          let next: string | null = null
          do {
            const page = await calls.readPage('categories', { cursor: next, limit: 3 })
            list.push(...page.items)
            next = page.next
          } while (next !== null)
          return [await calls.readOne('categories', 'master'), await calls.readOne('categories', 'sales')]
        },
      )
      expect(list.length).toBeGreaterThan(6)
      const listed = list.flatMap(valuesOf)
      expect(listed).toMatchObject([{ data: 'All of them' }, { data: 'All of them' }])
      expect([one, other].flatMap((read) => valuesOf(read.item))).toEqual(listed)
    } finally {
      await cloud.close()
    }
  })

  it('reads products by uuid where Akeneo can, unless it is told otherwise', async () => {
    const byUuid = (await readAll('products')).items as AkeneoProduct[]
    const byIdentifier = (await readAll('products', { settings: { productIdFormat: 'identifier' } }))
      .items as AkeneoProduct[]
    expect(byUuid.every(({ identifier }) => identifier === undefined)).toBe(true)
    expect(byIdentifier.every(({ identifier }) => typeof identifier === 'string')).toBe(true)
  })

  it('counts what a search finds', async () => {
    const { items } = await readAll('products')
    expect(await once(client(), (calls) => calls.count('products', {}))).toBe(items.length)
  })

  it("numbers its requests in their order and tells Akeneo's time", async () => {
    const began = Date.now()
    const [first, second] = await once(client(), async (calls) => {
      const before = await calls.readPage('channels', { cursor: null })
      return [before, await calls.readPage('channels', { cursor: null })] as const
    })
    expect(second.ticket).toBeGreaterThan(first.ticket)
    // Whole seconds, as HTTP writes them.
    expect(first.date?.getTime()).toBeGreaterThan(began - 1000)
    expect(first.date?.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('asks for a new token when Akeneo has forgotten the old one, and repeats the call once', async () => {
    const one = client()
    await once(one, (calls) => calls.readPage('channels', { cursor: null }))
    akeneo.revokeTokens()
    akeneo.resetRequests()
    const page = await once(one, (calls) => calls.readPage('channels', { cursor: null }))
    expect(page.items.length).toBeGreaterThan(0)
    // The refresh token is forgotten too, so the password is asked for after it.
    expect(akeneo.requests().map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/api/rest/v1/channels 401',
      '/api/oauth/v1/token 422',
      '/api/oauth/v1/token 200',
      '/api/rest/v1/channels 200',
    ])
  })

  it('waits for a listing of routes that comes broken, and refuses one that is of something else', async () => {
    const root = () => once(client(), (calls) => calls.root())
    akeneo.fault({ path: '/api/rest/v1', malformed: true, count: 1 })
    await expect(root()).rejects.toMatchObject({ code: 'not-json', asked: 'GET /api/rest/v1 of acme' })
    akeneo.fault({ path: '/api/rest/v1', status: 200, body: 'html', count: 1 })
    await expect(root()).rejects.toMatchObject({ code: 'not-akeneo' })
  })
})
