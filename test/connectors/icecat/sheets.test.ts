import { describe, expect, it } from 'vitest'
import { mergeSheets } from '../../../domain/enrichment/sheet.ts'
import { byGtin, byId, clientOf, found, icecat, openAccount } from './helpers.ts'

describe('sheets', () => {
  it('are the same by JSON and by XML', async () => {
    const client = clientOf(await icecat())
    for (const language of ['EN', 'DE']) {
      const json = found(await client.sheet(byId('900000123'), language))
      const xml = found(await client.sheetByXml(byId('900000123'), language))
      const alike = ({ features, title, name, quality, description, ...rest }: typeof json) => ({
        ...rest,
        title: title[language],
        name: name[language],
        // JSON alone tells types, and orders features by group; XML alone has short descriptions and a quality.
        features: features
          .map((feature) => ({ ...feature, type: null }))
          .toSorted((a, b) => Number(a.id) - Number(b.id)),
        description: { ...description, short: {} },
        hasQuality: quality !== null,
      })
      expect(alike(xml)).toEqual({ ...alike(json), hasQuality: true })
    }
  })

  it('in all languages by one XML call are those of one call each', async () => {
    const client = clientOf(await icecat())
    const each = mergeSheets(
      await Promise.all(
        ['EN', 'DE', 'FR'].map(async (one) => found(await client.sheetByXml(byId('900000123'), one))),
      ),
    )
    const whole = found(await client.sheetByXml(byId('900000123'), 'INT'))
    const texts = ({ title, name, summary, description, bullets, features, category }: typeof whole) => ({
      title: { EN: title['EN'], DE: title['DE'], FR: title['FR'] },
      name: { EN: name['EN'], DE: name['DE'], FR: name['FR'] },
      summary,
      description,
      bullets,
      features,
      names: { EN: category?.names['EN'], DE: category?.names['DE'], FR: category?.names['FR'] },
    })
    expect(texts(whole)).toEqual(texts(each ?? whole))
  })

  it('stand under the language they are in, not the one that was asked for', async () => {
    const client = clientOf(await icecat())
    const sheet = found(await client.sheet(byId('900000125'), 'DE'))
    expect(sheet.title).toEqual({
      INT: 'Northlamp Northlamp Desk Light 9 black',
      EN: 'Northlamp Northlamp Desk Light 9 black',
    })
    expect(Object.keys(sheet.summary.short)).toEqual(['EN'])
    // Values are translated word by word, though the product has no German text.
    expect(sheet.features.find(({ id }) => id === '1766')?.shown).toEqual({
      DE: { value: 'Salbei', sign: '', text: 'Salbei' },
    })
  })

  it('keep no file whose address cannot be read', async () => {
    const simulator = await icecat()
    simulator.edit({ id: '900000123', pictures: { 0: { url: 'http://[broken' } } })
    const client = clientOf(simulator)
    for (const sheet of [
      await client.sheet(byId('900000123'), 'EN'),
      await client.sheetByXml(byId('900000123'), 'EN'),
    ]) {
      expect(found(sheet).images).toHaveLength(3)
    }
  })

  it('are read whatever type scalars have, with lists for objects and blocks left out', async () => {
    const client = clientOf(await icecat())
    const odd = found(await client.sheet(byId('900000124'), 'EN'))
    expect(odd.bullets).toEqual({})
    expect(odd.features.find(({ id }) => id === '94')).toMatchObject({
      value: '724',
      measure: { id: '38', sign: 'g' },
    })
    expect(found(await client.sheet(byId('900000125'), 'EN')).gtins).toEqual(['2000000123486'])
    expect(found(await client.sheet(byId('900000127'), 'EN'))).toMatchObject({
      gtins: ['2000000123516'],
      code: 'NL-AC/DC 1',
    })
    expect(found(await client.sheet(byId('900000318'), 'EN'))).toMatchObject({
      images: [],
      documents: [],
      gtins: [],
    })
    expect(found(await client.sheet(byId('900000307'), 'EN')).reasons).toEqual({
      EN: [{ title: 'Made by hand', text: 'In one piece.' }],
    })
  })

  it('are found by brands and codes with signs that URLs give another meaning', async () => {
    const client = clientOf(await icecat())
    for (const [brand, code] of [
      ['Lumera & Söhne', 'L&S #2'],
      ['C# Labs', 'C#-1'],
      ['Zero+', 'Z+1'],
      ['Northlamp', 'NL-AC/DC 1'],
      ['Lumera', 'L&S 100%'],
    ] as const) {
      expect(found(await client.sheet({ by: 'code', brand, code }, 'EN')).code).toBe(code)
      expect(found(await client.sheetByXml({ by: 'code', brand, code }, 'EN')).code).toBe(code)
    }
  })

  it('turn Icecat’s written line breaks into real ones', async () => {
    const client = clientOf(await icecat())
    const sheet = found(await client.sheet(byGtin('2000000123462'), 'EN'))
    expect(sheet.description.long['EN']).toContain('desk.\n\n- Adjustable arm\n- USB-C & no flicker')
  })

  it('name the product that took another’s place', async () => {
    const client = clientOf(await icecat())
    expect(found(await client.sheetByXml(byId('900000310'), 'EN')).replacedBy).toBe('900000308')
  })

  it('are restricted for an Open account beyond its sponsors, and after a downgrade', async () => {
    const simulator = await icecat()
    expect(await clientOf(simulator, openAccount).sheet(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
    expect(found(await clientOf(simulator, openAccount).sheet(byId('900000123'), 'EN')).brand).toBe(
      'Northlamp',
    )
    simulator.subscribe('full-shop', 'open')
    expect(await clientOf(simulator).sheet(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
    expect(await clientOf(simulator).sheetByXml(byId('900000140'), 'EN')).toMatchObject({
      verdict: { code: 'full-only' },
    })
  })
})
