import { describe, expect, it } from 'vitest'
import type { PageRequest } from '../../../connectors/akeneo/client.ts'
import { hiddenRecords } from '../../../connectors/akeneo/hidden-records.ts'
import { onlyCalls } from './helpers.ts'

const uuid = (at: number) => `8f1d2c3b-0000-4000-8000-${`${at}`.padStart(12, '0')}`

function akeneo(shown: { uuid?: string; identifier?: string | null; code?: string }[]) {
  const searches: object[] = []
  const readPage = (_stream: string, { query }: PageRequest) => {
    const search = query?.search as Record<string, { value: string[] }[]>
    searches.push(search)
    const [property = '', criteria] = Object.entries(search)[0] ?? []
    const wanted = criteria?.[0]?.value ?? []
    const found = shown.filter((item) =>
      wanted.includes((property === 'uuid' ? item.uuid : (item.identifier ?? item.code)) ?? ''),
    )
    return Promise.resolve({ items: found, broken: [], next: null })
  }
  return { searches, calls: onlyCalls({ readPage }) }
}

describe('products and models that are out of sight', () => {
  it('are those that a search by their names does not find, a hundred at a time', async () => {
    const keys = Array.from({ length: 150 }, (_, at) => uuid(at))
    const { calls, searches } = akeneo(keys.slice(1).map((key) => ({ uuid: key, identifier: `SKU-${key}` })))
    const hidden = await hiddenRecords(calls, 'products', keys)
    expect([...hidden]).toEqual([
      [uuid(0), 'Akeneo shows the user of the connection no such product any more'],
    ])
    expect(searches.length).toBe(2)
  })

  it('may be named by their identifiers, and models by their codes', async () => {
    const products = akeneo([{ identifier: 'NL-1' }])
    expect([...(await hiddenRecords(products.calls, 'products', ['NL-1', 'NL-2'])).keys()]).toEqual(['NL-2'])
    const models = akeneo([{ code: 'fjord' }])
    expect([...(await hiddenRecords(models.calls, 'product-models', ['fjord', 'fell'])).keys()]).toEqual([
      'fell',
    ])
  })

  it('are not asked for when nothing was lost', async () => {
    const { calls, searches } = akeneo([])
    expect((await hiddenRecords(calls, 'products', [])).size).toBe(0)
    expect(searches).toEqual([])
  })
})
