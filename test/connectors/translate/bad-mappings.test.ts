import { describe, expect, it } from 'vitest'
import { readMappingFile } from '../../../connectors/mapping-file.ts'
import { accepted, lamp, noLinks, plain } from './lamps.ts'
import { compileOutput, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { errorsOf, shop, shopMapping } from './mapped-lamps.ts'

/** Lines of a file behind a head of five, so the first of them is line 6. */
const bad: [what: string, lines: string, errors: (string | RegExp)[]][] = [
  [
    'an unknown attribute',
    'product: { brand: colour }',
    [/^6 product\.brand attribute "colour" is not in Akeneo\. Did you mean color\?$/],
  ],
  [
    'an unknown attribute in a list',
    'product:\n  description: [description,\n    descripton]',
    [/^8 product\.description .*Did you mean description\?$/],
  ],
  [
    'an unknown attribute in a template',
    'attributes: { a: { template: "{bulb}" } }',
    [/^6 attributes\.a .*Did you mean bulbs\?$/],
  ],
  [
    'an unknown attribute in a condition',
    'attributes: { a: { const: x, when: { filled: [nope] } } }',
    [/^6 attributes\.a attribute "nope"/],
  ],
  [
    'an unknown attribute to leave out',
    'attributes:\n  except: [nots]',
    [/^7 attributes\.except .*Did you mean note\?$/],
  ],
  ['an option as a text', 'product: { brand: color }', [/add as: label, or map$/]],
  ['several options as a text', 'product: { brand: { from: collection, as: label } }', [/add join$/]],
  ['prices as a name', 'product: { name: price }', [/is a list of prices, and a text is needed$/]],
  ['a text as prices', 'product: { prices: { list: note } }', [/is a text, and a list of prices is needed$/]],
  [
    'a measure as a quantity',
    'inventory: { levels: [{ location: main, unit: each, quantity: weight }] }',
    [/is a measure, and a number is needed$/],
  ],
  [
    'a text as an image',
    'media: [{ role: main, from: note }]',
    [/note is neither an image, nor a file, nor an asset collection$/],
  ],
  [
    'one type here and another there',
    'attributes: { a: [note, weight] }',
    [/would be a text in one product and a measure in another$/],
  ],
  [
    'a list without join',
    'attributes: { a: { from: collection, as: label } }',
    [/is a list of texts: add join$/],
  ],
  [
    'a localizable source of one value',
    'product: { taxClass: name }',
    [/differs by locale, and this has one value: name a locale, such as code\.en_US$/],
  ],
  [
    'a channel of an attribute without',
    'attributes: { a: note@print }',
    [/note has one value for all channels: leave out @print$/],
  ],
  [
    'a locale of an attribute without',
    'attributes: { a: note.en_US }',
    [/note has one value for all locales: leave out \.en_US$/],
  ],
  [
    'an unknown channel in an address',
    'attributes: { a: slogan@pint }',
    [/channel "pint" is not in Akeneo\. Did you mean print\?$/],
  ],
  [
    'an unknown locale in an address',
    'attributes: { a: name.en_UK }',
    [/locale "en_UK" is in no channel of Akeneo\. Did you mean en_US\?$/],
  ],
  [
    'a unit outside the family',
    'attributes:\n  weight: { from: weight,\n    unit: INCH }',
    [/^8 attributes\.weight\.unit does not fit: unit INCH is not in Weight, which has KILOGRAM, GRAM$/],
  ],
  ['a unit of what has none', 'attributes: { a: { from: note, unit: GRAM } }', [/a text has no unit$/]],
  ['decimals of a text', 'attributes: { a: { from: note, decimals: 2 } }', [/a text has no decimals$/]],
  [
    'labels of a text',
    'attributes: { a: { from: note, as: label } }',
    [/a text has no labels; options, records and assets have$/],
  ],
  ['html of a number', 'attributes: { a: { from: bulbs, html: clean } }', [/a number is no text$/]],
  [
    'join of one value',
    'attributes: { a: { from: note, join: "," } }',
    [/a text is one value; there is nothing to join$/],
  ],
  ['a measure as a GTIN', 'product: { barcode: weight }', [/a measure cannot be a GTIN$/]],
  [
    'a default of another type',
    'attributes: { a: { from: bulbs, default: many } }',
    [/does not fit: the rule gives a number$/],
  ],
  [
    'a type that no product has',
    'product: { type: { const: liquid } }',
    [/must be physical or virtual, not liquid$/],
  ],
  ['a type straight from an attribute', 'product: { type: note }', [/needs map: to physical or virtual$/]],
  [
    'an unknown family',
    'attributes: { a: { const: x, when: { family: [chairs] } } }',
    [/family "chairs" is not in Akeneo$/],
  ],
  [
    'an unknown association type',
    'related: { XSELL: cross }',
    [/association type "XSELL" is not in Akeneo\. Did you mean X_SELL\?$/],
  ],
  ['a quantified type as a relation', 'related: { PACK: pack }', [/belongs under kits$/]],
  [
    'a plain type as a kit without quantity',
    'kits: { UPSELL: { type: basic } }',
    [/UPSELL has no quantities of its own: give quantity$/],
  ],
  ['a quantified type with a quantity', 'kits: { PACK: { type: basic, quantity: 2 } }', [/leave it out$/]],
  [
    'a quantity of 0',
    'kits: { UPSELL: { type: basic, quantity: 0 } }',
    [/^6 kits\.UPSELL\.quantity must be a whole number from 1 to 2147483647$/, /give quantity$/],
  ],
  [
    'a huge quantity',
    'kits: { UPSELL: { type: basic, quantity: 2147483648 } }',
    [/from 1 to 2147483647$/, /give quantity$/],
  ],
  [
    'a case of nothing',
    'units: [{ code: each, conversion: 1, base: true }, { code: case, conversion: 0 }]',
    [/must be greater than 0$/],
  ],
  [
    'no base unit',
    'units: [{ code: case, conversion: 12 }]',
    [/must have one unit with base: true, there are 0$/],
  ],
  [
    'stock in a unit that is not sold',
    'inventory: { levels: [{ location: main, unit: pallet, quantity: bulbs }] }',
    [/is not one of the units: each$/],
  ],
  [
    'two sources',
    'product: { name: { from: note, const: x } }',
    [/has from and const; a rule has one source$/],
  ],
  ['no source', 'product: { name: { required: true } }', [/says no source/]],
  [
    'a setting that is none',
    'product: { nmae: note }',
    [/^6 product\.nmae is not a setting here\. Did you mean name\?/],
  ],
  ['a number where a code is meant', 'attributes: { a: 007 }', [/must be text: write "007" in quotes$/]],
  ['an address that is none', 'attributes: { a: "a b" }', [/is no address/]],
  ['a name that is none', 'attributes: { a: $colour }', [/these names exist: \$identifier \$label/]],
  ['a brace that does not close', 'attributes: { a: { template: "{note" } }', [/has a \{ without \}/]],
  ['an expression that is none', 'attributes: { a: { expr: "note &" } }', [/is no JSONata/]],
  [
    'an expression that says something else tomorrow',
    'attributes: { a: { expr: "$now()" } }',
    [/\$now is not allowed/],
  ],
  [
    'labels in a template of what has none',
    'attributes: { a: { template: "{note|label}" } }',
    [/^6 attributes\.a \{note\|label\}: a text has no label$/],
  ],
  [
    'an amount in a template of what has none',
    'attributes: { a: { template: "{note|amount}" } }',
    [/\{note\|amount\}: a text has no amount$/],
  ],
  [
    'prices in a template',
    'attributes: { a: { template: "from {price}" } }',
    [/\{price\}: a list of prices is no text$/],
  ],
  [
    'a map of prices',
    'product: { prices: { list: { from: price, map: { a: b } } } }',
    [/a list of prices has no codes to map$/],
  ],
  [
    'max of a number',
    'attributes: { a: { from: bulbs, max: 3 } }',
    [/a number is no text that could be cut$/],
  ],
  [
    'a number as the default of a text',
    'product: { name: { from: note, default: 3 } }',
    [/does not fit: a text is needed$/],
  ],
  [
    'a default of prices',
    'product: { prices: { list: { from: price, default: 3 } } }',
    [/does not fit: a list of prices is needed$/],
  ],
  [
    'a text as the default of a number',
    'inventory: { levels: [{ location: main, unit: each, quantity: { from: bulbs, default: few } }] }',
    [/does not fit: a number is needed$/],
  ],
  ['a yes or no as a name', 'product: { name: dimmable }', [/is a yes or no, and a text is needed$/]],
  ['a yes or no as one text', 'product: { taxClass: dimmable }', [/is a yes or no, and one text is needed$/]],
  ['a list of options as a text', 'product: { brand: collection }', [/add as: label and join$/]],
  [
    'a type of attribute that is not known',
    'attributes: { a: hologram }',
    [/^6 attributes\.a hologram is a acme_hologram, which is not carried$/],
  ],
  [
    'a type of product by default',
    'product: { type: { from: note, map: { a: physical }, default: wet } }',
    [/not wet$/],
  ],
  [
    'an unknown family in the condition of an image',
    'media: [{ role: main, from: picture, when: { family: [chairs] } }]',
    [/^6 media\[0\]\.when family "chairs" is not in Akeneo$/],
  ],
  [
    'a unit without what it counts, and its other faults with it',
    'units: [{ code: each, conversion: 1, base: true }, { code: case, conversion: nope, barcode: nope }]',
    [/conversion attribute "nope"/, /barcode attribute "nope"/],
  ],
  [
    'one attribute in two letter cases',
    'attributes:\n  note: { const: a }\n  NOTE: { const: b }',
    [/^8 attributes\.NOTE is attributes\.note of line 7 once more$/],
  ],
  [
    'one association type in two letter cases',
    'related: { X_SELL: a, x_sell: b }\nkits: { PACK: { type: basic }, pack: { type: addOn } }',
    [/^6 related\.x_sell is related\.X_SELL of line 6 once more$/, /^7 kits\.pack is kits\.PACK/],
  ],
  [
    'stock of one unit in one place, twice',
    `inventory:\n  levels:\n${'    - { location: main, unit: each, quantity: bulbs }\n'.repeat(2)}`,
    [/^9 inventory\.levels\[1\] is inventory\.levels\[0\] of line 8 once more$/],
  ],
  ['a guard that is no percentage', 'guards: { changed: 0.2 }', [/must be a percentage such as 5%$/]],
]

describe('a bad mapping', () => {
  it.each(bad)('%s: is told with its line, in words', (_what, lines, errors) => {
    const found = errorsOf(shopMapping(lines))
    expect(found).toHaveLength(errors.length)
    errors.forEach((error, index) => expect(found[index]).toMatch(error))
  })

  it('tells everything at once, in the order of the file', () => {
    const found = errorsOf(
      shopMapping('product: { brand: color, name: price }\nrelated: { XSELL: x }\nattributes:\n  a: nope'),
    )
    expect(found.map((line) => line.split(' ')[0])).toEqual(['6', '6', '7', '9'])
  })

  it('leaves all other rules at work', () => {
    const { output, problems } = shopMapping(
      'product: { brand: { from: colour, as: label }, taxClass: { const: full } }',
    )
    expect(problems).not.toEqual([])
    const { record } = accepted(translateProduct(lamp({ note: plain('n') }), null, shop, output, noLinks))
    expect(record).toMatchObject({ sku: 'L-1', taxClass: 'full', attributes: { note: { value: 'n' } } })
    expect(record).not.toHaveProperty('brand')
  })

  it('leaves a line out whose condition names what is not there, instead of taking it for all products', () => {
    const { output } = shopMapping(
      [
        'units: [{ code: each, conversion: 1, base: true }, { code: case, conversion: 6, when: { filled: [nope] } }]',
        'media: [{ role: main, from: picture, when: { empty: [nope] } }, { role: main, from: picture }]',
      ].join('\n'),
    )
    expect(output.rules.units.map(({ code }) => code)).toEqual(['each'])
    expect(output.rules.media).toHaveLength(1)
  })

  it.each([
    ['unit: 7', 'a measure'],
    ['when: { familly: [lamps] }', 'a product of another family'],
    ['decimals: many', 'all its digits'],
  ])('leaves a rule out that says %s: it would let %s through', (setting) => {
    const { output } = shopMapping(`attributes: { include: none, w: { from: weight, ${setting} } }`)
    expect(output.rules.named).toEqual([])
  })

  it('warns of a condition on what none of its families has', () => {
    const { problems } = shopMapping(
      'attributes: { a: { const: x, when: { family: [lamps], filled: [collection] } } }',
    )
    expect(problems).toContainEqual({
      severity: 'warning',
      line: 6,
      path: 'attributes.a.when',
      message: 'collection is in none of these families, so it hardly ever holds',
    })
  })

  it.each([
    ['no YAML at all', 'version: [1', 1],
    ['a key that stands twice', 'version: 1\noutput: a\noutput: b', 3],
    ['an alias', 'version: 1\noutput: &a b\nchannel: *a', 3],
    ['nothing', '', 1],
    ['a list', '- a', 1],
    ['two documents', 'version: 1\n---\nversion: 2', 2],
    ['indented by a tab', 'version: 1\nproduct:\n\tname: a', 3],
    ['a name that is a list', 'version: 1\noutput: a\nchannel: b\n[c]: d', 4],
  ])('that is %s is told with its line and never thrown', (_what, text, line) => {
    const { mapping, problems } = readMappingFile({ name: 'x.yaml', text })
    expect(mapping).toBeNull()
    expect(problems[0]?.line).toBe(line)
  })

  it('names channel, locales and currencies that Akeneo does not have', () => {
    const errors = (text: string) => {
      const { mapping } = readMappingFile({ name: 'x.yaml', text: `version: 1\noutput: x\n${text}` })
      return mapping ? errorsOf(compileOutput(mapping, shop)) : []
    }
    expect(errors('channel: ecomerce')).toEqual([
      '3 channel channel "ecomerce" is not in Akeneo. Did you mean ecommerce? There are: ecommerce, print',
    ])
    expect(errors('channel: ecommerce\nlocales: { it_IT: [en_UK] }\ncurrencies: [CHF]')).toEqual([
      '4 locales locale "it_IT" is not in channel ecommerce, which has en_US, fr_FR.',
      '4 locales locale "en_UK" is not in channel ecommerce, which has en_US, fr_FR. Did you mean en_US?',
      '5 currencies currency "CHF" is not in channel ecommerce, which has EUR, USD',
    ])
  })
})
