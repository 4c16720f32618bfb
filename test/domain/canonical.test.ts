import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../domain/canonical.ts'
import { changedFields, changeOf } from '../../domain/record-changes.ts'
import type { TranslatedRecord } from '../../contracts/hub.ts'

/** The same value with the fields of each object in another order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, reversed(field)]),
  )
}

describe('canonical JSON', () => {
  it('says the same of the same content, and is the JSON of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('has all keys in their order, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }), (keys) => {
        const fields = new Map(keys.map((key) => [key, true]))
        const sorted = keys.toSorted().map((key) => `${JSON.stringify(key)}:true`)
        expect(canonicalJson(Object.fromEntries(fields))).toBe(`{${sorted.join(',')}}`)
      }),
    )
  })

  it('is the same beyond the names that it keeps', () => {
    const names = Array.from({ length: 10_050 }, (_, index) => `n${String(index).padStart(5, '0')}`)
    const made = Object.fromEntries(names.toReversed().map((name) => [name, 1]))
    expect(canonicalJson(made)).toBe(`{${names.map((name) => `"${name}":1`).join(',')}}`)
  })

  it.each([
    [{ b: 1, a: [{ d: 'x', c: null }] }, '{"a":[{"c":null,"d":"x"}],"b":1}'],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [{ '10': 1, '9': 2, '"': '\u2028' }, '{"\\"":"\u2028","10":1,"9":2}'],
    [undefined, 'null'],
    ['a "b"', '"a \\"b\\""'],
  ])('of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text))
})

describe('how the feed names a change', () => {
  it.each([
    [null, 'active', ['sku'], 'created'],
    ['active', 'active', ['related', 'pending'], 'linked'],
    ['active', 'active', ['related', 'sku'], 'updated'],
    ['active', 'retired', ['sku'], 'retired'],
    ['active', 'withheld', ['sku'], 'withheld'],
    ['retired', 'active', ['sku'], 'updated'],
  ] as const)('from %s to %s with %j', (before, after, fields, change) => {
    expect(changeOf(before, after, [...fields])).toBe(change)
  })
})

describe('what changed of a record', () => {
  // What the comparison looks at; the other fields of a record say nothing here.
  const record = {
    kind: 'product',
    sku: 'A',
    name: { en_US: 'A' },
    attributes: { weight: { type: 'number', value: '1' }, gone: { type: 'text', value: 'x' } },
    related: [],
  } as unknown as TranslatedRecord
  const changed = (before: object | null, after: object) =>
    changedFields(before === null ? null : { ...record, ...before }, {
      ...record,
      ...after,
    })

  it.each<[string, object | null, object, string[]]>([
    ['everything of a new one', null, {}, ['attributes.gone', 'attributes.weight', 'name', 'related', 'sku']],
    ['nothing of the same', {}, { name: { en_US: 'A' } }, []],
    ['a text', {}, { name: { en_US: 'B' } }, ['name']],
    ['an emptied field', {}, { name: undefined }, ['name']],
    ['null and absent alike', { brand: null }, {}, []],
    ['a word that looks like a number', { taxClass: '1' }, { taxClass: 1 }, ['taxClass']],
    [
      'an attribute that is gone',
      {},
      { attributes: { weight: { value: '1', type: 'number' } } },
      ['attributes.gone'],
    ],
  ])('names %s', (_, before, after, fields) => expect(changed(before, after)).toEqual(fields))
})
