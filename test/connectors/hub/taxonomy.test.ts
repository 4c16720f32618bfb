import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  categoriesOf,
  endReading,
  featuresOf,
  keepEntries,
  knownLists,
  refuseReading,
} from '../../../connectors/hub/taxonomy.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

/** As one that has no measure is kept. */
const text = { names: { EN: 'Mass' }, type: '', measure: { id: '', sign: '' }, restrictedValues: [] }

const account = 'shop@icecat.example'

/** So many features, the first ones first, each with names in three languages. */
const features = (count: number, type = 'numerical') =>
  new Map<string, unknown>(
    Array.from({ length: count }, (_, index) => [
      String(index + 1),
      {
        names: { EN: `Width ${index}`, DE: `Breite ${index}`, JA: '幅' },
        type,
        measure: { id: '24', sign: 'mm' },
        restrictedValues: [],
      },
    ]),
  )

describe("a reading of one of Icecat's lists", () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  const read = async (list: string, run: bigint, entries: ReadonlyMap<string, unknown>) => {
    const reading = { account, list, run }
    await keepEntries(database.sql, reading, entries)
    return endReading(database.sql, reading)
  }

  it('adds, changes and removes, and says so; the same again does nothing', async () => {
    const added = { records: 30, added: 30, changed: 0, removed: 0, problem: null }
    expect(await read('features', 1n, features(30))).toEqual(added)
    // Begun again after its worker died: it counts the same.
    expect(await read('features', 1n, features(30))).toEqual(added)
    expect(await read('features', 2n, features(30))).toEqual({ ...added, added: 0 })
    const other = new Map([...features(28), ...features(2, 'range'), ['99', text]])
    const changed = { records: 29, added: 1, changed: 2, removed: 2, problem: null }
    expect(await read('features', 3n, other)).toEqual(changed)
    expect(await endReading(database.sql, { account, list: 'features', run: 3n })).toEqual(changed)
  })

  it('keeps what is there when half of a list is suddenly missing', async () => {
    await read('suppliers', 1n, features(30))
    const cut = await read('suppliers', 2n, features(14))
    expect(cut).toMatchObject({ records: 14, removed: 0 })
    expect(cut.problem).toMatch(/^16 of 30 entries are not in it any more/)
    expect(await read('suppliers', 3n, features(16))).toMatchObject({ removed: 14, problem: null })
  })

  it('leaves what is known of a list that could not be read', async () => {
    await read('measures', 1n, features(3))
    await refuseReading(database.sql, { account, list: 'measures', run: 2n }, 'not for this account')
    const known = await knownLists(database.sql, account)
    expect(known.find(({ list }) => list === 'measures')).toMatchObject({
      records: 3,
      problem: 'not for this account',
    })
  })

  it('gives features with names in the languages asked for only, and categories with what they ask for', async () => {
    const found = []
    for await (const feature of featuresOf(database.sql, account, ['DE', 'FR'], ['1', '99']))
      found.push(feature)
    expect(found).toEqual([
      {
        id: '1',
        names: { DE: 'Breite 0' },
        type: 'range',
        measure: { id: '24', sign: 'mm' },
        restrictedValues: [],
      },
      { id: '99', names: {}, type: '', measure: null, restrictedValues: [] },
    ])
    const needs = { features: [{ id: '1', mandatory: true, searchable: false }] }
    await read('categoryFeatures', 1n, new Map([['7', needs]]))
    await read('categories', 1n, new Map([['7', { names: { EN: 'Lamps', FR: 'Lampes' } }]]))
    expect(await categoriesOf(database.sql, account, ['FR'], null)).toEqual([
      { categoryId: '7', names: { FR: 'Lampes' }, ...needs },
    ])
  })
})
