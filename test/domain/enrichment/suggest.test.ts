import { describe, expect, it } from 'vitest'
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
    expect(
      mappingCoverage(mapping, [
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
      ]),
    ).toEqual([
      { categoryId: '1', mapped: 2, ignored: 1, unmapped: ['7'], complete: 0.75 },
      { categoryId: '2', mapped: 0, ignored: 0, unmapped: [], complete: 1 },
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
