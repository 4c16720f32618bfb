import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import { mappingOf, mappingText } from './target.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../../examples/mapping/${name}`, import.meta.url), 'utf8')

const problemsOf = (text: string) =>
  readIcecatMappingFile({ name: 'x.icecat.yaml', text }).problems.map(
    ({ line, path, message }) => `${line} ${path}: ${message}`,
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

  /** Lines behind a head that is well-formed, so the first of them is line 6. */
  it.each([
    [
      'products: { flag: { values: [yes] }, complete: { below: 50 } }',
      ['6 products.flag: needs attribute and values', '6 products.complete: needs below and channel'],
    ],
    [
      'products: { complete: { below: 0, channel: shop } }',
      [
        '6 products.complete.below: must be a whole number from 1 to 100',
        '6 products.complete: needs below and channel',
      ],
    ],
    [
      'products: { updatedSince: last week }',
      ['6 products.updatedSince: must be a day or a time, such as 2026-11-20 or 2026-11-20T08:00:00Z'],
    ],
    ['media: { picture: { when: { filled: [ean] } } }', ['6 media.picture: needs from']],
    ['media: { picture: [] }', ['6 media.picture: must name at least one address']],
    [
      'media: { picture: { from: image/1, whenn: x } }',
      [expect.stringMatching(/^6 media\.picture\.whenn: is not a setting here\. Did you mean when\?/)],
    ],
    [
      'ignore: { feature/1: no use, feature/x: no use }',
      [expect.stringMatching(/^6 ignore\.feature\/x: "feature\/x" is no address/)],
    ],
    ['options: { match: code }', ['6 options.match: must be a list']],
    ['options: { match: [code, name] }', ['6 options.match[1]: must be code or label or vocabulary']],
  ])('says what is wrong with %s', (lines, problems) => {
    expect(problemsOf(mappingText('name: title', lines))).toEqual(problems)
  })

  it.each([
    ['[]', ['2 match: must name at least one way to find a product']],
    ['ean', ['2 match: must be a list']],
    ['[ean]', ['2 match[0]: must be a map of names and values']],
    ['[{ gtin: 7 }]', ['2 match[0].gtin: must be text: write "7" in quotes']],
    ['[{ icecatId: "a b" }]', [expect.stringMatching(/^2 match\[0\]\.icecatId: "a b" is no address/)]],
    ['[{ brand: [], code: mpn }]', ['2 match[0].brand: must name at least one address']],
    ['[{ brand: { as: label }, code: mpn }]', ['2 match[0].brand: needs from']],
    [
      '[{ brand: { from: $x }, code: mpn }]',
      [expect.stringMatching(/^2 match\[0\]\.brand\.from: \$x is no address/)],
    ],
    ['[{ brand: { from: brand, as: code }, code: mpn }]', ['2 match[0].brand.as: must be label']],
  ])('finds nothing by %s', (match, problems) => {
    const text = mappingText('name: title').replace('[{ gtin: [$identifier] }]', match)
    expect(problemsOf(text)).toEqual(problems)
  })

  it('goes by the name of a brand in a locale, or by its code', () => {
    const brandIn = (brand: string) => {
      const text = mappingText('name: title').replace(
        '[{ gtin: [$identifier] }]',
        `[{ brand: ${brand}, code: mpn }]`,
      )
      return mappingOf(text).match[0]
    }
    expect(brandIn('maker')).toMatchObject({ by: 'code', brandLabel: null, asLabel: false })
    expect(brandIn('{ from: maker, as: label, locale: de_DE }')).toMatchObject({
      brand: { code: 'maker' },
      brandLabel: 'de_DE',
      asLabel: true,
    })
  })

  it('cannot be used when it is no map, or finds no product', () => {
    const read = (text: string) => readIcecatMappingFile({ name: 'x.icecat.yaml', text })
    expect(read('- a')).toMatchObject({
      mapping: null,
      problems: [{ message: 'must be a map of names and values' }],
    })
    expect(read(mappingText('name: title').replace('[{ gtin: [$identifier] }]', '[]')).mapping).toBeNull()
    expect(problemsOf(mappingText('name: title').replace(/^languages:.*$/m, 'languages: [EN]'))).toEqual([
      '3 languages: must be a map of names and values',
    ])
    const missing = problemsOf('version: 1\nlanguages: {}')
    expect(missing).toEqual([
      '1 match: is missing',
      '1 neutral: is missing',
      '1 channels: is missing',
      '1 attributes: is missing',
      '2 languages: must name at least one locale',
    ])
  })

  it.each([
    ['{ from: [] }', /^7 attributes\.a\.from: must name at least one address$/],
    ['[]', /^7 attributes\.a: must name at least one address$/],
    ['{ template: "a } b" }', /^7 attributes\.a\.template: has a } alone; a brace of its own is written }}$/],
    ['{ template: 7 }', /^7 attributes\.a\.template: must be text: write "7" in quotes$/],
    ['{ required: true }', /^7 attributes\.a: says no source/],
    ['{ const: [1] }', /^7 attributes\.a\.const: must be a text, a number, true or false$/],
  ])('has no rule %s', (rule, problem) => {
    expect(problemsOf(mappingText(`a: ${rule}`))).toEqual([expect.stringMatching(problem)])
  })
})
