import { describe, expect, it } from 'vitest'
import { evaluateExpressions, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, lamp, localized, noLinks, plain } from './lamps.ts'
import { mapped, shop, shopMapping } from './mapped-lamps.ts'

const attributes = (lines: string, values: Parameters<typeof lamp>[0]) =>
  mapped(`attributes:\n  include: none\n${lines}`, lamp(values)).product.attributes

describe('addresses', () => {
  it('takes the first of several that is not empty, and blanks only where nothing better comes', () => {
    const lines = 'product: { name: { from: [slogan, note, $label] } }'
    const values = { note: plain(' '), name: localized({ en_US: 'Lamp' }) }
    expect(mapped(lines, lamp(values)).product.name).toEqual({ en_US: 'Lamp', fr_FR: 'Lamp' })
  })

  it('keeps among the attributes what an earlier address made needless', () => {
    const { product } = mapped(
      'product: { name: [note, name] }',
      lamp({ note: plain('N'), name: localized({ en_US: 'Lamp' }) }),
    )
    expect(product.name).toEqual({ en_US: 'N', fr_FR: 'N' })
    expect(product.attributes).toEqual({ name: { type: 'text', values: { en_US: 'Lamp', fr_FR: 'Lamp' } } })
  })

  it('reads a localizable source along the chain of each locale', () => {
    expect(attributes('  care_note: care_note', { care_note: localized({ en_US: 'Dry' }) })).toEqual({
      care_note: { type: 'text', values: { en_US: 'Dry', fr_FR: 'Dry' } },
    })
  })

  it('goes along the chain also for what has no rule, past a value that was emptied', () => {
    const values = { care_note: localized({ en_US: 'Dry', fr_FR: '' }) }
    expect(mapped('', lamp(values)).product.attributes['care_note']).toEqual({
      type: 'text',
      values: { en_US: 'Dry', fr_FR: 'Dry' },
    })
  })

  it("reads another channel's value only where it is named", () => {
    const description = [
      { locale: 'en_US', scope: 'print', data: 'On paper' },
      { locale: 'fr_FR', scope: 'ecommerce', data: 'En ligne' },
    ]
    const read = (from: string) =>
      mapped(`product: { description: ${from} }`, lamp({ description })).product.description
    expect(read('description')).toEqual({ fr_FR: 'En ligne' })
    expect(read('[description, description@print]')).toEqual({ en_US: 'On paper', fr_FR: 'En ligne' })
  })

  it('reads one locale for all where it is named', () => {
    const values = { name: localized({ en_US: 'Lamp', fr_FR: 'Lampe' }) }
    expect(attributes('  title: name.fr_FR', values)).toEqual({ title: { type: 'text', value: 'Lampe' } })
  })

  it('knows what the family and Akeneo name', () => {
    const lines = '  who: $identifier\n  kind: $family\n  on: $enabled\n  label: $label'
    expect(attributes(lines, { name: localized({ en_US: 'Lamp' }) })).toEqual({
      who: { type: 'identifier', value: 'L-1' },
      kind: { type: 'text', value: 'lamps' },
      on: { type: 'boolean', value: true },
      label: { type: 'text', values: { en_US: 'Lamp', fr_FR: 'Lamp' } },
    })
  })
})

describe('steps', () => {
  it.each([
    ['const', '{ const: 3.50 }', {}, { type: 'number', value: '3.5' }],
    [
      'a map of options, whatever their case',
      '{ from: color, map: { RED: warm } }',
      { color: plain('red') },
      { type: 'text', value: 'warm' },
    ],
    [
      'a default where a map has no answer',
      '{ from: color, map: { blue: cold }, default: none }',
      { color: plain('red') },
      { type: 'text', value: 'none' },
    ],
    [
      'a default where there is no value',
      '{ from: note, default: empty }',
      {},
      { type: 'text', value: 'empty' },
    ],
    [
      'a unit with decimals',
      '{ from: weight, unit: KILOGRAM, decimals: 2 }',
      { weight: plain({ amount: '1239', unit: 'GRAM' }) },
      { type: 'measure', value: { amount: '1.24', unit: 'KILOGRAM' } },
    ],
    [
      'labels in each locale, along the chain',
      '{ from: color, as: label }',
      { color: plain('red') },
      { type: 'text', values: { en_US: 'RED', fr_FR: 'RED' } },
    ],
    [
      'labels of several, joined',
      '{ from: collection, as: label, join: " + " }',
      { collection: plain(['winter', 'autumn']) },
      { type: 'text', values: { en_US: 'WINTER + AUTUMN', fr_FR: 'WINTER + AUTUMN' } },
    ],
    [
      'codes of several, joined',
      '{ from: collection, join: "," }',
      { collection: plain(['winter', 'autumn']) },
      { type: 'text', value: 'winter,autumn' },
    ],
    [
      'html',
      '{ from: care_note, html: strip }',
      { care_note: localized({ en_US: '<p>a</p>' }) },
      { type: 'text', values: { en_US: 'a', fr_FR: 'a' } },
    ],
    ['max', '{ from: note, max: 4 }', { note: plain('Warm light') }, { type: 'text', value: 'Warm' }],
    [
      'a template',
      '{ template: "{bulbs} x {color|label}, {height} {{}}" }',
      { bulbs: plain(2), color: plain('red'), height: plain({ amount: '5.0', unit: 'CENTIMETER' }) },
      { type: 'text', values: { en_US: '2 x RED, 5 cm {}', fr_FR: '2 x RED, 5 cm {}' } },
    ],
    [
      'parts of a measure',
      '{ template: "{height|amount}/{height|unit}" }',
      { height: plain({ amount: 5, unit: 'CENTIMETER' }) },
      { type: 'text', value: '5/cm' },
    ],
    [
      'map before default',
      '{ from: dimmable, map: { true: yes-it-is } }',
      { dimmable: plain(true) },
      { type: 'text', value: 'yes-it-is' },
    ],
  ])('%s', (_what, rule, values, result) => {
    expect(attributes(`  made: ${rule}`, values)).toEqual({ made: result })
  })

  it.each([
    ['a template with an empty place', '{ template: "{bulbs} bulbs" }', {}],
    ['a condition on the family', '{ const: x, when: { family: [lamps], filled: [note] } }', {}],
    ['a condition on what is empty', '{ const: x, when: { empty: [note] } }', { note: plain('n') }],
  ])('%s makes nothing', (_what, rule, values) => {
    expect(attributes(`  made: ${rule}`, values)).toEqual({})
  })

  it('a rule whose condition does not hold leaves the attribute of its name as it is', () => {
    const lines =
      'attributes:\n  include: all\n  weight: { from: weight, unit: KILOGRAM, when: { filled: [note] } }'
    const weight = plain({ amount: '900', unit: 'GRAM' })
    expect(mapped(lines, lamp({ weight })).product.attributes['weight']).toMatchObject({
      value: { unit: 'GRAM' },
    })
    expect(mapped(lines, lamp({ weight, note: plain('n') })).product.attributes['weight']).toMatchObject({
      value: { amount: '0.9', unit: 'KILOGRAM' },
    })
  })

  it('reports what a map does not know, and what a rule refuses to round', () => {
    const { product, warnings } = mapped(
      'attributes:\n  tone: { from: color, map: { blue: cold } }\n  tall: { from: height, unit: INCH, decimals: 0, rounding: refuse }',
      lamp({ color: plain('red'), height: plain({ amount: '100', unit: 'CENTIMETER' }) }),
    )
    expect(product.attributes).toEqual({})
    expect(warnings.map(({ code }) => code)).toEqual(['map-unknown', 'decimals-refused'])
  })

  it('refuses a record whose unit cannot be converted', () => {
    const { output } = shopMapping('attributes:\n  weight: { from: weight, unit: KILOGRAM }')
    const source = lamp({ weight: plain({ amount: '2', unit: 'STONE' }) })
    expect(translateProduct(source, null, shop, output, noLinks)).toMatchObject({
      outcome: 'rejected',
      problem: { code: 'unit-unknown', field: 'weight' },
    })
  })
})

describe('expressions', () => {
  const lines = `attributes:
  include: none
  range: { expr: "bulbs & ' to ' & (bulbs + 1)" }
  greeting: { expr: "$locale & ' ' & $identifier" }
  endless: { expr: "($f := function($x) { $f($x) + 1 }; $f(1))" }
  nothing: { expr: "note" }`

  it('run before the translation, with what they read, and fail alone', async () => {
    const { output } = shopMapping(lines)
    const source = lamp({ bulbs: plain(2) })
    const expressions = await evaluateExpressions(source, shop, output)
    const { record, warnings } = accepted(translateProduct(source, null, shop, output, noLinks, expressions))
    expect(record).toMatchObject({
      attributes: {
        range: { type: 'text', value: '2 to 3' },
        greeting: { type: 'text', values: { en_US: 'en_US L-1', fr_FR: 'fr_FR L-1' } },
      },
    })
    expect('attributes' in record ? Object.keys(record.attributes) : []).toEqual(['range', 'greeting'])
    expect(warnings).toMatchObject([{ code: 'expression-failed', field: 'attributes.endless' }])
  })

  it('need no waiting where an output has none', async () => {
    expect(await evaluateExpressions(lamp({}), shop, shopMapping('').output)).toBeNull()
  })
})
