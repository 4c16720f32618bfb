import { describe, expect, it } from 'vitest'
import { matchView } from '../../../connectors/akeneo/translate/match-view.ts'
import { parseAddress } from '../../../domain/mapping/address.ts'
import { lamp, localized, plain } from './lamps.ts'
import { shop } from './mapped-lamps.ts'

const address = (text: string) => {
  const made = parseAddress(text, 1)
  if (typeof made === 'string') throw new Error(made)
  return made
}
const view = (values: Parameters<typeof lamp>[0], more: Parameters<typeof lamp>[1] = {}) =>
  matchView(lamp(values, more), shop, 'sku')

describe('what enrichment asks of a product', () => {
  it('is the text at an address, whatever kind of value stands there', () => {
    const texts = view({
      note: plain('n'),
      bulbs: plain(2),
      dimmable: plain(false),
      collection: plain(['winter', 'autumn']),
      finishes: plain([]),
      slogan: plain(''),
      weight: plain({ amount: '2', unit: 'GRAM' }),
      care_note: localized({ en_US: 'Dry', fr_FR: 'Sec' }),
    })
    const text = (at: string) => texts.text(address(at))
    expect(['note', 'NOTE', 'bulbs', 'dimmable', 'collection', 'care_note.fr_FR'].map(text)).toEqual([
      'n',
      'n',
      '2',
      'false',
      'winter,autumn',
      'Sec',
    ])
    expect(['finishes', 'slogan', 'ean', 'unheard_of', 'care_note.de_DE'].map(text)).toEqual(
      Array.from({ length: 5 }, () => null),
    )
    expect(texts.isFilled('note', null, null)).toBe(true)
    expect(texts.isFilled('slogan', null, null)).toBe(false)
    expect(texts.isFilled('weight', null, null)).toBe(true)
  })

  it('is what Akeneo and the family name', () => {
    const named = view({ name: localized({ en_US: 'Lamp' }), picture: plain('a/1.jpg') })
    const text = (at: string) => named.text(address(at))
    expect(['$family', '$enabled', '$identifier', '$label', '$image'].map(text)).toEqual([
      'lamps',
      'true',
      'L-1',
      'Lamp',
      'a/1.jpg',
    ])
  })

  it('is nothing where there is no family, no identifier, no such name', () => {
    const bare = view({}, { family: null })
    expect(['$family', '$label', '$image'].map((at) => bare.text(address(at)))).toEqual([null, null, null])
    expect(bare.family).toBeNull()
    expect(matchView(lamp({ sku: [] }), shop, undefined).text(address('$identifier'))).toBeNull()
    expect(view({}, { identifier: 'OWN' }).text(address('$identifier'))).toBe('OWN')
    expect(view({}, { family: 'unheard_of' }).text(address('$label'))).toBeNull()
  })

  it('is the label of an option, where it has one in that language', () => {
    const label = (at: string, locale: string) => view({ color: plain('RED') }).label(address(at), locale)
    expect(label('color', 'en_US')).toBe('RED')
    expect(label('color', 'it_IT')).toBe('red')
    expect(label('color', 'fr_FR')).toBeNull()
    expect(label('size', 'en_US')).toBeNull()
    expect(label('$family', 'en_US')).toBeNull()
  })
})
