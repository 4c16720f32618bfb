import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, askXml, featureOf, icecat, recordedSheets } from './helpers.ts'

const sheets = recordedSheets()

describe.skipIf(sheets === undefined)('recorded sheets (PIMFLOW_REFERENCE_DATA)', () => {
  it('are sent as they were recorded, but for the addresses of assets', async () => {
    const simulator = await icecat({ sheets: sheets ?? '' })
    const { text } = await askXml(simulator, { ean_upc: '4948570114344' })
    const file = readFileSync(join(sheets ?? '', 'product-4948570114344.xml'), 'utf8')
    const plain = (xml: string) => xml.replace(/https?:\/\/[^"<\s]*/g, '')
    expect(plain(text)).toBe(plain(file))
    expect(text).toContain(`${simulator.url}/assets/img/gallery/`)
  })

  it('become one product with all their languages, also as JSON', async () => {
    const simulator = await icecat({ sheets: sheets ?? '' })
    const german = await ask(simulator, { GTIN: '8806088281285', lang: 'DE' })
    expect(featureOf(german.json.data, '24847').PresentationValue).toBe('16,78 Millionen Farben')
    expect(featureOf(german.json.data, '944').LocalValue).toMatchObject({
      Value: '12,9',
      Measure: { Signs: { _: 'cm' } },
    })
    const whole = await askXml(simulator, { ean_upc: '8806088281285', lang: 'INT' })
    for (const langid of [1, 3, 4]) expect(whole.text).toContain(`langid="${langid}"`)
  })

  it('are written anew once something changed', async () => {
    const simulator = await icecat({ sheets: sheets ?? '' })
    simulator.edit({ id: '29900045', values: { 94: '12300' } })
    const { text } = await askXml(simulator, { product_id: '29900045' })
    expect(text).toContain('Value="12300"')
    expect(text).not.toContain('Value="12200"')
  })
})
