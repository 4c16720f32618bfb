import { describe, expect, it } from 'vitest'
import { unknownRights } from '../../domain/check-report.ts'
import { type Absence, enoughFilled, holdReasons, isTooMuchEmptied, type Share } from '../../domain/guards.ts'

const rights = { accepted: 'a', before: 'a', after: 'a' }
const guards = { retired: 0.02 }

const absence = (part: Partial<Absence>): Absence => ({
  streams: [],
  records: 0,
  shares: [],
  outputs: [],
  eachOutputGuarded: false,
  namedFamilies: [],
  rights,
  ...part,
})
const products = (absent: number, stored: number): Partial<Absence> => ({
  streams: [{ stream: 'products', absent, stored }],
  records: absent,
})
const codes = (part: Partial<Absence>) => holdReasons(absence(part), guards).map(({ code }) => code)

describe('the cap', () => {
  it('says nothing below 20 records, whatever their share', () => {
    expect(codes(products(19, 20))).toEqual([])
    expect(codes(products(20, 21))).toEqual(['too-many'])
  })

  it('lets its own share through, and not one record more', () => {
    expect(codes(products(200, 10_000))).toEqual([])
    expect(codes(products(201, 10_000))).toEqual(['too-many'])
  })

  it('is of each stream: many products do not hide that most categories are missing', () => {
    const streams: Absence['streams'] = [
      { stream: 'products', absent: 0, stored: 1_000_000 },
      { stream: 'categories', absent: 30, stored: 300 },
    ]
    expect(codes({ streams })).toEqual(['too-many'])
  })

  it('says how many and which setting', () => {
    const [reason] = holdReasons(absence(products(201, 10_000)), guards)
    expect(reason?.text).toBe('201 of 10000 products are missing, more than 2 % (guards.retired)')
  })
})

describe('concentration', () => {
  const share = (absent: number, stored: number, of: number): Partial<Absence> => ({
    records: of,
    shares: [{ kind: 'family', code: 'lamps', absent, stored }],
  })

  it('holds when 80 % of the absent share a family of which half left', () => {
    expect(codes(share(8, 16, 10))).toEqual(['one-family'])
  })

  it('holds when the absent are too many to tell where they were', () => {
    expect(codes({ records: 60_000, shares: null })).toEqual(['too-many'])
  })

  it('lets through when the absent are spread, or most of the family is still there', () => {
    expect(codes(share(7, 14, 10))).toEqual([])
    expect(codes(share(8, 17, 10))).toEqual([])
  })

  it('lets through what shares a family by chance: fewer than five', () => {
    expect(codes(share(4, 4, 4))).toEqual([])
    expect(codes(share(5, 5, 5))).toEqual(['one-family'])
  })

  it('holds for a category subtree as for a family', () => {
    const shares: Share[] = [{ kind: 'category', code: 'sales', absent: 9, stored: 12 }]
    expect(codes({ records: 10, shares })).toEqual(['one-subtree'])
  })
})

describe('rights', () => {
  it('hold when they differ from the last accepted ones', () => {
    expect(codes({ rights: { ...rights, accepted: 'b' } })).toEqual(['rights-changed'])
  })

  it.each(['before', 'after'])('hold when Akeneo could not show them %s the lists were read', (when) => {
    expect(codes({ rights: { ...rights, [when]: unknownRights } })).toEqual(['rights-unknown'])
  })

  it('hold when they changed while the lists were read, also back to the accepted ones', () => {
    expect(codes({ rights: { accepted: 'b', before: 'a', after: 'b' } })).toEqual(['rights-changed'])
  })

  it('let through when they are the accepted ones', () => {
    expect(codes({ rights })).toEqual([])
  })
})

it('always asks before an attribute, a channel or a locale leaves', () => {
  for (const stream of ['attributes', 'channels', 'locales'] as const)
    expect(codes({ streams: [{ stream, absent: 1, stored: 500 }] })).toEqual(['structure'])
  for (const stream of ['attribute-options', 'families', 'family-variants'] as const)
    expect(codes({ streams: [{ stream, absent: 1, stored: 500 }] })).toEqual([])
})

describe('an output with a guard of its own', () => {
  const kinds = (absent: number, shown: number) => [{ kind: 'product' as const, absent, shown }]

  it('is judged by what it shows', () => {
    const outputs = [{ output: 'shop', guard: 0.1, kinds: kinds(21, 200) }]
    const [reason] = holdReasons(absence({ outputs }), guards)
    expect(reason?.text).toBe(
      '21 of 200 records of kind product in shop are missing, more than 10 % (guards.retired)',
    )
    expect(codes({ outputs: [{ output: 'shop', guard: 0.1, kinds: kinds(20, 200) }] })).toEqual([])
  })

  it('takes the place of the connection’s where each output has one', () => {
    const outputs = [{ output: 'shop', guard: 0.5, kinds: kinds(50, 200) }]
    expect(codes({ ...products(50, 200), outputs })).toEqual(['too-many'])
    expect(codes({ ...products(50, 200), outputs, eachOutputGuarded: true })).toEqual([])
  })
})

describe('a family that is missing', () => {
  it('waits for a person while products still have it', () => {
    expect(codes({ namedFamilies: ['lamps'] })).toEqual(['structure'])
  })
})

describe('emptied values', () => {
  it('are few below 20, whatever their share', () => {
    expect(isTooMuchEmptied({ emptied: 19, filled: 19 }, 0.05)).toBe(false)
    expect(isTooMuchEmptied({ emptied: 20, filled: 20 }, 0.05)).toBe(true)
  })

  it('may be as many as their share, and not one more', () => {
    expect(isTooMuchEmptied({ emptied: 25, filled: 500 }, 0.05)).toBe(false)
    expect(isTooMuchEmptied({ emptied: 26, filled: 500 }, 0.05)).toBe(true)
  })

  it('need no more counting than tells them apart', () => {
    for (const [emptied, limit] of [
      [20, 0.05],
      [33, 0.07],
      [20, 1],
    ] as const) {
      const enough = enoughFilled(emptied, limit)
      expect(isTooMuchEmptied({ emptied, filled: emptied + enough }, limit)).toBe(false)
    }
  })

  it('are too many, however many are left, where the guard allows none', () => {
    const enough = enoughFilled(20, 0)
    expect(enough).toBeGreaterThan(100_000_000)
    expect(isTooMuchEmptied({ emptied: 20, filled: enough }, 0)).toBe(true)
  })
})
