import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rejectionsOf, unreadable } from '../../connectors/hub/rejections.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'

interface Product {
  uuid: string
  values: Record<string, { locale: string | null; scope: string | null; data: unknown }[]>
  categories: string[]
  updated: string
  [field: string]: unknown
}

const isProduct = (item: unknown): item is Product =>
  typeof item === 'object' && item !== null && 'uuid' in item && 'values' in item

const text = (data: unknown) => [{ locale: null, scope: null, data }]

/** Not to be compressed into an index. */
const long = randomBytes(10_000).toString('hex')

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

/** What no Akeneo should answer, but a bug, an importer or somebody who means harm may bring into one; a product each. */
const hostile: Record<string, { spoil: (product: Product) => void; refused?: string }> = {
  'BULB-E14': { spoil: ({ values }) => (values['mpn'] = text('a\u0000b')), refused: 'values.mpn[0].data' },
  'BULB-GU10': { spoil: ({ values }) => (values['mpn'] = text('a\ud800b')), refused: 'values.mpn[0].data' },
  'TRAVEL-SET': {
    spoil: ({ values }) => (values['mpn'] = text(nested(1_000))),
    refused: 'values.mpn[0].data[0]',
  },
  'SAMPLE-1': {
    spoil: ({ values }) => (values['mpn'] = text({ a: nested(40) })),
    refused: 'values.mpn[0].data.a',
  },
  'NL-L007': { spoil: (product) => (product.categories = [long]), refused: 'categories[0]' },
  'NL-L008': { spoil: ({ values }) => (values['sku'] = text(long)), refused: 'identifier' },
  'NL-L009': { spoil: ({ values }) => (values['mpn\u0000'] = text('x')), refused: 'values.mpn\ufffd' },
  'NL-L010': { spoil: ({ values }) => (values[long] = text('x')), refused: 'values.' },
  'NL-L011': { spoil: (product) => (product.updated = 'yesterday') },
  'NL-L012': { spoil: ({ values }) => (values['mpn'] = text("'; drop table source_record; --")) },
  'NL-L013': { spoil: ({ values }) => (values['mpn'] = text(Number.MAX_VALUE)) },
  'NL-L014': {
    spoil: ({ values }) => Object.defineProperty(values, '__proto__', { value: text('x'), enumerable: true }),
  },
}

describe('content that means harm', () => {
  let origin: Pipeline
  let pipeline: Pipeline
  let proxy: RewritingProxy
  let report: RunReport
  const spoiled = new Map<string, string>()

  beforeAll(async () => {
    origin = await openPipeline({ worker: false })
    proxy = await rewritingProxy(origin.akeneo.url)
    proxy.rewrite = (_path, body) => {
      const items = (body as { _embedded?: { items: unknown[] } })._embedded?.items ?? [body]
      for (const item of items.filter(isProduct)) {
        const sku = String(item.values['sku']?.[0]?.data)
        if (!(sku in hostile)) continue
        hostile[sku]?.spoil(item)
        spoiled.set(sku, item.uuid)
      }
      return body
    }
    pipeline = await openPipeline({
      settings: {
        akeneo: {
          url: proxy.url,
          ...origin.akeneo.credentials,
          retry: { initialIntervalMs: 10, maximumIntervalMs: 20 },
        },
      },
    })
    await pipeline.initializeCategories()
    report = await pipeline.load()
  }, 120_000)
  afterAll(async () => {
    await pipeline.close()
    await proxy.close()
    await origin.close()
  })

  it('harms the record that has it and no other', async () => {
    const { sql } = pipeline.database
    const refused = Object.entries(hostile).filter(([, { refused }]) => refused !== undefined)
    const rejections = await rejectionsOf(sql, pipeline.connection, unreadable)
    expect(rejections).toHaveLength(refused.length)
    expect(report.streams['products']).toMatchObject({ read: 240, changed: 240 - refused.length })
    const stored = await sql<{ code: string }[]>`select code from source_record where stream = 'products'`
    const codes = new Set(stored.map(({ code }) => code))
    for (const [sku, { refused }] of Object.entries(hostile))
      expect(codes.has(sku)).toBe(refused === undefined)
  })

  it('is told with its place, so that it can be found in Akeneo', async () => {
    const rejections = await rejectionsOf(pipeline.database.sql, pipeline.connection, unreadable)
    for (const [sku, { refused }] of Object.entries(hostile)) {
      if (refused === undefined) continue
      const rejection = rejections.find(({ key }) => key === spoiled.get(sku))
      expect(rejection?.field, sku).toContain(refused)
    }
  })
})
