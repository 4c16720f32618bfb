import { describe, expect, it } from 'vitest'
import { evaluateExpressions, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, lamp, localized, noLinks, plain } from './lamps.ts'
import { errorsOf, mapped, shop, shopMapping } from './mapped-lamps.ts'

type Values = Parameters<typeof lamp>[0]

/** What a rule of an attribute makes, and the codes of its warnings. */
function made(rule: string, values: Values) {
  const { product, warnings } = mapped(`attributes:\n  include: none\n  made: ${rule}`, lamp(values))
  return { value: product.attributes['made'], warnings: warnings.map(({ code }) => code) }
}

/** The same for an expression, which runs before the translation. */
async function evaluated(expr: string, values: Values, more = '') {
  const { output, problems } = shopMapping(
    `attributes:\n  include: none\n  made: { expr: ${JSON.stringify(expr)}${more} }`,
  )
  expect(errorsOf({ problems })).toEqual([])
  const source = lamp(values)
  const expressions = await evaluateExpressions(source, shop, output)
  const { record, warnings } = accepted(translateProduct(source, null, shop, output, noLinks, expressions))
  return {
    value: 'attributes' in record ? record.attributes['made'] : undefined,
    warnings: warnings.map(({ text }) => text),
  }
}

const collection = plain(['winter', 'autumn'])
const price = plain([
  { amount: '10.555', currency: 'EUR' },
  { amount: '12', currency: 'USD' },
])

describe('a map', () => {
  it('goes over a list item by item, and leaves out what it does not know', () => {
    const rule = '{ from: collection, map: { winter: cold, summer: hot }, join: "+" }'
    expect(made(rule, { collection }).value).toEqual({ type: 'text', value: 'cold' })
    expect(made(rule, { collection: plain(['autumn']) }).value).toBeUndefined()
  })

  it('gives texts where its results are of several kinds: a field has one', () => {
    const rule = '{ from: color, map: { red: 1, blue: many } }'
    expect(made(rule, { color: plain('red') }).value).toEqual({ type: 'text', value: '1' })
    expect(made('{ from: color, map: { red: 1, blue: 2 } }', { color: plain('red') }).value).toEqual({
      type: 'number',
      value: '1',
    })
    expect(made('{ from: bulbs, map: { "2": a pair } }', { bulbs: plain(2) }).value).toEqual({
      type: 'text',
      value: 'a pair',
    })
  })
})

describe('labels', () => {
  it('are the code where Akeneo has none: of an option, a record, an asset', () => {
    expect(made('{ from: designer, as: label }', { designer: plain('anna') }).value).toEqual({
      type: 'text',
      values: { en_US: 'anna', fr_FR: 'anna' },
    })
    const materials = plain(['oak', 'glass'])
    expect(made('{ from: materials, as: label, join: ", " }', { materials }).value).toMatchObject({
      values: { en_US: 'oak, glass' },
    })
  })

  it('of several, and of records, may stand in a template', () => {
    const values = { collection, designer: plain('anna') }
    expect(made('{ template: "{collection|label} by {designer|label}" }', values).value).toMatchObject({
      values: { en_US: 'WINTER, AUTUMN by anna' },
    })
    const materials = plain(['oak', 'glass'])
    expect(made('{ template: "of {materials|label}" }', { materials }).value).toMatchObject({
      values: { en_US: 'of oak, glass' },
    })
  })
})

describe('a template', () => {
  it('shows a measure with the sign of its unit, or its code where it has none', () => {
    const height = (unit: string) => ({ height: plain({ amount: '5', unit }) })
    expect(made('{ template: "{height}" }', height('CENTIMETER')).value).toMatchObject({ value: '5 cm' })
    expect(made('{ template: "{height}" }', height('INCH')).value).toMatchObject({ value: '5 INCH' })
  })

  it('shows lists, yes and no as they are', () => {
    const values = { collection, dimmable: plain(false) }
    expect(made('{ template: "{collection}: {dimmable}" }', values).value).toMatchObject({
      value: 'winter, autumn: false',
    })
  })
})

describe('decimals', () => {
  it('round numbers and each price', () => {
    expect(made('{ from: bulbs, decimals: 0 }', { bulbs: plain('2.5') }).value).toMatchObject({ value: '3' })
    expect(made('{ from: price, decimals: 2 }', { price }).value).toEqual({
      type: 'prices',
      value: { EUR: '10.56', USD: '12' },
    })
  })

  it('leave out what the rule refuses to round, and say so', () => {
    expect(made('{ from: bulbs, decimals: 0, rounding: refuse }', { bulbs: plain('2.5') })).toEqual({
      value: undefined,
      warnings: ['decimals-refused'],
    })
    // One price of two would be half the truth.
    expect(made('{ from: price, decimals: 2, rounding: refuse }', { price })).toEqual({
      value: undefined,
      warnings: ['decimals-refused'],
    })
  })
})

describe('texts', () => {
  it('that are too long for a rule that does not cut are left out, with their length', () => {
    const { product, warnings } = mapped(
      'attributes: { include: none, made: { from: note, max: 3, cut: refuse } }',
      lamp({ note: plain('Warm') }),
    )
    expect(product.attributes).toEqual({})
    expect(warnings).toMatchObject([
      { code: 'text-too-long', text: 'has 4 letters, attributes.made takes 3' },
    ])
  })

  it('of HTML that shows nothing are none', () => {
    const care_note = localized({ en_US: '<p></p>' })
    expect(made('{ from: care_note, html: strip }', { care_note }).value).toBeUndefined()
    expect(made('{ from: care_note, html: keep }', { care_note }).value).toMatchObject({
      values: { en_US: '<p></p>' },
    })
  })

  it('that are blank are no barcode, and no wrong one either', () => {
    const { product, warnings } = mapped('product: { barcode: ean }', lamp({ ean: plain(' ') }))
    expect(product).not.toHaveProperty('barcode')
    expect(warnings).toEqual([])
  })

  it('come of numbers and codes where one text is asked for', () => {
    expect(mapped('product: { taxClass: bulbs }', lamp({ bulbs: plain(2) })).product.taxClass).toBe('2')
    expect(mapped('product: { taxClass: color }', lamp({ color: plain('red') })).product.taxClass).toBe('red')
  })
})

describe('a default', () => {
  it('is a code where the rule gives one', () => {
    expect(made('{ from: color, default: red }', {}).value).toEqual({ type: 'option', value: 'red' })
    expect(made('{ from: bulbs, default: 1 }', {}).value).toEqual({ type: 'number', value: '1' })
  })
})

describe('an expression', () => {
  it.each([
    ['bulbs > 1', { type: 'boolean', value: true }],
    ['bulbs * 2', { type: 'number', value: '4' }],
    ['weight.amount & " " & weight.unit', { type: 'text', value: '2.5 KILOGRAM' }],
    ['$string(price.EUR)', { type: 'text', value: '10.555' }],
    ['$enabled ? "on" : "off"', { type: 'text', value: 'on' }],
    ['$family', { type: 'text', value: 'lamps' }],
    ['""', undefined],
    ['note', undefined],
  ])('%s', async (expr, value) => {
    const values = { bulbs: plain(2), weight: plain({ amount: '2.5', unit: 'KILOGRAM' }), price }
    expect(await evaluated(expr, values)).toEqual({ value, warnings: [] })
  })

  it('reads values of the locale that it runs for, and the label that the family names', async () => {
    const name = localized({ en_US: 'Lamp', fr_FR: 'Lampe' })
    expect((await evaluated('$label & "!"', { name })).value).toEqual({
      type: 'text',
      values: { en_US: 'Lamp!', fr_FR: 'Lampe!' },
    })
    expect((await evaluated('name & "?"', { name })).value).toMatchObject({
      values: { en_US: 'Lamp?', fr_FR: 'Lampe?' },
    })
  })

  it('may give a list, which is joined', async () => {
    const { value } = await evaluated('["a", "b"]', {}, ', join: "-"')
    expect(value).toEqual({ type: 'text', value: 'a-b' })
    expect((await evaluated('collection[$ = "none"][]', { collection }, ', join: "-"')).value).toBeUndefined()
  })

  it.each([
    ['["a", "b"]', 'its expression did not give one value'],
    [
      '{ "a": 1 }',
      'its expression failed: gave neither a text, a number, true or false, nor a list of texts',
    ],
    ['$number("x")', /^its expression failed: Unable to cast value to a number/],
  ])('%s is left out, and why is told', async (expr, why) => {
    const { value, warnings } = await evaluated(expr, {})
    expect(value).toBeUndefined()
    expect(warnings).toEqual([typeof why === 'string' ? why : expect.stringMatching(why)])
  })

  it('has to give what its field needs', async () => {
    const { output } = shopMapping(
      'product: { prices: { list: { expr: "note" } } }\ninventory: { levels: [{ location: main, unit: each, quantity: { expr: "note" } }] }',
    )
    const source = lamp({ note: plain('many') })
    const expressions = await evaluateExpressions(source, shop, output)
    const { warnings } = accepted(translateProduct(source, null, shop, output, noLinks, expressions))
    expect(warnings.map(({ text }) => text)).toEqual([
      'its expression did not give a list of prices',
      'its expression did not give a number',
    ])
  })

  it('that was not run before is a fault of the program, not of the record', () => {
    const { output } = shopMapping('product: { brand: { expr: "note" } }')
    expect(() => translateProduct(lamp({}), null, shop, output, noLinks)).toThrow('evaluateExpressions()')
  })
})
