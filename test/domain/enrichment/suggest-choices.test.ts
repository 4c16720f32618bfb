import { describe, expect, it } from 'vitest'
import { mappingCoverage } from '../../../domain/enrichment/suggest/coverage.ts'
import { type ListedFeature, suggestMapping } from '../../../domain/enrichment/suggest/suggest-mapping.ts'
import { type AttributeChanges, catalogueOf, mappingOf, mappingText } from './target.ts'

const feature = (id: string, type: string, changes: Partial<ListedFeature> = {}): ListedFeature => ({
  id,
  names: { EN: 'Lamp base' },
  type,
  measure: null,
  restrictedValues: [],
  ...changes,
})

const suggested = (
  features: ListedFeature[],
  attributes: Record<string, AttributeChanges>,
  more: { wanted?: [string, number][]; preset?: 'managed'; neutral?: string } = {},
) =>
  suggestMapping({
    structure: catalogueOf(attributes),
    labels: new Map(),
    features,
    languages: mappingOf(mappingText('name: title')).languages,
    neutral: more.neutral ?? 'EN',
    taken: { attributes: new Set(), addresses: new Set() },
    wanted: new Map(more.wanted ?? []),
    ...(more.preset ? { preset: more.preset } : {}),
  })

describe('of features that are called alike', () => {
  const alike = [feature('20', 'text'), feature('10', 'text'), feature('30', 'text')]

  it('the one is proposed that more of the categories ask for, else the one with the lower number', () => {
    expect(suggested(alike, { lamp_base: {} })[0]?.address).toBe('feature/10')
    const [asked] = suggested(alike, { lamp_base: {} }, { wanted: [['30', 4]] })
    expect(asked).toMatchObject({ address: 'feature/30' })
    expect(asked?.reasons).toContain('asked for in 4 of your categories')
  })

  it('the one is proposed that catalogues mostly call so', () => {
    const widths = [feature('9', 'text'), feature('1649', 'text')].map((one) => ({
      ...one,
      names: { EN: 'Width' },
    }))
    expect(suggested(widths, { width: {} })[0]?.address).toBe('feature/1649')
  })

  it('the one whose values fit without a change goes before one that only can be written', () => {
    const [best] = suggested([feature('1', 'dropdown'), feature('2', '')], { lamp_base: {} })
    expect(best).toMatchObject({ address: 'feature/2', score: 1 })
    expect(best?.reasons).toContain('Icecat names no type')
    const [possible] = suggested([feature('1', 'dropdown')], { lamp_base: {} })
    expect(possible).toMatchObject({ score: 0.8, reasons: [expect.any(String), 'dropdown into text'] })
  })
})

describe('a proposal', () => {
  it('of options whose values Icecat does not list goes by name and type', () => {
    const select: AttributeChanges = { type: 'pim_catalog_simpleselect' }
    expect(suggested([feature('1', 'dropdown')], { lamp_base: select })[0]).toMatchObject({
      score: 1,
      reasons: [expect.any(String), 'dropdown into simpleselect'],
    })
    const listed = feature('1', 'dropdown', { restrictedValues: ['E27', 'E14'] })
    expect(suggested([listed], { lamp_base: select })[0]).toMatchObject({
      score: 0.8,
      reasons: [expect.any(String), 'dropdown into simpleselect', '0 of 2 values are options'],
    })
  })

  it('keeps the sheet’s unit where the attribute has none of its own, and needs one that its family has', () => {
    const metric: AttributeChanges = { type: 'pim_catalog_metric', metric_family: 'Length' }
    const measured = feature('1', 'numerical', { measure: { id: '0', sign: 'mm' } })
    expect(suggested([measured], { lamp_base: metric })[0]?.rule).toBe(
      '{ from: feature/1, unit: MILLIMETER }',
    )
    expect(suggested([feature('1', 'numerical')], { lamp_base: metric })).toEqual([])
    expect(suggested([measured], { lamp_base: { type: 'pim_catalog_metric' } })).toEqual([])
  })

  it('by Icecat’s number holds where Icecat lists it and its values fit, named in a language that there is', () => {
    const named = (names: Record<string, string>) =>
      suggested([feature('77', 'text', { names })], { icecat_77: {} }, { neutral: 'DE' })[0]?.reasons[0]
    expect(named({ DE: 'Sockel', EN: 'Lamp base' })).toBe('named by Icecat’s number, "Sockel"')
    expect(named({ EN: 'Lamp base' })).toBe('named by Icecat’s number, "Lamp base"')
    expect(named({ FR: 'Culot' })).toBe('named by Icecat’s number, "77"')
    expect(suggested([feature('78', 'text')], { icecat_77: {} })).toEqual([])
    expect(suggested([feature('77', 'y_n')], { icecat_77: {} })).toEqual([])
  })

  it('of what ships with pimflow has a usual feature behind a usual code', () => {
    const weight = feature('94', 'numerical', { names: { EN: 'Weight' }, measure: { id: '0', sign: 'g' } })
    const metric: AttributeChanges = { type: 'pim_catalog_metric', metric_family: 'Weight' }
    expect(suggested([weight], { net_weight: metric }, { preset: 'managed' })).toMatchObject([
      {
        rule: '{ from: feature/94, unit: GRAM }',
        score: 0.9,
        reasons: ['"net_weight" is mostly feature 94, "Weight"', 'numerical into metric', 'g is GRAM'],
      },
    ])
  })

  it('is none for what Akeneo lets nobody write', () => {
    expect(suggested([feature('1', 'text')], { lamp_base: { is_read_only: true } })).toEqual([])
  })
})

describe('coverage', () => {
  const needs = ['94', '39', '7'].map((id) => ({ id, mandatory: true, searchable: false }))
  const covered = (rules: string, more: string, attributes: Record<string, AttributeChanges>) =>
    mappingCoverage(
      mappingOf(mappingText(rules, more)),
      [{ categoryId: '1', features: needs }],
      catalogueOf(attributes),
    )[0]

  it('is of the families that are enriched, and of what is not a feature says nothing', () => {
    const ignored = 'ignore: { title: "ours", feature/7: "too long" }'
    expect(
      covered('a: feature/94\nb: title\nc: { const: x }', ignored, { a: {}, b: {}, c: {} }),
    ).toMatchObject({
      mapped: 1,
      ignored: 1,
      unmapped: ['39'],
    })
    const others = `${ignored}\nproducts: { family: [unheard_of] }`
    expect(covered('a: feature/94', others, { a: {} })).toMatchObject({ mapped: 0, ignored: 1 })
  })

  it('does not count an attribute that has no place in these locales', () => {
    const nowhere = { a: { localizable: true, available_locales: ['it_IT'] } }
    expect(covered('a: feature/94', '', nowhere)).toMatchObject({ mapped: 0 })
  })
})
