import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedSince, childrenOf, createdWithin, descendantsOf } from '../../../connectors/akeneo/search.ts'

const zone = (searchTimeZone: string) => ({ config: { akeneo: { searchTimeZone } } })
const at = (text: string) => new Date(text)

describe('a search for what changed', () => {
  it('gives products a date in the zone in which Akeneo reads it, others one with its zone', () => {
    const since = at('2026-11-20T08:15:30.900Z')
    expect(changedSince('products', since)).toEqual({
      updated: [{ operator: '>', value: '2026-11-20 08:15:30' }],
    })
    expect(changedSince('product-models', since, zone('+02:00'))).toEqual({
      updated: [{ operator: '>', value: '2026-11-20 10:15:30' }],
    })
    expect(changedSince('families', since, zone('+02:00'))).toEqual({
      updated: [{ operator: '>', value: '2026-11-20T08:15:30Z' }],
    })
  })

  it('reaches an hour further back where clocks change, so that the hour that comes twice is read whole', () => {
    expect(changedSince('products', at('2026-01-01T12:00:00Z'), zone('Europe/Paris'))).toEqual({
      updated: [{ operator: '>', value: '2026-01-01 12:00:00' }],
    })
    expect(changedSince('products', at('2026-07-01T12:00:00Z'), zone('Asia/Tokyo'))).toEqual({
      updated: [{ operator: '>', value: '2026-07-01 21:00:00' }],
    })
  })

  it('is a mistake where Akeneo cannot be asked', () => {
    expect(() => changedSince('channels', at('2026-01-01T00:00:00Z'))).toThrow('channels')
  })
})

describe('windows of creation', () => {
  it('hold both ends and leave nothing between two of them', () => {
    const seconds = fc.integer({ min: 1_000_000_000, max: 2_000_000_000 })
    fc.assert(
      fc.property(fc.uniqueArray(seconds, { minLength: 1, maxLength: 6 }), seconds, (cuts, moment) => {
        const ends = cuts.toSorted((a, b) => a - b)
        const windows = [...ends, null].map((end, index) => {
          const before = ends[index - 1]
          return {
            from: before === undefined ? null : new Date((before + 1) * 1000),
            to: end === null ? null : new Date(end * 1000),
          }
        })
        const hits = windows.filter((window) => holds(createdWithin(window), moment))
        expect(hits).toHaveLength(1)
      }),
    )
  })

  // Windows get as small as one second, so some end with that hour.
  it.each([
    ['the first', 1],
    ['the second', 2],
  ])(
    'miss none of the hour that comes twice, which they begin and end with, when Akeneo takes it for %s',
    (_, pass) => {
      const paris = zone('Europe/Paris')
      const begin = Date.parse('2026-10-24T23:50:00Z') / 1000
      const end = Date.parse('2026-10-25T02:10:00Z') / 1000
      const step = 300
      /** 01:00 UTC is when 03:00 becomes 02:00. */
      const read = (text: string) => {
        const summer = Date.parse(`${text.replace(' ', 'T')}+02:00`)
        const winter = summer + 3_600_000
        const change = Date.parse('2026-10-25T01:00:00Z')
        return (winter >= change && (summer >= change || pass === 2) ? winter : summer) / 1000
      }
      const seen = new Set<number>()
      for (let second = begin; second <= end; second += step) {
        const window = { from: new Date(second * 1000), to: new Date((second + step - 1) * 1000) }
        const [from = 0, to = 0] = (createdWithin(window, paris)?.['created']?.[0]?.value as string[]).map(
          read,
        )
        for (let one = begin; one < end; one += step / 2) if (from <= one && one <= to) seen.add(one)
      }
      expect(seen.size).toBe((end - begin) / (step / 2))
    },
  )

  it('are no search at all when both ends are open', () => {
    expect(createdWithin({ from: null, to: null })).toBeNull()
  })
})

describe('a search for what is below models', () => {
  it('names up to a hundred models at a time', () => {
    const models = Array.from({ length: 250 }, (_, index) => `m${index}`)
    expect(
      childrenOf('products', models).map(({ parent }) => (parent?.[0]?.value as string[]).length),
    ).toEqual([100, 100, 50])
    expect(descendantsOf({ version: '7.0' }, ['a', 'b'])).toEqual([
      { parent: [{ operator: 'IN', value: ['a', 'b'] }] },
    ])
  })

  it('names one at a time where Akeneo is older than 7.0', () => {
    expect(descendantsOf({ version: '6.0' }, ['a', 'b'])).toEqual([
      { parent: [{ operator: '=', value: 'a' }] },
      { parent: [{ operator: '=', value: 'b' }] },
    ])
  })
})

/** What Akeneo does with such a search, in UTC. */
function holds(search: ReturnType<typeof createdWithin>, second: number): boolean {
  const [criterion] = search?.['created'] ?? []
  if (!criterion) return true
  const read = (text: unknown) => Date.parse(`${String(text).replace(' ', 'T')}Z`) / 1000
  if (criterion.operator === 'BETWEEN') {
    const [from, to] = criterion.value as [string, string]
    return second >= read(from) && second <= read(to)
  }
  return criterion.operator === '>' ? second > read(criterion.value) : second < read(criterion.value)
}
