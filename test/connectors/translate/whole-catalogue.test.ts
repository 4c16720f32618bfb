import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { HubRecord } from '../../../contracts/hub.ts'
import { compareDump } from '../../oracle/compare.ts'
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
