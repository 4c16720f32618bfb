import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeSource } from '../../../connectors/hub/retired.ts'
import { type SourceInput, writeSources, type WrittenSource } from '../../../connectors/hub/sources.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'
import { begunTransaction, lockWaits } from '../../support/transactions.ts'
import { until } from '../../support/until.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const product = (key: string, code: string): SourceInput => ({
  key,
  code,
  parent: null,
  family: null,
  source: { key, code },
})

const ids = (written: WrittenSource[]) => new Map(written.map(({ key, id }) => [key, id]))

const write = async (...records: SourceInput[]): Promise<Map<string, string>> =>
  ids(await database.sql.begin((tx) => writeSources(tx, 'acme', 'products', records, 1n)))

/** A product that has left; its id. */
async function left(key: string, code: string): Promise<string> {
  const id = (await write(product(key, code))).get(key) ?? ''
  await database.sql.begin((tx) => removeSource(tx, 'acme', 'products', { key, code, id }, null))
  return id
}

describe('a product that comes back under another SKU, beside one that has its SKU now', () => {
  it('has its id, and the other a new one', async () => {
    const id = await left('one', 'S')
    const written = await write(product('another', 's'), product('one', 'T'))
    expect(written.get('one')).toBe(id)
    expect(written.get('another')).not.toBe(id)
  })

  it('shares no id with it, when two pages bring them at once', async () => {
    await left('two', 'U')
    const written = new Map<string, string>()
    const bring = (...record: Parameters<typeof product>) =>
      begunTransaction(database.sql, async (tx) => {
        const [row] = await writeSources(tx, 'acme', 'products', [product(...record)], 1n)
        if (row) written.set(row.key, row.id)
      })
    const first = await bring('two', 'V')
    const second = bring('other', 'U')
    await until(async () => (await lockWaits(database.sql)) === 1, 'the second waits for the first')
    first.goOn()
    await first.ended
    const other = await second
    other.goOn()
    await other.ended
    expect(written.get('other')).not.toBe(written.get('two'))
  })
})
