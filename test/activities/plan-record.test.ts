import { describe, expect, it } from 'vitest'
import type { EnrichmentContext } from '../../activities/enrichment/context.ts'
import { type JudgedRecord, planRecord } from '../../activities/enrichment/plan-record.ts'
import { assetKey } from '../../domain/enrichment/plan-media.ts'
import { assetOf } from '../domain/enrichment/sheets.ts'
import { catalogueOf, mappingOf, mappingText } from '../domain/enrichment/target.ts'

const provenance = {
  product: 'lamp',
  icecatId: '900000123',
  from: 'title',
  language: null,
  sheetUpdated: null,
  fetchedAt: '2026-01-01T00:00:00Z',
}
const picture = assetOf('https://images.icecat.biz/1.jpg', { updated: '2025-10-01 08:00:00', size: 100 })

const at = (attribute: string) => ({ attribute, locale: null, scope: null, provenance })
const value = (attribute: string, data: string | { amount: number; unit: string }) => ({
  ...at(attribute),
  result: { kind: 'value' as const, data, from: 'title', language: null },
})

/** What goes out of a name, a weight and a picture, nothing of which stands in Akeneo; by what Akeneo has refused. */
function sentAfter(refused: [string, unknown][]) {
  const record: JudgedRecord = {
    stream: 'products',
    key: 'lamp',
    created: '2026-01-01T00:00:00Z',
    current: {},
    cells: [value('name', 'Lamp'), value('weight', { amount: 2.5, unit: 'KILOGRAM' })],
    media: [{ ...at('picture'), result: { kind: 'asset', asset: picture, from: 'image/1' } }],
    ledger: new Map(),
    refused: new Map(refused),
  }
  // All of a context that is looked at here.
  const context = {
    mapping: mappingOf(mappingText('name: title')),
    structure: catalogueOf({
      name: {},
      weight: { type: 'pim_catalog_metric', metric_family: 'Weight' },
      picture: { type: 'pim_catalog_image' },
    }),
  } as unknown as EnrichmentContext
  const { line, files, places } = planRecord(context, record, new Date(0))
  return {
    values: line.values.map(({ attribute }) => attribute),
    files: files.map(({ place }) => place),
    places,
  }
}

describe('what Akeneo has refused of a record', () => {
  it('is not sent again, nor is any other form of it; the rest is', () => {
    expect(sentAfter([])).toEqual({
      values: ['name', 'weight'],
      files: ['picture  '],
      places: ['name  ', 'weight  '],
    })
    expect(sentAfter([['name  ', 'Lamp']])).toMatchObject({ values: ['weight'], places: ['weight  '] })
    expect(sentAfter([['weight  ', { amount: '2500.0000', unit: 'GRAM' }]]).values).toEqual(['name'])
    expect(sentAfter([['picture  ', assetKey(picture)]])).toMatchObject({
      values: ['name', 'weight'],
      files: [],
    })
  })

  it('goes out once it is something else', () => {
    const others: [string, unknown][] = [
      ['name  ', 'Lamp of before'],
      ['weight  ', { amount: 2.4, unit: 'KILOGRAM' }],
      ['picture  ', assetKey({ ...picture, updated: '2025-11-01 08:00:00' })],
    ]
    expect(sentAfter(others)).toMatchObject({ values: ['name', 'weight'], files: ['picture  '] })
  })

  it('in one place stands in no other’s way', () => {
    expect(sentAfter([['title  ', 'Lamp']]).values).toEqual(['name', 'weight'])
  })
})
