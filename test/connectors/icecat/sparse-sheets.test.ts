import { describe, expect, it } from 'vitest'
import { IcecatSheet } from '../../../connectors/icecat/schema.ts'
import { sheetOfJson } from '../../../connectors/icecat/translate/json-sheet.ts'
import { sheetOfXml } from '../../../connectors/icecat/translate/xml-sheet.ts'
import { elementsOf } from '../../../connectors/icecat/xml/read-elements.ts'

const json = (data: object, language = 'EN') => sheetOfJson(IcecatSheet.parse(data), language)
const general = (info: object, language?: string) => json({ GeneralInfo: { IcecatId: 7, ...info } }, language)
const features = (...all: object[]) =>
  json({ GeneralInfo: { IcecatId: 7 }, FeaturesGroups: { Features: all } }).features

describe('a sheet by JSON', () => {
  it('of which Icecat says next to nothing is read all the same', () => {
    expect(general({})).toMatchObject({
      icecatId: '7',
      brand: '',
      brandId: null,
      code: '',
      gtins: [],
      releaseDate: null,
      category: null,
      family: null,
      series: null,
      title: {},
      name: {},
      bullets: {},
      reasons: {},
      images: [],
      documents: [],
      features: [],
      variants: [],
      related: [],
    })
  })

  it('has its untagged texts under the language that something in it names', () => {
    const name = { Value: 'Lampen', Language: 'de' }
    expect(general({ Title: 'Lampe', Category: { CategoryID: 5, Name: name } })).toMatchObject({
      title: { DE: 'Lampe' },
      category: { id: '5', names: { DE: 'Lampen' } },
    })
    expect(general({ Title: 'Lampe', Description: { Language: 'fr', LongDesc: 'Chaude' } })).toMatchObject({
      title: { FR: 'Lampe' },
      description: { long: { FR: 'Chaude' } },
    })
    expect(general({ Title: 'Lampada' }, 'it').title).toEqual({ IT: 'Lampada' })
  })

  it('names family and series where it has them, and a product without a name in any language', () => {
    const sheet = general({
      ProductName: 'Nord 7',
      ProductFamily: { ProductFamilyID: 3, Value: 'Nord', Language: 'EN' },
      ProductSeries: { SeriesID: 4, Value: 'Seven' },
    })
    expect(sheet).toMatchObject({
      name: { INT: 'Nord 7' },
      family: { id: '3', names: { EN: 'Nord' } },
      series: { id: '4', names: { EN: 'Seven' } },
    })
  })

  it('has each GTIN once, whether it stands alone, in a list or in an object', () => {
    expect(general({ GTIN: 4006381333931, GTINs: [{ GTIN: '2' }, {}, { GTIN: '2' }] }).gtins).toEqual([
      '4006381333931',
      '2',
    ])
    expect(general({ GTIN: ['1', '', [], 2] }).gtins).toEqual(['1', '2'])
  })

  it('has its day as Icecat writes it, one way or the other', () => {
    const day = (ReleaseDate: unknown) => general({ ReleaseDate }).releaseDate
    expect([day('2025-02-14 00:00:00'), day('14-02-2025'), day('soon'), day([])]).toEqual([
      '2025-02-14',
      '2025-02-14',
      null,
      null,
    ])
  })

  it('has the one picture where it has no gallery, and no size that Icecat does not know', () => {
    const image = { HighPic: 'https://images.example.test/1.jpg', HighPicSize: '0' }
    expect(json({ GeneralInfo: { IcecatId: 7 }, Image: image }).images).toMatchObject([
      { id: null, url: image.HighPic, size: null, type: '' },
    ])
    const Gallery = [{ Pic: '' }, { Pic: 'https://images.example.test/2.jpg', Size: 12 }]
    expect(json({ GeneralInfo: { IcecatId: 7 }, Gallery, Image: image }).images).toMatchObject([
      { url: 'https://images.example.test/2.jpg', size: 12 },
    ])
  })

  it('tells files apart by what Icecat calls them, and keeps no address’s key', () => {
    const file = (Type: string, more: object = {}) => ({
      Type,
      URL: `https://objects.example.test/${encodeURIComponent(Type)}?content_token=secret&v=1`,
      ...more,
    })
    const Multimedia = [
      file('Energy label'),
      file('Product brochure'),
      file('User guide'),
      file('360', { IsVideo: '1' }),
      file('tour', { ContentType: 'video/mp4', Language: 'de' }),
      file('EU declaration'),
      { Type: 'leaflet', URL: '' },
    ]
    const { documents } = json({ GeneralInfo: { IcecatId: 7 }, Multimedia })
    expect(documents.map(({ kind }) => kind)).toEqual([
      'energy-label',
      'leaflet',
      'manual',
      'video',
      'video',
      'document',
    ])
    expect(documents[0]?.url).toBe('https://objects.example.test/Energy%20label?v=1')
    expect(documents[4]?.language).toBe('DE')
  })

  it('leaves out features that are none, and reads values from what there is', () => {
    expect(features({ Value: '1' }, { Feature: { ID: [] }, Value: '1' })).toEqual([])
    expect(features({ Feature: { ID: 1 } })[0]).toMatchObject({
      value: '',
      measure: null,
      shown: { EN: { value: '', sign: '', text: '' } },
    })
    expect(
      features({ Feature: { ID: 1, Name: { Value: 'Farbe', Language: 'de' } }, Value: 'rot' })[0],
    ).toMatchObject({
      names: { DE: 'Farbe' },
      value: 'rot',
      shown: { DE: { value: 'rot', text: 'rot' } },
    })
  })

  it('shows a value of a language in the unit of that language, if it is given as such', () => {
    const shown = (LocalValue: unknown) =>
      features({ Feature: { ID: 1 }, Value: '5.1', LocalValue })[0]?.shown['EN']
    expect(shown({ Value: 12.9, Measure: { Signs: { _: 'cm' } } })).toMatchObject({
      value: '12.9',
      sign: 'cm',
    })
    expect(shown({ Value: '12.9', Measure: { Signs: { Value: 'cm' } } })).toMatchObject({ sign: 'cm' })
    expect(shown({ Value: '12.9', Measure: { Sign: 'cm', Signs: [] } })).toMatchObject({ sign: 'cm' })
    expect(shown('13')).toMatchObject({ value: '13', sign: '' })
    expect(shown(13)).toMatchObject({ value: '13', sign: '' })
    for (const nothing of ['', [], {}, null, undefined])
      expect(shown(nothing)).toMatchObject({ value: '5.1' })
  })

  it('has reasons, variants and related products in whatever shape they come', () => {
    const sheet = json({
      GeneralInfo: { IcecatId: 7 },
      ReasonsToBuy: [{ Title: { Value: 'Warm' }, Value: 'As a candle.' }, { Language: 'de' }],
      Variants: [
        {
          VariantID: 1,
          VariantIdentifiers: [
            { 'Identifier Type': 'EAN', Value: 5 },
            { 'Identifier Type': 'MPN', Value: 'x' },
            {},
          ],
        },
        {},
      ],
      ProductRelated: { IcecatID: 8, Brand: 'Northlamp', ProductCode: 'NL-8' },
    })
    expect(sheet.reasons).toEqual({
      EN: [{ title: 'Warm', text: 'As a candle.' }],
      DE: [{ title: '', text: '' }],
    })
    expect(sheet.variants).toEqual([
      { id: '1', gtins: ['5'] },
      { id: '', gtins: [] },
    ])
    expect(sheet.related).toEqual([{ icecatId: '8', brand: 'Northlamp', code: 'NL-8' }])
  })
})

describe('a sheet by XML', () => {
  const xml = (inside: string, attributes = '') => {
    const [product] = elementsOf(
      `<x><Product ID="7"${attributes}>${inside}</Product></x>`,
      new Set(['Product']),
      'x',
    )
    if (!product) throw new Error('no product')
    return sheetOfXml(product, 'EN')
  }

  it('of which Icecat says next to nothing is read all the same', () => {
    expect(xml('<ProductRelated/><ProductFeature Value="5"/>', ' Title="Lamp" Name="L"')).toMatchObject({
      icecatId: '7',
      brand: '',
      brandId: null,
      category: null,
      family: null,
      series: null,
      title: { EN: 'Lamp' },
      name: { EN: 'L' },
      features: [],
      related: [],
      images: [],
    })
  })

  it('names family and series, each in its languages', () => {
    const series = '<Series ID="4"><Name langid="4" Value="Serie"/></Series>'
    expect(
      xml(`<ProductFamily ID="3"><Name langid="1" Value="Nord"/>${series}</ProductFamily>`),
    ).toMatchObject({
      family: { id: '3', names: { EN: 'Nord' } },
      series: { id: '4', names: { DE: 'Serie' } },
    })
  })

  it('has the one picture where it has no gallery, without the key in its address', () => {
    const picture = ' HighPic="https://images.example.test/1.jpg?content_token=secret" HighPicSize="12"'
    expect(xml('', picture).images).toMatchObject([{ url: 'https://images.example.test/1.jpg', size: 12 }])
  })

  it('leaves out what stands in no language that is known', () => {
    const sheet = xml(
      [
        '<ReasonsToBuy><ReasonToBuy Title="a" Value="b"/><ReasonToBuy langid="1" Title="t" Value="v"/></ReasonsToBuy>',
        '<BulletPoints><BulletPoint No="1" Value="x"/><BulletPoint No="2" langid="1" Value="y"/></BulletPoints>',
        '<ProductDescription LongDesc="lost" PDFURL="https://objects.example.test/a.pdf"/>',
      ].join(''),
    )
    expect(sheet.reasons).toEqual({ EN: [{ title: 't', text: 'v' }] })
    expect(sheet.bullets).toEqual({ EN: ['y'] })
    expect(sheet.description.long).toEqual({})
    expect(sheet.documents).toEqual([])
  })

  it('has a file of no language for all of them', () => {
    const object = '<MultimediaObject URL="https://objects.example.test/m.pdf" Type="User guide" langid="0"/>'
    const german = '<MultimediaObject URL="https://objects.example.test/d.pdf" Type="x" langid="4"/>'
    const bare = '<MultimediaObject URL="https://objects.example.test/n.pdf" Type="x"/>'
    const { documents } = xml(`<ProductMultimediaObject>${object}${german}${bare}</ProductMultimediaObject>`)
    expect(documents.map(({ kind, language }) => [kind, language])).toEqual([
      ['manual', null],
      ['document', 'DE'],
      ['document', null],
    ])
  })

  it('shows a feature by its value where no language shows it', () => {
    const [plain] = xml('<ProductFeature Value="27"><Feature ID="1"/></ProductFeature>').features
    expect(plain).toMatchObject({ measure: null, shown: { EN: { value: '27', sign: '', text: '27' } } })
    const presented = [
      '<PresentationValues><PresentationValue langid="4" Value=""/><PresentationValue langid="99" Value="x"/></PresentationValues>',
      '<LocalValues><LocalValue langid="4" Value="68"/></LocalValues>',
      '<Feature ID="2"><Measure ID="16"><Signs><Sign langid="4">Zoll</Sign></Signs></Measure></Feature>',
    ].join('')
    const [german] = xml(`<ProductFeature Value="27">${presented}</ProductFeature>`).features
    expect(german).toMatchObject({
      measure: { id: '16', sign: 'Zoll' },
      shown: { DE: { value: '68', sign: '', text: '27' } },
    })
    expect(Object.keys(german?.shown ?? {})).toEqual(['DE'])
  })
})
