import { describe, expect, it } from 'vitest'
import type { AkeneoCalls, PageRequest } from '../../../connectors/akeneo/client.ts'
import { type MissedPlace, outOfSight } from '../../../connectors/akeneo/sight.ts'
import { onlyCalls } from './helpers.ts'

const place = (attribute: string, options: string[] = []): MissedPlace => ({
  attribute,
  locale: '',
  scope: '',
  group: 'technical',
  type: options.length > 0 ? 'pim_catalog_simpleselect' : 'pim_catalog_text',
  options,
})

/** An Akeneo whose search finds a product by every attribute and shows values of some. */
function akeneo({ shown = [], options = [] }: { shown?: string[]; options?: string[] }) {
  const readPage = (stream: string, { query }: PageRequest) => {
    const page = (items: unknown[]) => Promise.resolve({ items, broken: [], next: null })
    const search = (query?.search ?? {}) as Record<string, { value?: string[] }[]>
    if (stream === 'attributes') return page((search['code']?.[0]?.value ?? []).map((code) => ({ code })))
    if (stream === 'attribute-groups') return page([{ code: 'technical' }])
    const values = Object.keys(search)
      .filter((code) => shown.includes(code))
      .map((code) => [code, [{ locale: null, scope: null, data: 'x' }]])
    return page([{ values: Object.fromEntries(values) as object }])
  }
  const readOne = (_stream: string, code: string) =>
    Promise.resolve({ item: options.includes(code) ? { code } : null, broken: null })
  return onlyCalls({ readPage, readOne })
}

const missed = async (calls: AkeneoCalls, places: MissedPlace[]) =>
  (await outOfSight(calls, places)).map(({ attribute }) => attribute)

describe('values that products are found by and do not show', () => {
  it('are out of sight with all of their group', async () => {
    expect(await missed(akeneo({}), [place('power'), place('mpn')])).toEqual(['power', 'mpn'])
    expect(await missed(akeneo({ shown: ['power'] }), [place('power'), place('mpn')])).toEqual([])
  })

  it('are no proof where an option of theirs was deleted, which the search still knows', async () => {
    expect(await missed(akeneo({ options: ['white'] }), [place('color', ['black', 'white'])])).toEqual([])
    expect(await missed(akeneo({ options: ['white'] }), [place('color', ['white'])])).toEqual(['color'])
  })

  it('leave the word to another attribute of the group then', async () => {
    const places = [place('color', ['black']), place('mpn')]
    expect(await missed(akeneo({}), places)).toEqual(['color', 'mpn'])
    expect(await missed(akeneo({ shown: ['mpn'] }), places)).toEqual([])
  })
})
