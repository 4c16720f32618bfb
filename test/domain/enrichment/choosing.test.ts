import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import type { IndexMatch } from '../../../domain/enrichment/index-row.ts'
import { isChosen } from '../../../domain/enrichment/is-chosen.ts'
import type { IcecatMapping } from '../../../domain/enrichment/mapping/document.ts'
import { mappingHash } from '../../../domain/enrichment/mapping/meaning.ts'
import { chooseMatch } from '../../../domain/enrichment/match/choose-match.ts'
import { IndexTally } from '../../../domain/enrichment/match/index-tally.ts'

const order = ['gtin', 'code', 'icecatId'] as const

const rowOf = (icecatId: string, quality: string, updated: string): IndexMatch['row'] => ({
  icecatId,
  updated,
  quality,
  brandId: '1',
  code: 'x',
  otherCodes: [],
  categoryId: '1',
  gtins: [],
  limited: false,
  onMarket: true,
})

/** Rows of an index by their id: one says the same of every product that it matches. */
const matches = fc
  .array(
    fc.record({
      watched: fc.nat(2),
      by: fc.constantFrom(...order),
      id: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 12 },
  )
  .chain((drawn) =>
    fc
      .array(fc.constantFrom('ICECAT', 'SUPPLIER', 'NOEDITOR', 'REMOVED'), { minLength: 5, maxLength: 5 })
      .map((qualities) =>
        drawn.map(({ watched, by, id }): IndexMatch => ({
          watched,
          by,
          row: rowOf(String(id), qualities[id] ?? 'ICECAT', `2026010${id}000000`),
        })),
      ),
  )

describe('a million matches in 20 bytes each', () => {
  it('say what the matches of each product say, whatever their order', () => {
    fc.assert(
      fc.property(matches, (drawn) => {
        const tally = new IndexTally(3, order)
        for (const match of drawn) tally.add(match)
        for (const watched of [0, 1, 2]) {
          const own = drawn.filter((match) => match.watched === watched)
          const chosen = chooseMatch(own, order)
          const verdict = tally.verdict(watched)
          expect(verdict.kind).toBe(chosen.kind)
          if (chosen.kind === 'found')
            expect(verdict).toMatchObject({
              icecatId: chosen.match.row.icecatId,
              updated: chosen.match.row.updated,
              by: chosen.match.by,
            })
        }
      }),
    )
  })
})

const head =
  'version: 1\nmatch: [{ gtin: [ean] }]\nlanguages: { en_US: [EN] }\nneutral: EN\nchannels: [shop]\n'
function mappingOf(text: string): IcecatMapping {
  const { mapping, problems } = readIcecatMappingFile({ name: 'a.icecat.yaml', text })
  if (mapping === null || problems.length > 0) throw new Error(JSON.stringify(problems))
  return mapping
}

const valued = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).map(([code, data]) => [code, [{ locale: null, scope: null, data }]]),
  )

describe('the filter of products', () => {
  const product = {
    enabled: true,
    family: 'Lamps',
    categories: ['desk'],
    values: {
      to_enrich: [{ locale: null, scope: null, data: true }],
      range: [{ locale: null, scope: null, data: 'Premium' }],
    },
    completenesses: [
      { scope: 'shop', locale: 'en_US', data: 100 },
      { scope: 'shop', locale: 'de_DE', data: '60' },
    ],
  }
  const chosen = (
    products: string,
    changes: object = {},
    categories: string[] | null = null,
    isEnriched = false,
  ) =>
    isChosen(
      { ...product, ...changes },
      mappingOf(`${head}products: ${products}\nattributes: { name: title }\n`).products,
      {
        families: new Set(['lamps']),
        categories: categories && new Set(categories),
        isEnriched,
      },
    )

  it.each([
    ['{}', {}, true],
    ['{}', { family: 'chairs' }, false],
    ['{}', { family: null }, false],
    ['{ enabled: true }', {}, true],
    ['{ enabled: true }', { enabled: false }, false],
    ['{ flag: { attribute: to_enrich, values: ["true"] } }', {}, true],
    ['{ flag: { attribute: to_enrich, values: ["false"] } }', {}, false],
    ['{ flag: { attribute: range, values: [premium, gold] } }', {}, true],
    ['{ flag: { attribute: range, values: [gold] } }', {}, false],
    ['{ flag: { attribute: absent, values: [gold] } }', {}, false],
    ['{ flag: { attribute: range } }', {}, true],
    ['{ flag: { attribute: absent } }', {}, false],
    ['{ flag: { attribute: tags, values: [gold] } }', { values: valued({ tags: ['new', 'Gold'] }) }, true],
    ['{ flag: { attribute: tags } }', { values: valued({ tags: [] }) }, false],
    ['{ flag: { attribute: to_enrich, values: [] } }', {}, true],
    // A model has no switch of its own, and no completeness.
    ['{ enabled: true }', { enabled: undefined }, true],
    ['{ enabled: false }', { enabled: undefined }, false],
    ['{ complete: { below: 100, channel: shop } }', { completenesses: undefined }, false],
    ['{ complete: { below: 100, channel: shop } }', {}, true],
    ['{ complete: { below: 50, channel: shop } }', {}, false],
    ['{ complete: { below: 100, channel: shop, locales: [en_US] } }', {}, false],
    ['{ complete: { below: 100, channel: shop, locales: [de_DE] } }', {}, true],
    ['{ complete: { below: 100, channel: paper } }', {}, false],
    ['{ updatedSince: 2026-11-20 }', { updated: '2026-11-20T00:30:00+00:00' }, true],
    ['{ updatedSince: 2026-11-20 }', { updated: '2026-11-20T00:30:00+01:00' }, false],
    ['{ updatedSince: "2026-11-20T08:00:00+02:00" }', { updated: '2026-11-20T06:00:00Z' }, true],
    ['{ updatedSince: "2026-11-20T08:00:00+02:00" }', { updated: '2026-11-20T05:59:59Z' }, false],
    ['{ updatedSince: 2026-11-20 }', {}, false],
  ])('%s chooses by what is stored: %j', (filter, changes, is) => {
    expect(chosen(filter, changes)).toBe(is)
  })

  it('keeps a complete product that Icecat has content for, as long as all else holds', () => {
    const filter = '{ enabled: true, complete: { below: 100, channel: shop, locales: [en_US] } }'
    expect(chosen(filter)).toBe(false)
    expect(chosen(filter, {}, null, true)).toBe(true)
    expect(chosen(filter, { enabled: false }, null, true)).toBe(false)
  })

  it('takes categories with all below them', () => {
    expect(chosen('{ categories: [lamps] }', {}, ['lamps', 'desk'])).toBe(true)
    expect(chosen('{ categories: [lamps] }', {}, ['lamps', 'floor'])).toBe(false)
    expect(chosen('{ categories: [lamps] }', { categories: null }, ['lamps'])).toBe(false)
  })
})

describe('what a mapping means', () => {
  const text = `${head}attributes: { name: { from: title, map: { a: b } } }\n`
  it('is the same for another version, other lines and comments', () => {
    const other = `# New\n\n${text.replace('version: 1', 'version: 2')}`
    expect(mappingHash(mappingOf(other))).toBe(mappingHash(mappingOf(text)))
  })
  it.each([
    ['from: title', 'from: name'],
    ['{ a: b }', '{ a: c }'],
    ['[EN] }', '[US] }'],
    ['[shop]', '[paper]'],
  ])('changes with %s to %s', (before, after) => {
    expect(mappingHash(mappingOf(text.replace(before, after)))).not.toBe(mappingHash(mappingOf(text)))
  })
})
