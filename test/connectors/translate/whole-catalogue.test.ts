import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { HubRecord } from '../../../contracts/hub.ts'
import { compareDump } from '../../oracle/compare.ts'
import type { Edit } from '../../oracle/edits.ts'
import { oracleFromCsv } from '../../oracle/hub.ts'
import { readThroughApi, translateWhole } from './whole-catalogue.ts'

const invented = fileURLToPath(new URL('../../../examples/catalog', import.meta.url))
const reference = process.env['PIMFLOW_REFERENCE_DATA']

const catalogues = [
  ...(existsSync(invented) ? [['the invented catalogue', invented] as const] : []),
  ...(reference === undefined ? [] : [["Akeneo's demo catalogue", reference] as const]),
]

describe.skipIf(catalogues.length === 0).each(catalogues)('translating %s', (_name, folder) => {
  it('makes what a second, plain reading of its files makes, and records that fit the contract', async () => {
    const { records } = translateWhole(await readThroughApi(folder))
    for (const record of records) {
      const parsed = HubRecord.safeParse(record)
      expect(parsed.error?.message, `${record.kind} ${String(record.source.code)}`).toBeUndefined()
      expect(parsed.data).toEqual(record)
    }
    const { differences, compared } = compareDump(oracleFromCsv(folder), records)
    expect(differences).toEqual([])
    expect(Object.values(compared).reduce((sum, count) => sum + count)).toBe(records.length)
  })
})

describe.skipIf(!existsSync(invented))('translating the invented catalogue after edits', () => {
  it('makes what the plain reading makes of the same edits', async () => {
    const edits: Edit[] = [
      {
        resource: 'product',
        code: 'NL-DL7-W',
        patch: {
          enabled: false,
          values: {
            name: [{ locale: null, scope: null, data: 'Desk Light Seven' }],
            care_note: [{ locale: 'en_US', scope: null, data: null }],
            price: [{ locale: null, scope: null, data: [{ amount: '51.50', currency: 'EUR' }] }],
          },
        },
      },
      {
        resource: 'product-model',
        code: 'jacket_fell',
        patch: {
          categories: ['jackets'],
          values: { care_note: [{ locale: 'fr_FR', scope: null, data: 'Laver à froid' }] },
          associations: { X_SELL: { product_models: ['fjord_pendant'], products: ['NL-DL7-B'] } },
        },
      },
      {
        resource: 'product-model',
        code: 'jacket_fell_sage',
        patch: { values: { variation_name: [{ locale: 'en_US', scope: null, data: 'Fell jacket, sage' }] } },
      },
      { resource: 'category', code: 'jackets', patch: { labels: { en_US: 'Coats', de_DE: null } } },
    ]
    const { records } = translateWhole(await readThroughApi(invented, edits))
    const { differences } = compareDump(oracleFromCsv(invented, edits), records)
    expect(differences).toEqual([])
    expect(compareDump(oracleFromCsv(invented), records).differences.length).toBeGreaterThan(edits.length)
  })
})
