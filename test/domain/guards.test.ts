import { describe, expect, it } from 'vitest'
import { type Absence, holdReasons } from '../../domain/guards.ts'

const rights = { accepted: 'a', before: 'a', after: 'a' }
const guards = { retired: 0.02 }

const absence = (part: Partial<Absence>): Absence => ({
  streams: [],
  records: 0,
  shares: [],
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

  it('lets through when the absent are spread, or most of the family is still there', () => {
    expect(codes(share(7, 14, 10))).toEqual([])
    expect(codes(share(8, 17, 10))).toEqual([])
  })

  it('lets through what shares a family by chance: fewer than five', () => {
    expect(codes(share(4, 4, 4))).toEqual([])
    expect(codes(share(5, 5, 5))).toEqual(['one-family'])
  })

  it('holds for a category subtree as for a family', () => {
    const shares: Absence['shares'] = [{ kind: 'category', code: 'sales', absent: 9, stored: 12 }]
    expect(codes({ records: 10, shares })).toEqual(['one-subtree'])
  })
})

describe('rights', () => {
  it('hold when they differ from the last accepted ones', () => {
    expect(codes({ rights: { ...rights, accepted: 'b' } })).toEqual(['rights-changed'])
  })

  it('hold when they changed while the lists were read, also the first time', () => {
    expect(codes({ rights: { accepted: null, before: 'a', after: 'b' } })).toEqual(['rights-changed'])
  })

  it('are accepted the first time', () => {
    expect(codes({ rights: { ...rights, accepted: null } })).toEqual([])
  })
})

it('always asks before an attribute, a channel or a locale leaves', () => {
  for (const stream of ['attributes', 'channels', 'locales'] as const)
    expect(codes({ streams: [{ stream, absent: 1, stored: 500 }] })).toEqual(['structure'])
  for (const stream of ['attribute-options', 'families', 'family-variants'] as const)
    expect(codes({ streams: [{ stream, absent: 1, stored: 500 }] })).toEqual([])
})
