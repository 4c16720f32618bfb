import { describe, expect, it } from 'vitest'
import { CodeMap } from '../../../domain/code-map.ts'
import { unitOf } from '../../../domain/enrichment/convert/units.ts'
import type { TargetUnitFamily } from '../../../domain/enrichment/target.ts'
import { featureOf, sheetOf } from './sheets.ts'
import { type AttributeChanges, catalogueOf, enrichmentOf, mappingText, resultOf, thing } from './target.ts'

const number: AttributeChanges = { type: 'pim_catalog_number' }
const metric: AttributeChanges = {
  type: 'pim_catalog_metric',
  metric_family: 'Weight',
  decimals_allowed: true,
}
const flag: AttributeChanges = { type: 'pim_catalog_boolean' }
const date: AttributeChanges = { type: 'pim_catalog_date' }
const area: AttributeChanges = { type: 'pim_catalog_textarea' }
const colour: AttributeChanges = {
  type: 'pim_catalog_simpleselect',
  options: [
    { code: 'red', labels: { en_US: 'Red', de_DE: 'Rot' } },
    { code: 'b', labels: { en_US: 'Blue' } },
  ],
}
const colours: AttributeChanges = { ...colour, type: 'pim_catalog_multiselect' }
const shows = (value: string, sign = '', shown?: Record<string, string>) =>
  sheetOf({ features: [featureOf('1', value, sign, shown)] })
const says = (changes: Partial<ReturnType<typeof sheetOf>['description']>) =>
  sheetOf({ description: { ...sheetOf().description, ...changes } })

describe('a constant', () => {
  it.each([
    ['{ const: 12 }', number, 12],
    ['{ const: 12.5 }', number, 'decimals'],
    ['{ const: dozen }', number, 'not-a-number'],
    ['{ const: Y }', flag, true],
    ['{ const: perhaps }', flag, 'not-a-boolean'],
    ['{ const: "2026-02-14" }', date, '2026-02-14'],
    ['{ const: red }', colour, 'red'],
    ['{ const: red }', colours, ['red']],
    ['{ const: 2.5, unit: KILOGRAM }', metric, { amount: '2.5', unit: 'KILOGRAM' }],
    ['{ const: heavy, unit: KILOGRAM }', metric, 'not-a-number'],
    ['{ from: feature/94, default: 3, unit: GRAM }', metric, { amount: '3', unit: 'GRAM' }],
    ['{ const: brand new }', {}, 'brand new'],
  ] as [string, AttributeChanges, unknown][])(
    '%s is held to the type of its attribute',
    (rule, attribute, made) => {
      expect(resultOf(rule, attribute, sheetOf())).toEqual(made)
    },
  )

  it('comes where a map has the value, whatever was read', () => {
    expect(resultOf('{ from: feature/1, map: { many: 10 } }', number, shows('Many'))).toBe(10)
    expect(resultOf('{ from: title, map: { Lamp: light } }', {}, sheetOf({ title: { EN: 'lamp' } }))).toBe(
      'light',
    )
    const bullets = { EN: ['a', 'b'] }
    expect(resultOf('{ from: bullets, map: { "a,b": both } }', area, sheetOf({ bullets }))).toBe('both')
    expect(resultOf('{ from: feature/1, map: { O: false } }', flag, shows('O'))).toBe(false)
  })
})

describe('a number', () => {
  it('is one number: of several none is chosen', () => {
    expect(resultOf('feature/1', number, shows('850,900'))).toBe('several-values')
    expect(resultOf('feature/1', metric, shows('10, 20', 'g'))).toBe('several-values')
    expect(resultOf('feature/1', number, shows('850 or more'))).toBe('not-a-number')
    expect(resultOf('gtin', number, sheetOf())).toBe(2000000123462)
  })

  it('is not rounded unless the rule says so', () => {
    expect(resultOf('feature/1', number, shows('39.5'))).toBe('decimals')
    expect(resultOf('{ from: feature/1, decimals: 0 }', number, shows('39.5'))).toBe(40)
    expect(resultOf('{ from: feature/1, decimals: 0, rounding: refuse }', number, shows('39.5'))).toBe(
      'decimals',
    )
  })

  it('has the unit that Icecat’s number of the measure stands for, where the sign is a word', () => {
    const length = { ...metric, metric_family: 'Length' }
    const feature = { ...featureOf('1', '27'), measure: { id: '16', sign: 'Zoll' } }
    expect(resultOf('feature/1', length, sheetOf({ features: [feature] }))).toEqual({
      amount: '27',
      unit: 'INCH',
    })
    expect(resultOf('feature/1', length, shows('27', 'Zoll'))).toBe('foreign-unit')
  })

  it('is told apart from a unit that cannot be reached in its family', () => {
    const unit = (code: string, value: string) => ({
      code,
      symbol: code.toLowerCase(),
      convert_from_standard: [{ operator: 'mul' as const, value }],
    })
    const odd: TargetUnitFamily = { units: { WHOLE: unit('WHOLE', '1'), NOTHING: unit('NOTHING', '0') } }
    const structure = catalogueOf({ target: { ...metric, metric_family: 'Odd' } })
    const enrichment = enrichmentOf(mappingText('target: { from: feature/1, unit: NOTHING }'), {
      ...structure,
      measurementFamilies: new CodeMap([['Odd', odd]]),
    })
    expect(enrichment.cells(shows('3', 'whole'), thing)[0]?.result).toMatchObject({
      code: 'foreign-unit',
      message: 'WHOLE cannot be turned into NOTHING',
    })
  })

  it('finds a unit by another code when its sign is the one that Icecat means', () => {
    const family: TargetUnitFamily = {
      units: { ZOLL: { code: 'ZOLL', symbol: 'in', convert_from_standard: [] } },
    }
    expect(unitOf('"', family)).toBe('ZOLL')
    expect(unitOf('"', { units: { ZOLL: { code: 'ZOLL', convert_from_standard: [] } } })).toBeUndefined()
  })
})

describe('a flag and a day', () => {
  it('are Y or N, and nothing between', () => {
    expect(['Y', 'N', 'O', ''].map((value) => resultOf('feature/1', flag, shows(value)))).toEqual([
      true,
      false,
      'not-a-boolean',
      'absent',
    ])
  })

  it('lie between the days that the attribute allows', () => {
    const within = (date_min: string, date_max: string) =>
      resultOf('releaseDate', { ...date, date_min, date_max }, sheetOf({ releaseDate: '2025-02-14' }))
    expect(within('2025-01-01', '2025-12-31')).toBe('2025-02-14')
    expect(within('2025-02-15', '2025-12-31')).toBe('out-of-range')
    expect(within('2024-01-01', '2025-02-13')).toBe('out-of-range')
    expect(resultOf('feature/1', date, shows('2025-02-30'))).toBe('not-a-date')
  })
})

describe('options', () => {
  it('are found for facts, texts and lists of texts', () => {
    const brands: AttributeChanges = { ...colours, options: [{ code: 'northlamp' }] }
    expect(resultOf('brand', brands, sheetOf())).toEqual(['northlamp'])
    expect(resultOf('title', colour, sheetOf({ title: { EN: 'Blue' } }))).toBe('b')
    expect(resultOf('bullets', colours, sheetOf({ bullets: { EN: ['Red', 'Blue'] } }))).toEqual(['red', 'b'])
    expect(resultOf('bullets', colours, sheetOf({ bullets: { EN: ['Red', 'Pink'] } }))).toBe('unknown-option')
  })

  it('are one where the attribute takes one', () => {
    expect(resultOf('feature/1', colour, shows('Red,Blue'))).toBe('several-values')
    expect(resultOf('feature/1', colour, shows('Pink'))).toBe('unknown-option')
    expect(resultOf('feature/1', colours, shows('Red'))).toEqual(['red'])
  })

  it('of a list go through the map one by one, and stand once each', () => {
    const rule = '{ from: feature/1, map: { Scarlet: red } }'
    expect(resultOf(rule, colours, shows('Scarlet, Blue, Red'))).toEqual(['red', 'b'])
    expect(resultOf(rule, colour, shows('Scarlet'))).toBe('red')
  })

  it('have labels beside them only where a language has as many words', () => {
    const text = mappingText('target: feature/1')
    const enrichment = enrichmentOf(text, catalogueOf({ target: colours }))
    const sheet = shows('Pink,Red', '', { DE: 'Rosa und Rot' })
    expect(enrichment.cells(sheet, thing)[0]?.result).toMatchObject({
      missingOptions: [
        { code: 'pink', labels: { en_US: 'Pink', de_DE: 'Pink', fr_FR: 'Pink', es_ES: 'Pink' } },
      ],
    })
  })
})

describe('a text', () => {
  it('is shown in a language that may stand there; a size needs none', () => {
    expect(resultOf('feature/1', {}, shows('10', 'mm', {}))).toBe('10 mm')
    expect(resultOf('feature/1', {}, shows('10 x 20', '', {}))).toBe('10 x 20')
    const zoll = { ...featureOf('1', '27', '', {}), measure: { id: '16', sign: 'Zoll' } }
    expect(resultOf('feature/1', {}, sheetOf({ features: [zoll] }))).toBe('27 "')
    expect(resultOf('feature/1', {}, shows('black', '', { DE: 'schwarz' }))).toBe('absent')
  })

  it('of several words is joined as the rule says', () => {
    const sheet = shows('a,b', '', { EN: 'a, b' })
    expect(resultOf('{ from: feature/1, join: " | " }', {}, sheet)).toBe('a | b')
    expect(resultOf('{ from: feature/1, join: html-list }', { ...area, wysiwyg_enabled: true }, sheet)).toBe(
      '<ul><li>a</li><li>b</li></ul>',
    )
  })

  it('of generated bullets, and of reasons without a title, is the text alone', () => {
    const sheet = sheetOf({
      generatedBullets: { EN: ['made'] },
      reasons: { EN: [{ title: '', text: 'As a candle.' }] },
    })
    expect(resultOf('bullets.generated', area, sheet)).toBe('made')
    expect(resultOf('reasons', area, sheet)).toBe('As a candle.')
    expect(resultOf('reasons', area, sheetOf())).toBe('absent')
  })

  it('that has nothing to read but tags is none', () => {
    expect(resultOf('description.long', {}, says({ long: { EN: '<p> </p>' } }))).toBe('absent')
  })

  it('is not longer than the rule, the attribute and Akeneo allow', () => {
    const sheet = sheetOf({ title: { EN: 'Lamp of glass' } })
    expect(resultOf('title', { max_characters: 5 }, sheet)).toBe('too-long')
    expect(resultOf('{ from: title, max: 4, cut: refuse }', {}, sheet)).toBe('too-long')
    const wysiwyg: AttributeChanges = { ...area, wysiwyg_enabled: true }
    const html = enrichmentOf(
      mappingText('target: { from: description.long, max: 4, cut: word }'),
      catalogueOf({ target: wysiwyg }),
    ).cells(says({ long: { EN: '<b>Warm</b> light' } }), thing)[0]?.result
    expect(html).toMatchObject({
      message: '17 letters, the rule allows 4; HTML is not cut, but html: strip makes text of it',
    })
    expect(resultOf('{ from: title, max: 6, cut: character }', {}, sheet)).toBe('Lamp o')
    const text = mappingText('target: title')
    const long = sheetOf({ title: { EN: 'x'.repeat(256) } })
    expect(enrichmentOf(text, catalogueOf({ target: {} })).cells(long, thing)[0]?.result).toMatchObject({
      message: '256 letters, target takes 255',
    })
  })

  it('is held to an expression of Akeneo’s only where that can be read here', () => {
    const against = (validation_regexp: string) =>
      resultOf('code', { validation_rule: 'regexp', validation_regexp }, sheetOf())
    expect(against('#^[0-9]+$#')).toBe('against-rule')
    expect(against('^[0-9]+$')).toBe('NL-DL7-W')
    expect(resultOf('code', { validation_rule: 'email' }, sheetOf())).toBe('against-rule')
    const mail = says({ url: { EN: 'help@brand.example.test' } })
    expect(resultOf('url', { validation_rule: 'email' }, mail)).toBe('help@brand.example.test')
  })

  it('as a GTIN is written when its check digit is right', () => {
    expect(resultOf('{ from: gtin, as: gtin }', {}, sheetOf())).toBe('2000000123462')
    expect(resultOf('gtin', {}, sheetOf({ gtins: [] }))).toBe('absent')
    expect(resultOf('releaseDate', {}, sheetOf({ releaseDate: null }))).toBe('absent')
  })

  it('is named in a problem by its beginning', () => {
    const enrichment = enrichmentOf(mappingText('target: feature/1'), catalogueOf({ target: number }))
    expect(enrichment.cells(shows('x'.repeat(80)), thing)[0]?.result).toMatchObject({
      message: `"${'x'.repeat(57)}…" is no number`,
    })
  })
})

describe('a condition', () => {
  const holds = (when: string, family = 'things') =>
    resultOf(`{ from: title, when: ${when} }`, {}, sheetOf({ title: { EN: 'Lamp' } }), { ...thing, family })

  it('asks for the family, and for what Akeneo has', () => {
    expect(holds('{ filled: [$family] }')).toBe('Lamp')
    expect(holds('{ empty: [$family] }')).toBeUndefined()
    expect(holds('{ empty: [ean] }')).toBe('Lamp')
    expect(holds('{ family: [others] }')).toBeUndefined()
  })
})
