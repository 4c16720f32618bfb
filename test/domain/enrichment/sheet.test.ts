import { describe, expect, it } from 'vitest'
import { mergeSheets } from '../../../domain/enrichment/sheet.ts'
import { assetOf, featureOf, sheetOf } from './sheets.ts'

describe('sheets of several languages', () => {
  it('are one: the first one’s facts stand, each text under its language', () => {
    const english = sheetOf({
      title: { EN: 'Lamp' },
      category: { id: '7', names: { EN: 'Lamps' } },
      documents: [assetOf('https://x.example.test/a.pdf', { kind: 'manual' })],
    })
    const german = sheetOf({
      title: { EN: 'not this one', DE: 'Lampe' },
      category: { id: '7', names: { DE: 'Lampen' } },
      series: { id: '3', names: { DE: 'Nord' } },
      images: [assetOf('https://x.example.test/1.jpg')],
      documents: [
        assetOf('https://x.example.test/a.pdf', { kind: 'manual' }),
        assetOf('https://x.example.test/b.pdf', { kind: 'leaflet' }),
      ],
    })
    expect(mergeSheets([english, german])).toMatchObject({
      title: { EN: 'Lamp', DE: 'Lampe' },
      category: { id: '7', names: { EN: 'Lamps', DE: 'Lampen' } },
      family: null,
      series: { id: '3', names: { DE: 'Nord' } },
      images: [{ url: 'https://x.example.test/1.jpg' }],
      documents: [{ kind: 'manual' }, { kind: 'leaflet' }],
    })
  })

  it('have each feature once, with the unit as Icecat’s own lists write it', () => {
    const german = sheetOf({
      features: [featureOf('1', '27', 'Zoll', { DE: '27 Zoll' }), featureOf('3', 'ja', '', { DE: 'ja' })],
    })
    const english = sheetOf({ features: [featureOf('1', '27', '"'), featureOf('2', '5', 'kg')] })
    const features = mergeSheets([german, english])?.features
    expect(features?.map(({ id, measure }) => [id, measure?.sign])).toEqual([
      ['1', '"'],
      ['3', undefined],
      ['2', 'kg'],
    ])
    expect(Object.keys(features?.[0]?.shown ?? {}).toSorted()).toEqual(['DE', 'EN'])
  })

  it('are none without one, and never two products', () => {
    expect(mergeSheets([])).toBeNull()
    expect(() => mergeSheets([sheetOf(), sheetOf({ icecatId: '2' })])).toThrow(
      'sheets of 900000123 and 2 are not one product',
    )
  })
})
