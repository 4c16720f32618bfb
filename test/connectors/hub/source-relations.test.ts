import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  productsIn,
  recordsWithOptions,
  rootModelsOfVariants,
} from '../../../connectors/hub/source-relations.ts'
import { claimReading, type SourceInput, writeSources } from '../../../connectors/hub/sources.ts'
import { enqueueFamilies } from '../../../connectors/hub/waiting.ts'
import type { StreamName } from '../../../contracts/streams.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await store('products', [
    product('one', 'Lamps', { categories: ['Sales', 'other'], color: 'Red' }),
    product('several', 'LAMPS', { categories: ['sales'], color: ['blue', 'RED'] }),
    product('none', 'chairs', { categories: ['salesroom'], color: 'reddish' }),
    product('bare', null, {}),
  ])
  await store('product-models', [
    {
      key: 'Model',
      code: 'Model',
      parent: null,
      family: 'lamps',
      source: { code: 'Model', family_variant: 'Lamps_Color', values: value('color', 'red') },
    },
  ])
})
afterAll(() => database.drop())

const value = (attribute: string, data: unknown) => ({ [attribute]: [{ locale: null, scope: null, data }] })

const product = (
  key: string,
  family: string | null,
  { categories, color }: { categories?: string[]; color?: unknown },
): SourceInput => ({
  key,
  code: key,
  parent: null,
  family,
  source: { identifier: key, family, categories, values: color === undefined ? {} : value('color', color) },
})

const store = (stream: StreamName, records: SourceInput[]) =>
  database.sql.begin(async (tx) => {
    const keys = records.map(({ key }) => key)
    await claimReading(tx, 'acme', stream, keys, 1n)
    await writeSources(tx, 'acme', stream, records, 1n)
  })

const keysOf = (records: { key: string }[]) => records.map(({ key }) => key).sort()

describe('codes in another letter case, which are the same to Akeneo', () => {
  it('find the products of a category', async () => {
    expect(keysOf(await productsIn(database.sql, 'acme', ['SALES']))).toEqual(['one', 'several'])
  })

  it('find who has an option, alone or among several', async () => {
    const found = await recordsWithOptions(database.sql, 'acme', {
      attribute: 'color',
      options: ['rED'],
      families: ['lamps'],
    })
    expect(keysOf(found)).toEqual(['Model', 'one', 'several'])
  })

  it('find the models of a family variant', async () => {
    expect(await rootModelsOfVariants(database.sql, 'acme', ['lamps_color'])).toEqual(['Model'])
  })

  it('find the records of a family', async () => {
    await database.sql.begin((tx) => enqueueFamilies(tx, 'acme', ['lAMPS']))
    const waiting = await database.sql<{ key: string }[]>`select key from waiting`
    expect(keysOf(waiting)).toEqual(['Model', 'one', 'several'])
  })
})
