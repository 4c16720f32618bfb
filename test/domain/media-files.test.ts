import { describe, expect, it } from 'vitest'
import { type FileFacts, fileKey, filesIn, withFacts } from '../../domain/media-files.ts'
import { productRecord } from '../support/published.ts'

const record = {
  ...productRecord('A'),
  media: [
    { role: 'main', code: 'a/1_a.jpg', fileName: 'a.jpg' },
    { role: 'gallery', code: 'b/2_b.jpg', fileName: 'b.jpg' },
    { role: 'gallery', code: 'a/1_a.jpg', fileName: 'a.jpg' },
    { role: 'gallery', code: 'c/3_c.jpg', fileName: 'c.jpg' },
  ],
}
const facts = (code: string, more: Partial<FileFacts>): FileFacts => ({
  origin: 'media-files',
  code,
  sha256: null,
  size: null,
  mimeType: null,
  reason: null,
  message: null,
  ...more,
})
const known = (...all: FileFacts[]) => new Map(all.map((one) => [fileKey(one), one]))

describe('files of a record', () => {
  it('are each named once', () =>
    expect(filesIn(record).map(({ code }) => code)).toEqual(['a/1_a.jpg', 'b/2_b.jpg', 'c/3_c.jpg']))

  it('show what is known of them, in their order, without those that cannot be had', () => {
    const content = { sha256: '9c1f', size: 88123, mimeType: 'image/jpeg' }
    const gone = facts('b/2_b.jpg', { reason: 'media-missing' })
    const shown = withFacts(record, known(facts('a/1_a.jpg', content), gone))
    expect(shown.missing).toEqual([gone])
    expect(shown.record).toMatchObject({
      media: [
        { role: 'main', code: 'a/1_a.jpg', fileName: 'a.jpg', ...content },
        { role: 'gallery', code: 'a/1_a.jpg', ...content },
        { role: 'gallery', code: 'c/3_c.jpg', fileName: 'c.jpg' },
      ],
    })
  })

  const category = {
    kind: 'category' as const,
    status: 'active' as const,
    source: record.source,
    code: 'lamps',
    parent: null,
    path: [],
    position: 1,
    labels: {},
  }

  it('of a category come from a place of their own, and leave no empty list behind', () => {
    const image = { role: 'banner', code: 'a/1_a.jpg', fileName: 'a.jpg' }
    const origin = 'category-media-files' as const
    const shown = { ...category, media: [image] }
    expect(filesIn(shown)).toMatchObject([{ origin, code: 'a/1_a.jpg' }])
    const content = { sha256: '9c1f', size: 88123, mimeType: 'image/jpeg' }
    // A product's file of the same name is another one.
    const product = facts('a/1_a.jpg', { reason: 'media-missing' })
    const found = withFacts(shown, known(product, facts('a/1_a.jpg', { origin, ...content })))
    expect(found).toEqual({ record: { ...category, media: [{ ...image, ...content }] }, missing: [] })
    const gone = facts('a/1_a.jpg', { origin, reason: 'media-missing' })
    expect(withFacts(shown, known(gone))).toEqual({ record: category, missing: [gone] })
  })

  it('of records that a value links show the same, each from its own place', () => {
    const image = { code: 'a/1_a.jpg', fileName: 'a.jpg' }
    const linked = {
      ...productRecord('A'),
      attributes: {
        note: { type: 'text' as const, value: 'n' },
        photos: {
          type: 'assets' as const,
          value: ['front', 'plain'],
          records: [
            { code: 'front', labels: {}, image },
            { code: 'plain', labels: {} },
          ],
        },
        designer: { type: 'entity' as const, value: 'anna', records: [{ code: 'anna', labels: {}, image }] },
      },
    }
    expect(filesIn(linked).map(({ origin }) => origin)).toEqual([
      'asset-media-files',
      'reference-entities-media-files',
    ])
    const asset = facts('a/1_a.jpg', { origin: 'asset-media-files', sha256: '9c1f' })
    const gone = facts('a/1_a.jpg', { origin: 'reference-entities-media-files', reason: 'media-missing' })
    const found = withFacts(linked, known(asset, gone))
    expect(found.missing).toEqual([gone])
    expect(found.record).toMatchObject({
      attributes: {
        note: { value: 'n' },
        photos: {
          records: [
            { code: 'front', image: { ...image, sha256: '9c1f' } },
            { code: 'plain', labels: {} },
          ],
        },
        designer: { value: 'anna', records: [{ code: 'anna', labels: {} }] },
      },
    })
    const designer = 'attributes' in found.record ? found.record.attributes['designer'] : undefined
    expect(designer?.records?.[0]).not.toHaveProperty('image')
  })

  it('of a picture whose kind and size are not known show its content all the same', () => {
    const { record: shown } = withFacts(record, known(facts('a/1_a.jpg', { sha256: '9c1f' })))
    expect('media' in shown ? shown.media?.[0] : undefined).toEqual({
      role: 'main',
      code: 'a/1_a.jpg',
      fileName: 'a.jpg',
      sha256: '9c1f',
    })
  })

  it('are none of an attribute', () => {
    const attribute = {
      kind: 'attribute' as const,
      status: 'active' as const,
      source: record.source,
      code: 'note',
      type: 'pim_catalog_text',
      labels: {},
    }
    expect(filesIn(attribute)).toEqual([])
    expect(withFacts(attribute, known()).record).toBe(attribute)
  })

  it('are nothing that a category without images has', () => {
    expect(filesIn(category)).toEqual([])
    expect(withFacts(category, known()).record).toBe(category)
  })
})
