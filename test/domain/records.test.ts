import { describe, expect, it } from 'vitest'
import { entryFor, storedRecord } from '../../domain/records.ts'

const entry = (data: unknown, locale: string | null = null, channel: string | null = null) => ({
  locale,
  channel,
  data,
})
const file = (code: string) => ({ ...entry(code), _links: { download: { href: 'https://…' } } })

describe('what is kept of a record', () => {
  it('are its labels and its files, and nothing that products do not show', () =>
    expect(
      storedRecord({
        code: 'front',
        values: {
          label: [entry('Front', 'en_US'), entry('', 'fr_FR'), entry(null, 'de_DE')],
          media: [file('a/b_front.png')],
          thumbnail: [file('a/c_small.png')],
          film: [entry('https://films.example.com/1')],
          note: [entry('by night')],
        },
      }),
    ).toEqual({
      code: 'front',
      labels: [{ locale: 'en_US', channel: null, text: 'Front' }],
      files: {
        media: [{ locale: null, channel: null, code: 'a/b_front.png' }],
        thumbnail: [{ locale: null, channel: null, code: 'a/c_small.png' }],
      },
    }))

  it('is the same however Akeneo orders its values', () => {
    const values = { b: [file('2')], a: [file('1')] }
    expect(JSON.stringify(storedRecord({ code: 'x', values }))).toBe(
      JSON.stringify(storedRecord({ code: 'x', values: { a: values.a, b: values.b } })),
    )
  })
})

describe('the entry for a channel and a chain of locales', () => {
  const entries = [
    entry('print', 'en_US', 'print'),
    entry('english', 'en_US', 'shop'),
    entry('french', 'fr_FR'),
    entry('all'),
  ]
  it.each([
    ['its own locale first', 'shop', ['fr_FR', 'en_US'], 'french'],
    ['then its fallbacks', 'shop', ['de_DE', 'en_US'], 'english'],
    ['of its channel', 'print', ['en_US'], 'print'],
    ['else what is for all locales', 'shop', ['de_DE'], 'all'],
  ])('is %s', (_, channel, chain, expected) => expect(entryFor(entries, channel, chain)?.data).toBe(expected))

  it('is none where nothing is for it', () =>
    expect(entryFor([entry('french', 'fr_FR')], 'shop', ['en_US'])).toBeUndefined())
})
