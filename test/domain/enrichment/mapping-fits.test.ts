import { describe, expect, it } from 'vitest'
import { compileEnrichment } from '../../../domain/enrichment/convert/compile-enrichment.ts'
import { type AttributeChanges, catalogueOf, mappingOf, mappingText } from './target.ts'

/** What does not fit a catalogue of these attributes. */
const misfits = (rules: string, attributes: Record<string, AttributeChanges>, more = '') =>
  compileEnrichment(mappingOf(mappingText(rules, more)), catalogueOf(attributes)).problems.map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  )

describe('a mapping that does not fit the catalogue', () => {
  it.each([
    ['naem: title', { name: {} }, 'error attributes.naem: there is no attribute naem. Did you mean name?'],
    [
      'price: feature/94',
      { price: { type: 'pim_catalog_price_collection' } },
      'error attributes.price: is of type pim_catalog_price_collection, which Icecat cannot feed',
    ],
    [
      'photo: feature/94',
      { photo: { type: 'pim_catalog_image' } },
      'error attributes.photo: is a file: it belongs under media',
    ],
    [
      'on: title',
      { on: { type: 'pim_catalog_boolean' } },
      'error attributes.on: title does not fit on, which is of type boolean',
    ],
    [
      'w: { from: feature/94, unit: GRAMM }',
      { w: { type: 'pim_catalog_metric', metric_family: 'Weight' } },
      'error attributes.w.unit: GRAMM is no unit of Weight. Did you mean GRAM?',
    ],
    [
      'n: { from: title, unit: GRAM }',
      { n: {} },
      'error attributes.n.unit: does not fit an attribute of type text',
    ],
    [
      'n: { from: feature/94, html: strip }',
      { n: { type: 'pim_catalog_number' } },
      'error attributes.n.html: does not fit an attribute of type number',
    ],
    [
      's: { from: feature/1, map: { A: reed } }',
      { s: { type: 'pim_catalog_simpleselect', options: [{ code: 'red' }] } },
      'error attributes.s: s has no option reed. Did you mean red?',
    ],
    ['r: title', { r: { is_read_only: true } }, 'error attributes.r: r is read-only in Akeneo'],
    [
      'n: { template: "{brand}" }',
      { n: { type: 'pim_catalog_number' } },
      'error attributes.n: template makes text, n is of type number',
    ],
    [
      'n: { template: "{image/1}" }',
      { n: {} },
      'error attributes.n: image/1 does not fit n, which is of type text',
    ],
    ['n: { from: title, as: label }', { n: {} }, 'error attributes.n.as: label is for values of Akeneo'],
    [
      'w: feature/94',
      { w: { type: 'pim_catalog_metric', metric_family: 'Wait' } },
      'error attributes.w: the measurement family Wait is not known',
    ],
    [
      'w: { const: 3 }',
      { w: { type: 'pim_catalog_metric', metric_family: 'Weight' } },
      'error attributes.w: a constant amount needs a unit',
    ],
    [
      'w: { from: feature/94, default: 3 }',
      { w: { type: 'pim_catalog_metric', metric_family: 'Weight' } },
      'error attributes.w: a constant amount needs a unit',
    ],
    [
      's: { const: reed }',
      { s: { type: 'pim_catalog_simpleselect', options: [{ code: 'red' }] } },
      'error attributes.s: s has no option reed. Did you mean red?',
    ],
    [
      's: { from: feature/1, map: { A: red }, default: none }',
      { s: { type: 'pim_catalog_multiselect', options: [{ code: 'red' }] } },
      'error attributes.s: s has no option none.',
    ],
    [
      's: { const: 1 }',
      { s: { type: 'pim_catalog_simpleselect' } },
      'error attributes.s: s has no option 1.',
    ],
  ] as [string, Record<string, AttributeChanges>, string][])('%s', (rule, attributes, expected) => {
    expect(misfits(rule, attributes)).toContain(expected)
  })

  it.each([
    ['{ n: image/1 }', 'error media.n: is of type text; only images and files stand under media'],
    ['{ gone: image/1 }', 'error media.gone: there is no attribute gone.'],
    ['{ p: document/manual }', 'warning media.p: document/manual is mostly no picture, which p takes'],
  ])('media: %s', (files, expected) => {
    const found = misfits('x: title', { x: {}, n: {}, p: { type: 'pim_catalog_image' } }, `media: ${files}`)
    expect(found).toEqual([expected])
  })

  it.each([
    [
      'n: { from: title, when: { filled: [eann] } }',
      '',
      'warning attributes.n.when: there is no attribute eann: nothing is ever read there. Did you mean ean?',
    ],
    [
      'n: { from: title, when: { empty: [$label] } }',
      '',
      'warning attributes.n.when: $label is never filled here; attributes and $family can be asked for',
    ],
    [
      'n: { from: title, when: { family: [thing] } }',
      '',
      'warning attributes.n.when: there is no family thing. Did you mean things?',
    ],
    [
      'n: title',
      'media: { p: { from: image/1, when: { filled: [sku] } } }',
      'warning media.p.when: there is no attribute sku: nothing is ever read there.',
    ],
    [
      'n: title',
      'products: { flag: { attribute: enrich, values: [yes] } }',
      'warning products.flag: there is no attribute enrich: nothing is ever read there.',
    ],
  ])('is warned of what it asks in vain: %s %s', (rules, more, expected) => {
    expect(misfits(rules, { n: {}, ean: {}, p: { type: 'pim_catalog_image' } }, more)).toEqual([expected])
  })

  it('is warned of ways to find a product that find none', () => {
    const text = (match: string) => mappingText('n: title').replace('[{ gtin: [$identifier] }]', match)
    const found = (match: string) =>
      compileEnrichment(mappingOf(text(match)), catalogueOf({ n: {}, ean: {}, mpn: {} })).problems.map(
        ({ severity, line, path, message }) =>
          `${severity} ${line} ${path}: ${message.replace(/: nothing is.*/, '')}`,
      )
    expect(found('[{ gtin: [ean, eam] }, { brand: maker, code: mpn }, { icecatId: icecat }]')).toEqual([
      'warning 2 match: there is no attribute eam',
      'warning 2 match: there is no attribute maker',
      'warning 2 match: there is no attribute icecat',
    ])
    expect(found('[{ gtin: [ean], when: { family: [thing], filled: [$label], empty: [gone] } }]')).toEqual([
      'warning 2 match: there is no attribute gone',
      'warning 2 match: there is no family thing. Did you mean things?',
    ])
    expect(found('[{ gtin: [ean], when: { family: [Things], filled: [mpn, $family] } }]')).toEqual([])
  })

  it('is not told about what fits', () => {
    const more = 'media: { p: [image/1, energy-label], d: document/manual }\nproducts: { family: [things] }'
    const files = { p: { type: 'pim_catalog_image' }, d: { type: 'pim_catalog_file' } }
    expect(misfits('x: title', { x: {}, ...files }, more)).toEqual([])
  })

  it('is told about channels, locales, families and attributes that are fed twice', () => {
    const problems = misfits('name: title\nNAME: brand', { name: {} }, 'products: { family: [thing] }')
    expect(problems).toContain('error products.family: there is no family thing. Did you mean things?')
    expect(problems.filter((text) => text.includes('is fed twice'))).toHaveLength(1)
    const structure = { ...catalogueOf({ name: {} }), channels: [{ code: 'shop', locales: ['en_US'] }] }
    const { problems: others } = compileEnrichment(mappingOf(mappingText('name: title')), structure)
    expect(others.map(({ path }) => path)).toEqual([
      'channels',
      'channels',
      'languages.de_DE',
      'languages.fr_FR',
      'languages.es_ES',
    ])
  })

  it('is warned of attributes in no family that is enriched', () => {
    const structure = catalogueOf({ name: {}, other: {} })
    const narrow = { ...structure, families: new Map([['things', { attributes: ['name'] }]]) }
    const { enrichment, problems } = compileEnrichment(mappingOf(mappingText('other: title')), narrow)
    expect(enrichment).not.toBeNull()
    expect(problems).toMatchObject([{ severity: 'warning', path: 'attributes.other' }])
  })
})
