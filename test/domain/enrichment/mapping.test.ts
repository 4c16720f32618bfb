import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import { compileEnrichment } from '../../../domain/enrichment/convert/compile-enrichment.ts'
import { type AttributeChanges, catalogueOf, mappingOf, mappingText } from './target.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../../examples/mapping/${name}`, import.meta.url), 'utf8')

const problemsOf = (text: string) =>
  readIcecatMappingFile({ name: 'x.icecat.yaml', text }).problems.map(
    ({ line, path, message }) => `${line} ${path}: ${message}`,
  )

/** What does not fit a catalogue of these attributes. */
const misfits = (rules: string, attributes: Record<string, AttributeChanges>, more = '') =>
  compileEnrichment(mappingOf(mappingText(rules, more)), catalogueOf(attributes)).problems.map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  )

describe('a mapping file of the direction Icecat to Akeneo', () => {
  it.each(['acme.icecat.yaml', 'northlamp.icecat.yaml'])('%s is read without a problem', (name) => {
    expect(problemsOf(example(name))).toEqual([])
  })

  it('says what the example says', () => {
    const { mapping } = readIcecatMappingFile({
      name: 'mapping/acme.icecat.yaml',
      text: example('acme.icecat.yaml'),
    })
    expect(mapping).toMatchObject({
      name: 'acme.icecat',
      neutral: { text: 'EN' },
      guard: { brand: 'agree' },
      options: { match: ['code', 'label', 'vocabulary'], create: 'never' },
      ownership: { empty: 'fill', edited: 'keep', withdrawn: 'keep' },
    })
    expect(mapping?.match.map(({ by }) => by)).toEqual(['gtin', 'code', 'icecatId'])
    expect(
      mapping?.languages.map(({ locale, chain }) => [locale.text, chain.map(({ text }) => text)]),
    ).toEqual([
      ['en_US', ['US', 'EN']],
      ['de_DE', ['DE']],
      ['fr_FR', ['FR']],
    ])
    expect(mapping?.attributes.find(({ code }) => code === 'display_diagonal')?.rule).toMatchObject({
      source: { kind: 'from', addresses: [{ base: 'feature', id: '944' }] },
      steps: { unit: 'INCH', decimals: { places: 0, rounding: 'refuse' } },
    })
    expect(mapping?.ignore.map(({ address, reason }) => [address.text, reason])[1]).toEqual([
      'feature/3981',
      'not wanted',
    ])
  })

  it('names every problem with its line, all at once', () => {
    const text = `version: one
match:
  - { gtin: [ean], icecatId: sku }
  - { brand: brand }
languages: { en_US: [] }
neutral: EN
channels: [ecommerce]
ownership: { edited: ask }
attributes:
  name: tittle
  weight: { from: feature/x, unit: GRAM }
  zoom: { expr: "1 + 1" }
  both: { from: title, const: x }
  odd: { from: title, shout: true }
  text: { template: "{brand} {nothing}" }
media:
  picture: title
ignore: { feature/1: '' }
write: later
`
    expect(problemsOf(text)).toEqual([
      '1 version: must be a whole number from 1 to 9007199254740991',
      '3 match[0]: must have one of gtin, icecatId, or brand with code',
      '4 match[1]: needs brand and code together',
      '5 languages.en_US: must name the languages of Icecat that may feed it, such as [FR, EN]',
      '8 ownership.edited: must be keep or flag or overwrite',
      expect.stringMatching(
        /^10 attributes\.name: "tittle" is no address of Icecat's\. Did you mean title\?/,
      ),
      expect.stringMatching(/^11 attributes\.weight\.from: "feature\/x" is no address of Icecat's/),
      '12 attributes.zoom.expr: cannot be used here: from, const and template can',
      expect.stringMatching(/^13 attributes\.both: has .*; a rule has one source/),
      expect.stringMatching(/^14 attributes\.odd\.shout: is not a setting here/),
      expect.stringMatching(/^15 attributes\.text\.template: "nothing" is no address/),
      '17 media.picture: title is no file',
      '18 ignore.feature/1: must be text',
      '19 write: must be direct or proposal',
    ])
  })
})

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
  ] as [string, Record<string, AttributeChanges>, string][])('%s', (rule, attributes, expected) => {
    expect(misfits(rule, attributes)).toContain(expected)
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
