import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDigit } from '../../../domain/gtin.ts'
import type { Address } from '../../../domain/mapping/address.ts'
import type { IndexMatch, IndexRow } from '../../../domain/enrichment/index-row.ts'
import { createBrandBook } from '../../../domain/enrichment/match/brand-book.ts'
import { chooseMatch } from '../../../domain/enrichment/match/choose-match.ts'
import { toGtin14 } from '../../../domain/enrichment/match/gtin14.ts'
import { guardMatch } from '../../../domain/enrichment/match/guard.ts'
import { identifiersOf, type MatchView } from '../../../domain/enrichment/match/identifiers.ts'
import { sheetOf } from './sheets.ts'
import { mappingOf } from './target.ts'

describe('a GTIN', () => {
  it.each([
    ['88698205440', '00088698205440'],
    ['0088698205440', '00088698205440'],
    ['00088698205440', '00088698205440'],
    ['2000000123462', '02000000123462'],
    [' 2000000-123462 ', '02000000123462'],
    ['96385074', '00000096385074'],
  ])('%s is %s', (text, gtin) => {
    expect(toGtin14(text)).toEqual({ gtin })
  })

  it.each(['2000000123461', 'abc', '', '123456789012345', '20000001234X2'])('%j is none', (text) => {
    expect(toGtin14(text)).toMatchObject({ fault: expect.any(String) as string })
  })

  it('is the same whatever zeros stand in front, and none with any digit changed', () => {
    const body = fc.stringMatching(/^[1-9]\d{10,11}$/)
    fc.assert(
      fc.property(body, fc.nat(11), fc.integer({ min: 1, max: 9 }), (digits, place, by) => {
        const gtin = digits + checkDigit(digits)
        expect(toGtin14(gtin.padStart(14, '0'))).toEqual(toGtin14(gtin))
        const at = place % gtin.length
        const wrong = gtin.slice(0, at) + String((Number(gtin[at]) + by) % 10) + gtin.slice(at + 1)
        expect(toGtin14(wrong)).toHaveProperty('fault')
      }),
    )
  })
})

const brands = createBrandBook(
  [
    { id: '1', name: 'Northlamp', sponsor: true },
    { id: '2', name: 'Lumera & Söhne', sponsor: false },
    { id: '3', name: 'Lumera', sponsor: false },
  ],
  [
    { id: '1', aliases: ['North Lamp AS', 'NL'] },
    { id: '2', aliases: ['Lumera', 'L+S'] },
  ],
)

const { match, guard } = mappingOf(`version: 1
match:
  - { gtin: [ean, case_ean] }
  - { brand: { from: brand, as: label, locale: en_US }, code: mpn }
  - { icecatId: $identifier, when: { family: [lamps] } }
guard: { brand: agree }
languages: { en_US: [EN] }
neutral: EN
channels: [ecommerce]
attributes: {}
`)

const codeOf = (address: Address) => (address.base === 'attribute' ? address.code : address.base)

const view = (
  values: Record<string, string>,
  labels: Record<string, string> = {},
  family = 'lamps',
): MatchView => ({
  family,
  isFilled: (code) => values[code] !== undefined,
  text: (address) => values[codeOf(address)] ?? null,
  label: (address, locale) => labels[`${codeOf(address)} ${locale}`] ?? null,
})

describe('brands', () => {
  it('are found by name and alias, an own name before another’s alias', () => {
    expect(brands.find('NORTH LAMP AS.')?.id).toBe('1')
    expect(brands.find('lumera&söhne')?.id).toBe('2')
    expect(brands.find('Lumera')?.id).toBe('3')
    expect(brands.find('l+s')?.id).toBe('2')
    expect(brands.find('Nobody')).toBeUndefined()
  })
})

describe('identifiers', () => {
  it('follow the rules in their order, then the id that matched before', () => {
    const product = view(
      {
        ean: '2000000123462',
        case_ean: '2000000123461',
        brand: 'nl',
        mpn: ' NL-DL7-W ',
        identifier: '900000123',
      },
      { 'brand en_US': 'North Lamp AS' },
    )
    expect(identifiersOf(product, match, brands, '77')).toEqual({
      identifiers: [
        { by: 'gtin', gtin: '02000000123462' },
        { by: 'code', brand: 'Northlamp', code: 'NL-DL7-W' },
        { by: 'icecatId', icecatId: '900000123' },
        { by: 'icecatId', icecatId: '77' },
      ],
      problems: [
        { code: 'bad-gtin', message: 'case_ean: "2000000123461" has a wrong check digit, 2 would be right' },
      ],
    })
  })

  it('are none for a product without any, and leave out what does not apply', () => {
    expect(identifiersOf(view({}), match, brands, null)).toEqual({ identifiers: [], problems: [] })
    // Clothing has numbers too; they are nobody's at Icecat.
    expect(
      identifiersOf(view({ identifier: '1111111119' }, {}, 'clothing'), match, brands, null).identifiers,
    ).toEqual([])
    expect(identifiersOf(view({ brand: 'Unheard', mpn: 'X' }), match, brands, null)).toEqual({
      identifiers: [],
      problems: [{ code: 'unknown-brand', message: 'Icecat does not know the brand "Unheard"' }],
    })
  })

  it('go by the label of a brand in English where the rule names no locale, and by its code where there is none', () => {
    const { match: labelled } = mappingOf(`version: 1
match: [{ brand: { from: brand, as: label }, code: mpn }]
languages: { en_US: [EN] }
neutral: EN
channels: [ecommerce]
attributes: {}
`)
    const brandIn = (labels: Record<string, string>) =>
      identifiersOf(view({ brand: 'nl', mpn: '7' }, labels), labelled, brands, null).identifiers
    const northlamp = [{ by: 'code', brand: 'Northlamp', code: '7' }]
    expect(brandIn({ 'brand en_US': 'North Lamp AS', 'brand de_DE': 'Lumera' })).toEqual(northlamp)
    expect(brandIn({ 'brand de_DE': 'Lumera' })).toEqual(northlamp)
  })

  it('of a product without family are those of rules that ask for none', () => {
    const homeless = { ...view({ ean: '2000000123462', identifier: '5' }), family: null }
    expect(identifiersOf(homeless, match, brands, null).identifiers).toEqual([
      { by: 'gtin', gtin: '02000000123462' },
    ])
  })

  it('name one thing once', () => {
    expect(identifiersOf(view({ identifier: '5' }), match, brands, '5').identifiers).toHaveLength(1)
  })
})

describe('the guard', () => {
  const sheet = sheetOf({ brand: 'Northlamp', code: 'NL-DL7-W' })
  it('lets a sheet through whose brand is the product’s, by whatever name', () => {
    expect(guardMatch(sheet, view({ brand: 'NL' }), match, brands, guard.brand)).toEqual({ kind: 'agrees' })
  })

  it('stops one of another brand, and says of which', () => {
    const verdict = guardMatch(sheet, view({ brand: 'Lumera' }), match, brands, guard.brand)
    expect(verdict).toEqual({
      kind: 'disagrees',
      message: "Icecat's sheet 900000123 is of Northlamp NL-DL7-W, the product's brand is Lumera",
    })
    expect(guardMatch(sheet, view({ brand: 'Lumera' }), match, brands, 'ignore').kind).toBe('agrees')
  })

  it('says when there is nothing to compare, and compares brands that Icecat’s list lacks by name', () => {
    expect(guardMatch(sheet, view({}), match, brands, guard.brand)).toEqual({
      kind: 'nothing-to-compare',
      message:
        "Icecat's sheet 900000123 is of Northlamp NL-DL7-W, the product has no brand to compare: it was taken all the same",
    })
    expect(
      guardMatch(sheetOf({ brand: '' }), view({ brand: 'Lumera' }), match, brands, guard.brand),
    ).toMatchObject({
      message: "Icecat's sheet 900000123 names no brand, the product's is Lumera: it was taken all the same",
    })
    expect(
      guardMatch(sheetOf({ brand: 'New Brand' }), view({ brand: 'newbrand' }), match, brands, 'agree').kind,
    ).toBe('agrees')
  })
})

describe('rows of the index that fit one product', () => {
  const row = (icecatId: string, quality = 'ICECAT'): IndexRow => ({
    icecatId,
    updated: '20260101000000',
    quality,
    brandId: '1',
    code: 'X',
    otherCodes: [],
    categoryId: '1',
    gtins: [],
    limited: false,
    onMarket: true,
  })
  const fits = (by: IndexMatch['by'], icecatId: string, quality?: string): IndexMatch => ({
    watched: 0,
    by,
    row: row(icecatId, quality),
  })
  const order = ['gtin', 'code', 'icecatId'] as const

  it('are chosen by the first key that answers', () => {
    expect(chooseMatch([fits('code', '2'), fits('gtin', '1')], order)).toMatchObject({
      kind: 'found',
      match: { row: { icecatId: '1' } },
    })
    expect(chooseMatch([], order)).toEqual({ kind: 'none' })
  })

  it('are told apart by quality: described, still to be described, removed', () => {
    expect(chooseMatch([fits('gtin', '1', 'NOEDITOR'), fits('gtin', '2')], order)).toMatchObject({
      kind: 'found',
      match: { row: { icecatId: '2' } },
    })
    expect(chooseMatch([fits('gtin', '1', 'NOEDITOR')], order).kind).toBe('nobody')
    expect(chooseMatch([fits('icecatId', '1', 'REMOVED')], order).kind).toBe('removed')
  })

  it('are not guessed among', () => {
    expect(chooseMatch([fits('gtin', '1'), fits('gtin', '2')], order)).toMatchObject({
      kind: 'ambiguous',
      matches: [{}, {}],
    })
    expect(chooseMatch([fits('gtin', '1'), fits('gtin', '1')], order).kind).toBe('found')
  })
})
