import { afterAll, beforeAll, expect, it } from 'vitest'
import { previewText } from '../../client/support/enrichment-preview-text.ts'
import { type Config, connectionConfig, loadIcecatMappings } from '../../config.ts'
import { Secret } from '../../domain/secret.ts'
import { FULL_API_TOKEN, type IcecatSimulator, startIcecat } from '../../simulator/icecat/index.ts'
import type { EnrichmentPreview } from '../../contracts/enrichment-preview.ts'
import { previewOf } from '../../workers/preview-enrichment.ts'
import { type Enriching, openEnriching } from '../support/enriching.ts'

let hub: Enriching
let icecat: IcecatSimulator
let preview: EnrichmentPreview
const told: string[] = []

/** The invented catalogue in a hub, Icecat with its sheets, and nothing that was ever enriched. */
beforeAll(async () => {
  hub = await openEnriching()
  icecat = await startIcecat({ catalogue: 'examples/icecat' })
  const config: Config = {
    version: 1,
    tokenKeys: [new Secret(Buffer.alloc(32).toString('base64'))],
    temporal: { taskQueue: hub.connection },
    database: { url: '', poolSize: 1, prepare: true },
    connections: [
      connectionConfig({
        name: hub.connection,
        akeneo: { url: hub.akeneo.url, ...hub.akeneo.credentials },
        icecat: {
          url: icecat.url,
          username: 'full-shop',
          apiToken: FULL_API_TOKEN,
          appKey: 'full-app-key',
          subscription: 'full',
          mapping: 'northlamp.icecat.yaml',
        },
      }),
    ],
  }
  const mappings = await loadIcecatMappings(config, 'examples/mapping/pimflow.config.yaml')
  hub.akeneo.resetRequests()
  preview = await previewOf(
    { sql: hub.sql, config, mappings, name: hub.connection },
    {
      sample: 12,
      readIndex: true,
      signal: new AbortController().signal,
      onProgress: (text) => told.push(text),
    },
  )
})
afterAll(async () => {
  await icecat.close()
  await hub.close()
})

it('tells what the filter chooses and what of it Icecat has', () => {
  const { inFamilies, chosen, withoutIdentifier, index } = preview
  expect(chosen).toBeGreaterThan(0)
  expect(chosen).toBeLessThanOrEqual(inFamilies)
  const { products, byBrand, byCategory } = index ?? { products: {}, byBrand: [], byCategory: [] }
  // Each chosen product is counted once, whatever it is counted by.
  expect(Object.values(products).reduce((sum, count) => sum + count, 0)).toBe(chosen)
  expect(byBrand.reduce((sum, row) => sum + row.products, 0)).toBe(chosen)
  const described = byBrand.reduce((sum, row) => sum + row.described, 0)
  expect(products).toMatchObject({ described })
  expect(byCategory.reduce((sum, row) => sum + row.products, 0)).toBe(described)
  expect(described).toBeGreaterThan(0)
  expect(withoutIdentifier).toBeLessThan(chosen)
})

it('judges a sample of sheets as a run would', () => {
  const { sample } = preview
  expect(sample.asked).toBe(12)
  expect(Object.values(sample.outcomes).reduce((sum, count) => sum + count, 0)).toBe(12)
  expect(sample.outcomes['found']).toBeGreaterThan(0)
  expect(sample.writes).toBeGreaterThan(0)
  expect(sample.fillRates.map(({ attribute }) => attribute)).toContain('description')
})

it('writes nothing, neither into Akeneo nor into the list of chosen products', async () => {
  expect(hub.akeneo.requests()).toEqual([])
  const [row] = await hub.sql<{ n: number }[]>`
    select (select count(*) from enrichment_product) + (select count(*) from enrichment_value)
      + (select count(*) from enrichment_line) + (select count(*) from enrichment_finding) as n`
  expect(Number(row?.n)).toBe(0)
})

it('counts the sheets that it fetched for fair use', async () => {
  const rows = await hub.sql<
    { language: string; fetched: string }[]
  >`select language, fetched from enrichment_meter`
  expect(rows.map(({ language }) => language).sort()).toEqual(['DE', 'EN', 'FR', 'US'])
})

it('is told as it goes, and as a page', () => {
  expect(told.slice(0, 3)).toEqual([
    'Icecat’s lists of brands and measures',
    'products of the hub',
    'Icecat’s index',
  ])
  const text = previewText(preview)
  expect(text).toMatch(/chosen by the filter +\d+ products/)
  expect(text).toMatch(/would be written +\d+ values/)
  expect(text).toContain('Nothing was written')
})
