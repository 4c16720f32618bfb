import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refusalOf, sheetOfXml } from '../../../connectors/icecat/translate/xml-sheet.ts'
import { elementsOf } from '../../../connectors/icecat/xml/read-elements.ts'
import { mergeSheets, type Sheet } from '../../../domain/enrichment/sheet.ts'
import { all, byGtin, clientOf, found, icecat, recordedSheets } from './helpers.ts'

const folder = recordedSheets() ?? ''

const productOf = (file: string) => {
  const [product] = elementsOf(readFileSync(join(folder, file), 'utf8'), new Set(['Product']), file)
  if (product === undefined) throw new Error(`${file} has no product`)
  return product
}

const sheetOf = (file: string, asked = 'EN'): Sheet => sheetOfXml(productOf(file), asked)

describe.skipIf(folder === '')('recorded sheets (PIMFLOW_REFERENCE_DATA)', () => {
  it('are all read, with as many features as they have lines for them', () => {
    for (const file of readdirSync(folder).filter((name) => /^product-.*\.xml$/.test(name))) {
      const lines = readFileSync(join(folder, file), 'utf8').match(/<ProductFeature /g) ?? []
      const { icecatId, brand, code, features, title } = sheetOf(file)
      expect([file, icecatId, brand, code].every((text) => text !== '')).toBe(true)
      expect(features).toHaveLength(lines.length)
      expect(Object.keys(title)).toHaveLength(1)
    }
  })

  it('that are none say why', () => {
    for (const file of ['error-not-found.xml', 'error-unknown-12345.xml']) {
      expect(refusalOf(productOf(file))).toBe(
        'The requested XML data-sheet is not present in the Icecat database.',
      )
    }
  })

  it('were asked for in Portuguese and are Spanish: the answer’s own language counts', () => {
    expect(Object.keys(sheetOf('product-808736152730_pt.xml', 'PT').title)).toEqual(['ES'])
    expect(Object.keys(sheetOf('product-808736152730_pt.xml', 'PT').features[0]?.shown ?? {})).toEqual(['ES'])
  })

  it('of one product in three languages are one sheet', () => {
    const whole = mergeSheets(
      (['en', 'de', 'fr'] as const).map((language) => sheetOf(`product-8806088281285-${language}.xml`)),
    )
    const feature = (id: string) => whole?.features.find((candidate) => candidate.id === id)
    expect(whole?.features).toHaveLength(139)
    expect(feature('24847')).toMatchObject({
      value: '16.78 million colours',
      shown: { EN: { text: '16.78 million colours' }, DE: { text: '16,78 Millionen Farben' } },
    })
    // 5.1 inches as the value, 12.9 centimetres as the local one.
    expect(feature('944')).toMatchObject({
      value: '5.1',
      measure: { id: '16', sign: '"' },
      shown: { EN: { value: '12.9', sign: 'cm' }, DE: { value: '12,9', sign: 'cm' } },
    })
  })

  it('come through the XML door as they are on disk', async () => {
    const client = clientOf(await icecat({ sheets: folder }))
    const sheet = found(await client.sheetByXml(byGtin('4948570114344'), 'EN'))
    const { images, documents, ...rest } = sheet
    const { images: ownImages, documents: ownDocuments, ...own } = sheetOf('product-4948570114344.xml')
    expect(rest).toEqual(own)
    expect([images.length, documents.length]).toEqual([ownImages.length, ownDocuments.length])
  })

  it('say the same as JSON', async () => {
    const client = clientOf(await icecat({ sheets: folder }))
    for (const language of ['EN', 'DE', 'FR']) {
      const json = found(await client.sheet(byGtin('8806088281285'), language))
      const xml = sheetOf(`product-8806088281285-${language.toLowerCase()}.xml`)
      const values = ({ features }: Sheet) =>
        Object.fromEntries(features.map(({ id, value, measure, shown }) => [id, { value, measure, shown }]))
      expect(values(json)).toEqual(values(xml))
      expect(json.title[language]).toBe(xml.title[language])
    }
  })

  it('have a list of 29,000 features, read one by one', async () => {
    const client = clientOf(await icecat({ sheets: folder }))
    const features = await all(client.references('features'))
    expect(features.length).toBeGreaterThan(28_000)
    expect(features.find(({ id }) => id === '22233')).toMatchObject({
      type: 'numerical',
      measure: { sign: 'mm' },
    })
  })
})
