import { describe, expect, it } from 'vitest'
import { fileNameOf } from '../../../domain/enrichment/file-name.ts'
import { standing } from '../../../domain/enrichment/lines/overtaken.ts'
import { splitRefusal } from '../../../domain/enrichment/lines/refusal.ts'

const value = (attribute: string, locale: string | null = null, data: unknown = 'x') => ({
  attribute,
  locale,
  scope: null,
  data,
})
const [name, english, german] = [value('name'), value('care_note', 'en_US'), value('care_note', 'de_DE')]
const split = (errors: Parameters<typeof splitRefusal>[1]['errors'], message = 'Validation failed.') => {
  const found = splitRefusal([name, english, german], { message, errors })
  return found.kind === 'whole' ? found.message : found.refused.map(({ value: one }) => one)
}

describe('a refusal', () => {
  it.each([
    ['names the attribute', split([{ attribute: 'name', message: 'Too long' }]), [name]],
    ['in any letter case', split([{ attribute: 'NAME', message: 'Too long' }]), [name]],
    [
      'names one place of an attribute',
      split([{ attribute: 'care_note', locale: 'de_DE', scope: null, message: 'No' }]),
      [german],
    ],
    [
      'of no place that was sent blames the attribute',
      split([{ attribute: 'care_note', message: 'No' }]),
      [english, german],
    ],
    [
      'names a property, as older versions do',
      split([{ property: 'values[name-<all_channels>-<all_locales>]', message: 'No' }]),
      [name],
    ],
    [
      'has no list, and names the attribute in quotes',
      split([], 'Property "name" expects a string as data.'),
      [name],
    ],
    [
      'has no list, and names it in its sentence',
      split([], 'The name attribute does not exist in your PIM.'),
      [name],
    ],
    [
      'is about something else in the record',
      split([{ attribute: 'weight', message: 'No unit' }]),
      'weight: No unit',
    ],
    [
      'is about both: leaving values out would not help',
      split([
        { attribute: 'name', message: 'Too long' },
        { property: 'family', message: 'Gone' },
      ]),
      'name: Too long family: Gone',
    ],
    ['is about no attribute that it names', split([{ message: 'No right' }]), 'No right'],
    [
      'is about a right',
      split([], 'You only have a view right on this record.'),
      'You only have a view right on this record.',
    ],
  ])('%s', (_what, found, expected) => expect(found).toEqual(expected))
})

describe('what stands where a value is to go', () => {
  const same = (_attribute: string, a: unknown, b: unknown) => (a ?? null) === (b ?? null)
  const standingOf = (shown: unknown, base: unknown = 'before') =>
    standing(
      [{ ...value('name', null, 'after'), base }],
      { name: [{ locale: null, scope: null, data: shown }] },
      same,
    )

  it.each([
    ['as it was', standingOf('before'), 'open'],
    ['as it is to be', standingOf('after'), 'done'],
    ['something else', standingOf('mine'), 'overtaken'],
    ['nothing any more', standingOf(undefined), 'overtaken'],
    ['nothing still', standingOf(undefined, null), 'open'],
  ])('%s', (_what, found, expected) => expect(found).toBe(expected))
})

describe('the name of a file', () => {
  it.each([
    ['https://images.icecat.biz/img/gallery/123_high.jpg', 'image/jpeg', '123_high.jpg'],
    ['https://images.icecat.biz/x/1234', 'image/png', '1234.png'],
    ['https://images.icecat.biz/x/manual%20f%C3%BCr%2F..%2Fx.pdf', 'application/pdf', 'manual_für_.._x.pdf'],
    ['https://images.icecat.biz/', 'application/pdf', 'file.pdf'],
    ['https://images.icecat.biz/%ZZ.jpg', 'image/jpeg', '_ZZ.jpg'],
  ])('%s', (url, type, expected) => expect(fileNameOf({ url }, type)).toBe(expected))
})
