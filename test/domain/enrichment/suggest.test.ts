import { describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import { compileEnrichment } from '../../../domain/enrichment/convert/compile-enrichment.ts'
import { icecatMappingDiff } from '../../../domain/enrichment/mapping/mapping-diff.ts'
import { firstFile } from '../../../domain/enrichment/suggest/first-file.ts'
import { fillRates, mappingCoverage } from '../../../domain/enrichment/suggest/coverage.ts'
import { likeness } from '../../../domain/enrichment/suggest/name-likeness.ts'
import { type ListedFeature, suggestMapping } from '../../../domain/enrichment/suggest/suggest-mapping.ts'
import { featureOf, sheetOf } from './sheets.ts'
import { type AttributeChanges, catalogueOf, enrichmentOf, mappingOf, mappingText, thing } from './target.ts'

const feature = (
  id: string,
  name: string,
  type: string,
  sign = '',
  changes: Partial<ListedFeature> = {},
): ListedFeature => ({
  id,
  names: { EN: name },
  type,
  measure: sign === '' ? null : { id: '0', sign },
  restrictedValues: [],
  ...changes,
})

const features = [
  feature('94', 'Weight', 'numerical', 'g'),
  feature('762', 'Package weight', 'numerical', 'g'),
  feature('944', 'Display diagonal', 'numerical', '"'),
  feature('1516', 'Response time', 'numerical', 'ms'),
  feature('1766', 'Colour of product', 'dropdown', '', {
    restrictedValues: ['Black', 'White', 'Silver', 'Teal'],
  }),
  feature('4963', 'Touchscreen', 'y_n'),
]

const suggestionsFor = (
  attributes: Record<string, AttributeChanges>,
  labels: Record<string, Record<string, string>> = {},
  taken: { attributes?: string[]; addresses?: string[] } = {},
) =>
  suggestMapping({
    structure: catalogueOf(attributes),
    labels: new Map(Object.entries(labels)),
    features,
    languages: mappingOf(mappingText('name: title')).languages,
    neutral: 'EN',
    taken: { attributes: new Set(taken.attributes), addresses: new Set(taken.addresses) },
  })

describe('suggestions', () => {
  it('name the feature that fits by name, type and unit, and say why', () => {
    const weight: AttributeChanges = {
      type: 'pim_catalog_metric',
      metric_family: 'Weight',
      default_metric_unit: 'KILOGRAM',
    }
    expect(suggestionsFor({ weight })).toEqual([
      {
        attribute: 'weight',
        address: 'feature/94',
        rule: '{ from: feature/94, unit: KILOGRAM }',
        section: 'attributes',
        score: 1,
        reasons: ['"weight" (code) and "Weight"', 'numerical into metric', 'g is GRAM'],
      },
    ])
  })

  it('go by labels in the languages of the mapping where codes say nothing', () => {
    const found = suggestionsFor(
      { attr_17: { type: 'pim_catalog_boolean' } },
      { attr_17: { en_US: 'Touchscreen' } },
    )
    expect(found).toMatchObject([
      { address: 'feature/4963', reasons: ['"Touchscreen" (en_US) and "Touchscreen"', 'y_n into boolean'] },
    ])
  })

  it('count how many of Icecat’s values are options', () => {
    const colour: AttributeChanges = {
      type: 'pim_catalog_simpleselect',
      options: [{ code: 'black' }, { code: 'white' }],
    }
    expect(suggestionsFor({ colour_product: colour })[0]).toMatchObject({
      address: 'feature/1766',
      reasons: [expect.any(String), 'dropdown into simpleselect', '2 of 4 values are options'],
    })
  })

  it('are none where type or unit does not fit, or names are not alike', () => {
    expect(suggestionsFor({ weight: { type: 'pim_catalog_boolean' } })).toEqual([])
    expect(suggestionsFor({ weight: { type: 'pim_catalog_metric', metric_family: 'Length' } })).toEqual([])
    expect(suggestionsFor({ touchscreen: { type: 'pim_catalog_price_collection' } })).toEqual([])
    expect(suggestionsFor({ something_else: { type: 'pim_catalog_number' } })).toEqual([])
  })

  it('leave out what is mapped or ignored already', () => {
    const weight: AttributeChanges = { type: 'pim_catalog_metric', metric_family: 'Weight' }
    expect(suggestionsFor({ weight }, {}, { attributes: ['weight'] })).toEqual([])
    expect(suggestionsFor({ weight }, {}, { addresses: ['feature/94'] })).toEqual([])
  })

  it('can be read as rules of a mapping file', () => {
    const attributes: Record<string, AttributeChanges> = {
      name: {},
      description: { type: 'pim_catalog_textarea' },
      weight: { type: 'pim_catalog_metric', metric_family: 'Weight' },
      response_time: { type: 'pim_catalog_number' },
      release_date: { type: 'pim_catalog_date' },
    }
    const rules = suggestionsFor(attributes).map(({ attribute, rule }) => `${attribute}: ${rule}`)
    expect(rules.length).toBe(5)
    expect(() => enrichmentOf(mappingText(rules.join('\n')), catalogueOf(attributes))).not.toThrow()
  })

  it('compare names by their words', () => {
    expect(likeness('display_diagonal', 'Display diagonal (metric)')).toBe(1)
    expect(likeness('weights', 'Weight')).toBe(1)
    expect(likeness('iso_max', 'ISO (maximum)')).toBe(1)
    expect(likeness('iso_max', 'ISO (min)')).toBeLessThan(0.5)
    expect(likeness('Gewicht', 'GEWICHT (netto)')).toBe(1)
    expect(likeness('Вес товара', 'вес товара')).toBe(1)
    expect(likeness('weight', 'Package weight')).toBe(0.5)
    expect(likeness('', 'Weight')).toBe(0)
  })
})

describe('coverage', () => {
  it('tells mapped, ignored on purpose and unmapped apart, of what a category wants', () => {
    const mapping = mappingOf(
      `${mappingText('weight: feature/94\ntext: { template: "{feature/39} x" }')}ignore: { feature/4850: "too long" }\n`,
    )
    const needs = (id: string, mandatory: boolean, searchable = false) => ({ id, mandatory, searchable })
    const structure = catalogueOf({ weight: { type: 'pim_catalog_number' }, text: { localizable: true } })
    const nothing = { wanted: 0, mapped: 0, ignored: 0 }
    const inAll = (complete: number) =>
      ['en_US', 'de_DE', 'fr_FR', 'es_ES'].map((locale) => ({ locale, complete }))
    expect(
      mappingCoverage(
        mapping,
        [
          {
            categoryId: '1',
            features: [
              needs('94', true),
              needs('39', false, true),
              needs('4850', true),
              needs('7', true),
              needs('8', false),
            ],
          },
          { categoryId: '2', features: [] },
        ],
        structure,
      ),
    ).toEqual([
      {
        categoryId: '1',
        mandatory: { wanted: 3, mapped: 1, ignored: 1 },
        searchable: { wanted: 1, mapped: 1, ignored: 0 },
        mapped: 2,
        ignored: 1,
        unmapped: ['7'],
        complete: 0.75,
        byLocale: inAll(0.75),
      },
      {
        categoryId: '2',
        mandatory: nothing,
        searchable: nothing,
        mapped: 0,
        ignored: 0,
        unmapped: [],
        complete: 1,
        byLocale: inAll(1),
      },
    ])
  })

  it('counts a feature in the locales only in which its attribute is written, and nowhere outside the enriched families', () => {
    const mapping = mappingOf(mappingText('weight: feature/94\ntext: feature/39\nelsewhere: feature/7'))
    const structure = {
      ...catalogueOf({
        weight: { type: 'pim_catalog_number' },
        text: { localizable: true, available_locales: ['de_DE'] },
        elsewhere: {},
      }),
      families: new Map([['things', { attributes: ['weight', 'text'] }]]),
    }
    const features = ['94', '39', '7'].map((id) => ({ id, mandatory: true, searchable: false }))
    const [category] = mappingCoverage(mapping, [{ categoryId: '1', features }], structure)
    expect(category).toMatchObject({ mapped: 2, unmapped: ['7'] })
    expect(category?.byLocale.map(({ locale, complete }) => [locale, Math.round(complete * 3)])).toEqual([
      ['en_US', 1],
      ['de_DE', 2],
      ['fr_FR', 1],
      ['es_ES', 1],
    ])
  })

  it('counts how often each attribute and locale is filled', () => {
    const enrichment = enrichmentOf(
      mappingText('name: title\nnumber: feature/1'),
      catalogueOf({ name: { localizable: true }, number: { type: 'pim_catalog_number' } }),
    )
    const sheets = [
      sheetOf({ title: { EN: 'A', DE: 'B' }, features: [featureOf('1', '5')] }),
      sheetOf({ title: { EN: 'A' }, features: [featureOf('1', 'five')] }),
    ]
    const rates = fillRates(sheets.map((sheet) => enrichment.cells(sheet, thing)))
    expect(rates.find(({ locale }) => locale === 'de_DE')).toMatchObject({
      filled: 1,
      absent: 1,
      problems: 0,
    })
    expect(rates.find(({ attribute }) => attribute === 'number')).toMatchObject({
      filled: 1,
      absent: 0,
      problems: 1,
    })
  })
})

describe('a first file', () => {
  const attributes: Record<string, AttributeChanges> = {
    ean: {},
    brand: { type: 'pim_catalog_simpleselect' },
    mpn: {},
    name: { localizable: true },
    weight: { type: 'pim_catalog_metric', metric_family: 'Weight', default_metric_unit: 'KILOGRAM' },
    picture: { type: 'pim_catalog_image' },
    package_heaviness: { type: 'pim_catalog_metric', metric_family: 'Weight' },
  }
  const labels = { package_heaviness: { en_US: 'Weight of package' } }
  const languages = [
    { locale: 'en_US', chain: ['US', 'EN'] },
    { locale: 'de_DE', chain: ['DE'] },
  ]

  it('is well-formed and fits the catalogue, each rule with its score and reason', () => {
    const structure = catalogueOf(attributes)
    const suggestions = suggestionsFor(attributes, labels, { attributes: ['ean', 'brand', 'mpn'] })
    const text = firstFile({ preset: 'self-service', structure, languages, suggestions })
    expect(text).toContain(
      '  weight: { from: feature/94, unit: KILOGRAM } # 100 %: "weight" (code) and "Weight"',
    )
    expect(text).toContain('  - { gtin: [ean] }')
    expect(text).toContain('  - { brand: { from: brand, as: label, locale: en_US }, code: mpn }')
    expect(text).toContain('media:\n  picture: image/1')
    const read = readIcecatMappingFile({ name: 'first.icecat.yaml', text })
    expect(read.problems).toEqual([])
    expect(read.mapping && compileEnrichment(read.mapping, structure).problems).toEqual([])
  })

  it('leaves what is doubtful as a comment, so that nothing is applied that nobody has chosen', () => {
    const structure = catalogueOf(attributes)
    const [sure] = suggestionsFor({ weight: attributes['weight'] ?? {} })
    const doubtful = { ...sure, attribute: 'package_heaviness', score: 0.65 }
    const text = firstFile({
      preset: 'self-service',
      structure,
      languages,
      suggestions: sure ? [sure, { ...sure, ...doubtful }] : [],
    })
    expect(text).toMatch(/^# package_heaviness: .* # 65 %/m)
    const { mapping } = readIcecatMappingFile({ name: 'first.icecat.yaml', text })
    expect(mapping?.attributes.map(({ code }) => code)).toEqual(['weight'])
  })

  it('of the managed preset has only what codes say by themselves', () => {
    const managed = suggestMapping({
      structure: catalogueOf({ ...attributes, attr_17: { type: 'pim_catalog_boolean' } }),
      labels: new Map([['attr_17', { en_US: 'Touchscreen' }]]),
      features,
      languages: mappingOf(mappingText('name: title')).languages,
      neutral: 'EN',
      preset: 'managed',
      taken: { attributes: new Set(), addresses: new Set() },
    })
    expect(managed.map(({ attribute, rule }) => [attribute, rule])).toEqual([
      ['name', '{ from: title, max: 255, cut: word }'],
      ['picture', 'image/1'],
      ['weight', '{ from: feature/94, unit: KILOGRAM }'],
    ])
  })
})

describe('what two mappings say otherwise', () => {
  const base = mappingText('weight: feature/94\nname: { from: title, max: 255 }', 'write: direct')

  it('is told by section and rule, in the words of the file; comments and order are nothing', () => {
    const same = mappingText(
      'name: { from: title, max: 255 } # a comment\nweight: feature/94',
      'write: direct',
    )
    expect(icecatMappingDiff(mappingOf(base), mappingOf(same))).toEqual({ sections: [], rules: [] })
    const other = mappingText('name: { from: title, max: 100 }\nnumber: feature/1', 'write: proposal')
    expect(icecatMappingDiff(mappingOf(base), mappingOf(other))).toEqual({
      sections: ['write'],
      rules: [
        { target: 'attributes.weight', before: 'feature/94', after: null },
        {
          target: 'attributes.name',
          before: '{ from: title, max: 255 }',
          after: '{ from: title, max: 100 }',
        },
        { target: 'attributes.number', before: null, after: 'feature/1' },
      ],
    })
  })
})
