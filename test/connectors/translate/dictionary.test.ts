import { describe, expect, it } from 'vitest'
import { translateAttribute, translateCategory } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, ecommerce, lamps } from './lamps.ts'

function attributeRecord(code: string) {
  const source = lamps.attributes.get(code)
  if (!source) throw new Error(`lamps have no ${code}`)
  return accepted(translateAttribute(source, lamps, ecommerce)).record
}

describe('a dictionary entry', () => {
  it("has labels in the output's locales only", () => {
    expect(attributeRecord('name')).toEqual({
      kind: 'attribute',
      status: 'active',
      source: { uuid: null, code: 'name', updated: '', mapping: 'default@1' },
      code: 'name',
      type: 'text',
      labels: { en_US: 'Name' },
    })
  })

  it('lists options in their order, counted from 1', () => {
    expect(attributeRecord('color')).toMatchObject({
      type: 'option',
      options: [
        { code: 'red', labels: { en_US: 'RED' }, position: 1 },
        { code: 'blue', labels: { en_US: 'BLUE' }, position: 2 },
        { code: 'white', labels: { en_US: 'WHITE' }, position: 3 },
      ],
    })
  })

  it('names the unit family of a measure', () => {
    expect(attributeRecord('weight')).toMatchObject({ type: 'measure', unitFamily: 'Weight' })
    expect(attributeRecord('note')).not.toHaveProperty('unitFamily')
    expect(attributeRecord('note')).not.toHaveProperty('options')
  })

  it.each([
    ['picture', 'file'],
    ['erp_number', 'identifier'],
    ['case_price', 'prices'],
    ['hologram', 'acme_hologram'],
  ])('of %s has the type %s', (code, type) => {
    expect(attributeRecord(code)).toMatchObject({ type })
  })
})

describe('a category', () => {
  const source = {
    code: 'desk',
    parent: 'LAMPS',
    updated: '2026-11-20T08:15:30+00:00',
    labels: { en_US: 'Desk', fr_FR: '', it_IT: 'Scrivania' },
  }

  it('has its place, the parent as that writes its own code, and labels of the output', () => {
    const place = { path: ['master', 'lamps'], position: 3 }
    expect(accepted(translateCategory(source, place, ecommerce)).record).toEqual({
      kind: 'category',
      status: 'active',
      source: { uuid: null, code: 'desk', updated: '2026-11-20T08:15:30Z', mapping: 'default@1' },
      code: 'desk',
      parent: 'lamps',
      path: ['master', 'lamps'],
      position: 3,
      labels: { en_US: 'Desk' },
    })
  })

  it('without parent is the root of a tree', () => {
    const root = accepted(
      translateCategory({ ...source, parent: null }, { path: [], position: 1 }, ecommerce),
    ).record
    expect(root).toMatchObject({ parent: null, path: [] })
  })

  const uuid = '8587cda6-58c8-47fa-9278-033e1d8c735c'
  const value = (attribute: string, locale: string | null, data: unknown, more: object = {}) => ({
    type: 'image',
    channel: null,
    locale,
    data,
    attribute_code: `${attribute}|${uuid}`,
    ...more,
  })
  const image = (name: string) => ({
    size: 9,
    extension: 'png',
    file_path: `8/7/d/3/87d35_${name}`,
    mime_type: 'image/png',
    original_filename: name,
  })
  const withValues = (...values: object[]) =>
    accepted(
      translateCategory(
        { ...source, values: Object.fromEntries(values.map((one, index) => [`key ${index}`, one])) },
        { path: ['master'], position: 1 },
        ecommerce,
      ),
    )
  const file = (role: string, fileName: string) => ({ role, code: `8/7/d/3/87d35_${fileName}`, fileName })

  it('shows its images by attribute, in the channel and locales of the output, each file once', () => {
    const { record, warnings } = withValues(
      value('url_slug', null, 'desks', { type: 'text' }),
      value('thumbnail', null, image('small.png')),
      value('banner', 'fr_FR', image('bureaux.png')),
      value('banner', 'it_IT', image('scrivanie.png')),
      value('banner', 'en_US', image('desks.png')),
      value('hero', null, image('paper.png'), { channel: 'print' }),
      value('hero', null, image('screen.png'), { channel: 'ecommerce' }),
      value('seal', 'en_US', image('seal.png')),
      value('seal', 'fr_FR', image('seal.png')),
      value('old', null, null),
      // Of older builds: no type, no channel, and a list of attributes beside the values.
      { locale: null, data: image('wide.png'), attribute_code: `wide|${uuid}` },
      { locale: 'en_US', data: 'Desks', attribute_code: `title|${uuid}` },
      [`title|${uuid}`, `wide|${uuid}`],
    )
    expect(record).toMatchObject({
      media: [
        file('banner', 'desks.png'),
        file('banner', 'bureaux.png'),
        file('hero', 'screen.png'),
        file('seal', 'seal.png'),
        file('thumbnail', 'small.png'),
        file('wide', 'wide.png'),
      ],
    })
    expect(warnings).toEqual([])
  })

  it('goes out without an image that names no file, and this is said', () => {
    const { record, warnings } = withValues(
      value('banner', null, { size: 9 }),
      value('seal', null, { file_path: '1/2/3/4/12345_seal.png' }),
    )
    expect(record).toMatchObject({
      media: [{ role: 'seal', code: '1/2/3/4/12345_seal.png', fileName: 'seal.png' }],
    })
    expect(warnings).toMatchObject([{ code: 'media-unreadable', text: 'the image banner names no file' }])
    expect(withValues().record).not.toHaveProperty('media')
  })
})
