import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodeMap } from '../../../domain/code-map.ts'
import { itemsOf } from '../../../domain/enrichment/convert/source.ts'
import { unitOf } from '../../../domain/enrichment/convert/units.ts'
import type { Sheet } from '../../../domain/enrichment/sheet.ts'
import { assetOf, featureOf, sheetOf } from './sheets.ts'
import {
  type AttributeChanges,
  catalogueOf,
  enrichmentOf,
  mappingText,
  resultOf as one,
  resultsOf as run,
  thing,
  unitFamilies,
} from './target.ts'

const metric: AttributeChanges = {
  type: 'pim_catalog_metric',
  metric_family: 'Weight',
  decimals_allowed: true,
}
const number: AttributeChanges = { type: 'pim_catalog_number', decimals_allowed: true }

describe('places', () => {
  const sheet = sheetOf({ title: { EN: 'Lamp', DE: 'Lampe' } })

  it('are each channel and locale that Akeneo, the attribute and the mapping have', () => {
    expect(run('title', { localizable: true, scopable: true }, sheet)).toEqual({
      'en_US ecommerce': 'Lamp',
      'de_DE ecommerce': 'Lampe',
      'fr_FR ecommerce': 'absent',
      'es_ES ecommerce': 'absent',
      'en_US print': 'Lamp',
      'de_DE print': 'Lampe',
    })
    expect(run('title', { localizable: true, available_locales: ['de_DE'] }, sheet)).toEqual({
      de_DE: 'Lampe',
    })
    expect(run('title', { scopable: true }, sheet)).toEqual({ ecommerce: 'Lamp', print: 'Lamp' })
  })

  it('without locale are fed from the neutral language, and never flip to another', () => {
    expect(one('title', {}, sheet)).toBe('Lamp')
    expect(one('title', {}, sheetOf({ title: { DE: 'Lampe' } }))).toBe('absent')
    expect(one('title', {}, sheetOf({ title: { INT: 'Lamp' } }))).toBe('Lamp')
  })

  it('are none for families without the attribute, and where a condition does not hold', () => {
    expect(run('title', {}, sheet, { ...thing, family: 'others' })).toEqual({})
    expect(run('title', {}, sheet, { ...thing, family: null })).toEqual({})
    const rule = '{ from: title, when: { filled: [ean], family: [THINGS] } }'
    expect(run(rule, {}, sheet)).toEqual({})
    expect(run(rule, {}, sheet, { family: 'things', isFilled: (code) => code === 'ean' })).toEqual({
      '': 'Lamp',
    })
  })

  it('and files are none for a family that has other attributes only', () => {
    const catalogue = catalogueOf({ target: {}, picture: { type: 'pim_catalog_image' } })
    const families = new CodeMap([...catalogue.families, ['others', { attributes: ['target_of_others'] }]])
    const text = `${mappingText('target: title')}media:\n  picture: { from: image/1 }\n`
    const enrichment = enrichmentOf(text, { ...catalogue, families })
    const full = sheetOf({ title: { EN: 'Lamp' }, images: [assetOf('https://img.example.test/1.jpg')] })
    const written = (record: typeof thing) =>
      [...enrichment.cells(full, record), ...enrichment.media(full, record)].map(({ attribute }) => attribute)
    expect(written(thing)).toEqual(['target', 'picture'])
    expect(written({ ...thing, family: 'others' })).toEqual([])
  })
})

describe('sources', () => {
  it('are the first address that has something; a problem there is not passed over', () => {
    const sheet = sheetOf({ features: [featureOf('1', 'broad'), featureOf('2', '7')] })
    expect(one('[feature/9, feature/2]', number, sheet)).toBe('7')
    expect(one('[feature/1, feature/2]', number, sheet)).toBe('not-a-number')
  })

  it('may have a default, or be required', () => {
    expect(one('{ from: feature/9, default: 3 }', number, sheetOf())).toBe('3')
    expect(one('{ from: feature/9, required: true }', number, sheetOf())).toBe('required')
    expect(one('{ const: true }', { type: 'pim_catalog_boolean' }, sheetOf())).toBe(true)
  })

  it('fill templates whole, or not at all', () => {
    const sheet = sheetOf({ name: { EN: 'Desk Light' } })
    expect(one('{ template: "{brand}: {name} {{{code}}}" }', {}, sheet)).toBe(
      'Northlamp: Desk Light {NL-DL7-W}',
    )
    expect(one('{ template: "{brand} {title}" }', {}, sheet)).toBe('absent')
    expect(one('{ template: "https://x.example.test/{code}" }', { validation_rule: 'url' }, sheet)).toBe(
      'https://x.example.test/NL-DL7-W',
    )
  })

  it('join bullets as the field shows them', () => {
    const sheet = sheetOf({
      bullets: { EN: ['Light & warm', 'USB-C'] },
      reasons: { EN: [{ title: 'Warm', text: 'As a candle.' }] },
    })
    const area: AttributeChanges = { type: 'pim_catalog_textarea' }
    expect(one('bullets', { ...area, wysiwyg_enabled: true }, sheet)).toBe(
      '<ul><li>Light &amp; warm</li><li>USB-C</li></ul>',
    )
    expect(one('bullets', area, sheet)).toBe('Light & warm\nUSB-C')
    expect(one('bullets', {}, sheet)).toBe('Light & warm, USB-C')
    expect(one('{ from: reasons, join: " / " }', area, sheet)).toBe('Warm: As a candle.')
  })

  it('part lists at commas outside brackets, whatever the text', () => {
    expect(itemsOf('a (b, c), d,,e')).toEqual(['a (b, c)', 'd', 'e'])
    const item = fc.stringMatching(/^[a-z0-9]{1,6}(?: \([a-z, ]{0,5}\))?$/)
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(',', ', '),
        (items, comma) => {
          expect(itemsOf(items.join(comma))).toEqual(items)
        },
      ),
    )
  })
})

describe('amounts', () => {
  it('stay exact through units: 0.1 + 0.2 cannot happen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (grams) => {
        const sheet = sheetOf({ features: [featureOf('94', String(grams), 'g')] })
        const kilograms = one('{ from: feature/94, unit: KILOGRAM }', metric, sheet) as { amount: string }
        const expected = `${Math.floor(grams / 1000)}.${String(grams % 1000).padStart(3, '0')}`.replace(
          /\.?0+$/,
          '',
        )
        expect(kilograms.amount).toBe(expected)
      }),
    )
  })

  it('keep the sheet’s unit where the rule names none, and say what is no unit', () => {
    const sheet = (sign: string) => sheetOf({ features: [featureOf('94', '2.5', sign)] })
    expect(one('feature/94', metric, sheet('kg'))).toEqual({ amount: '2.5', unit: 'KILOGRAM' })
    expect(one('feature/94', metric, sheet('stone'))).toBe('foreign-unit')
    expect(one('feature/94', metric, sheet(''))).toBe('no-unit')
  })

  it('are held to the attribute’s own rules before anything is sent', () => {
    const sheet = (value: string) => sheetOf({ features: [featureOf('1', value)] })
    expect(one('feature/1', { ...number, number_max: '10' }, sheet('10.5'))).toBe('out-of-range')
    expect(one('feature/1', { ...number, number_min: 2 }, sheet('1'))).toBe('out-of-range')
    expect(one('feature/1', number, sheet('-1'))).toBe('negative')
    expect(one('feature/1', { ...number, negative_allowed: true }, sheet('-1'))).toBe('-1')
    expect(one('feature/1', { type: 'pim_catalog_date' }, sheet('14.02.2025'))).toBe('not-a-date')
    expect(one('releaseDate', { type: 'pim_catalog_date', date_min: '2026-01-01' }, sheet('1'))).toBe(
      'out-of-range',
    )
  })

  it('know the units of Akeneo’s families by what Icecat writes', () => {
    const unit = (sign: string, family: string) => unitOf(sign, unitFamilies.get(family) ?? { units: {} })
    expect(unit('"', 'Length')).toBe('INCH')
    expect(unit('mm', 'Length')).toBe('MILLIMETER')
    // A second of an angle has the same sign in Akeneo.
    expect(unit('"', 'Angle')).toBeUndefined()
    expect(unit('KG', 'Weight')).toBe('KILOGRAM')
    expect(unit('h', 'Duration')).toBe('HOUR')
    expect(unit('pc(s)', 'CaseBox')).toBe('PIECE')
    expect(unit('kHz', 'Frequency')).toBe('KILOHERTZ')
    expect(unit('', 'Length')).toBeUndefined()
  })
})

describe('texts', () => {
  it('are held to the attribute’s own rules before anything is sent', () => {
    const sheet = sheetOf({
      description: {
        ...sheetOf().description,
        url: { EN: 'https://brand.example.test/x' },
        long: { EN: 'no address' },
      },
    })
    expect(one('url', { validation_rule: 'url' }, sheet)).toBe('https://brand.example.test/x')
    expect(one('description.long', { validation_rule: 'url' }, sheet)).toBe('against-rule')
    expect(one('description.long', { validation_rule: 'email' }, sheet)).toBe('against-rule')
    expect(one('code', { validation_rule: 'regexp', validation_regexp: '/^[a-z]+$/' }, sheet)).toBe(
      'against-rule',
    )
    expect(one('code', { validation_rule: 'regexp', validation_regexp: '/^[a-z0-9-]+$/i' }, sheet)).toBe(
      'NL-DL7-W',
    )
    expect(one('code', { validation_rule: 'regexp', validation_regexp: '/(?<broken/' }, sheet)).toBe(
      'NL-DL7-W',
    )
    expect(one('{ from: gtin, as: gtin }', {}, sheetOf({ gtins: ['2000000123461'] }))).toBe('bad-gtin')
  })

  it('lose tags where nobody shows them, and are not cut inside HTML', () => {
    const long = { EN: '<b>Warm</b>\n<script>alert(1)</script>light' }
    const sheet = sheetOf({ description: { ...sheetOf().description, long } })
    const editor: AttributeChanges = { type: 'pim_catalog_textarea', wysiwyg_enabled: true }
    expect(one('description.long', {}, sheet)).toBe('Warm light')
    expect(one('{ from: description.long, html: clean }', editor, sheet)).toBe('<b>Warm</b><br />light')
    expect(one('{ from: description.long, html: keep }', editor, sheet)).toBe(
      '<b>Warm</b><br /><script>alert(1)</script>light',
    )
    expect(one('{ from: description.long, max: 10 }', editor, sheet)).toBe('too-long')
    expect(one('{ from: description.long, html: strip, max: 6 }', editor, sheet)).toBe('Warm')
  })
})

describe('options', () => {
  const colours: AttributeChanges = {
    type: 'pim_catalog_simpleselect',
    options: [
      { code: 'red', labels: { en_US: 'Red', de_DE: 'Rot' } },
      { code: 'gift_green', labels: { en_US: 'Gift', de_DE: null } },
      { code: 'a', labels: { en_US: 'Twice' } },
      { code: 'b', labels: { en_US: 'Twice' } },
    ],
  }
  const shown = (value: string, texts: Record<string, string>) =>
    sheetOf({ features: [featureOf('1', value, '', texts)] })

  it('are found by code, by label in the language that may feed it, by translation', () => {
    expect(one('feature/1', colours, shown('RED', {}))).toBe('red')
    expect(one('feature/1', colours, shown('rouge', { DE: 'rot' }))).toBe('red')
    // "Gift" in German is no gift.
    expect(one('feature/1', colours, shown('Poison', { DE: 'Gift' }))).toBe('unknown-option')
    expect(one('feature/1', colours, shown('Twice', {}))).toBe('ambiguous-option')
    const vocabulary = new Map([['scarlet', { EN: 'Scarlet', DE: 'Rot' }]])
    const enrichment = enrichmentOf(
      mappingText('target: feature/1'),
      catalogueOf({ target: colours }),
      vocabulary,
    )
    expect(enrichment.cells(shown('Scarlet', {}), thing)[0]?.result).toMatchObject({ data: 'red' })
  })

  it('that are missing come with a code and labels to make them from, and a list lacking one is not written', () => {
    const enrichment = enrichmentOf(
      mappingText('target: feature/1'),
      catalogueOf({ target: { ...colours, type: 'pim_catalog_multiselect' } }),
    )
    const sheet = shown('Red,Sky Blue', { EN: 'Red, Sky Blue', DE: 'Rot, Himmelblau' })
    expect(enrichment.cells(sheet, thing)[0]?.result).toEqual({
      kind: 'problem',
      code: 'unknown-option',
      message: 'target has no option for "Sky Blue"',
      missingOptions: [
        {
          code: 'sky_blue',
          labels: { en_US: 'Sky Blue', de_DE: 'Himmelblau', fr_FR: 'Sky Blue', es_ES: 'Sky Blue' },
        },
      ],
    })
  })
})

describe('files', () => {
  const media = (rule: string, attribute: AttributeChanges, sheet: Sheet) => {
    const enrichment = enrichmentOf(
      mappingText('name: title', `media: { target: ${rule} }`),
      catalogueOf({ name: {}, target: attribute }),
    )
    return Object.fromEntries(
      enrichment
        .media(sheet, thing)
        .map(({ locale, result }) => [
          locale ?? '',
          result.kind === 'asset' ? result.asset.url : result.kind === 'absent' ? 'absent' : result.code,
        ]),
    )
  }
  const image: AttributeChanges = {
    type: 'pim_catalog_image',
    allowed_extensions: ['jpg', 'png'],
    max_file_size: '1',
  }
  const file: AttributeChanges = { type: 'pim_catalog_file', allowed_extensions: ['pdf'] }
  const at = (name: string) => `https://images.icecat.biz/${name}`

  it('go by their place in the gallery, and by what they are', () => {
    const sheet = sheetOf({
      images: [assetOf(at('1.jpg')), assetOf(at('2.png'), { size: 3_000_000 }), assetOf(at('3.tiff'))],
      documents: [
        assetOf(at('m-DE.pdf'), { kind: 'manual', language: 'DE' }),
        assetOf(at('m-EN.pdf'), { kind: 'manual', language: 'EN' }),
        assetOf(at('l.pdf'), { kind: 'leaflet' }),
        assetOf(at('label.png'), { kind: 'energy-label' }),
        assetOf(at('v.mp4'), { kind: 'video' }),
      ],
    })
    expect(media('image/1', image, sheet)).toEqual({ '': at('1.jpg') })
    expect(media('image/2', image, sheet)).toEqual({ '': 'too-large' })
    expect(media('image/3', image, sheet)).toEqual({ '': 'extension' })
    expect(media('image/4', image, sheet)).toEqual({ '': 'absent' })
    expect(media('energy-label', image, sheet)).toEqual({ '': at('label.png') })
    expect(media('document/manual', file, sheet)).toEqual({ '': at('m-EN.pdf') })
    expect(media('document/manual', { ...file, localizable: true }, sheet)).toEqual({
      en_US: at('m-EN.pdf'),
      de_DE: at('m-DE.pdf'),
      fr_FR: 'absent',
      es_ES: 'absent',
    })
    expect(media('[document/9, document/leaflet]', file, sheet)).toEqual({ '': at('l.pdf') })
    expect(media('video/1', { type: 'pim_catalog_file' }, sheet)).toEqual({ '': at('v.mp4') })
  })
})
