import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cell, CellResult } from '../../../domain/enrichment/convert/cell.ts'
import { buildLines, lineOf, type WrittenValue } from '../../../domain/enrichment/lines/build-lines.ts'
import { sharedCells } from '../../../domain/enrichment/lines/model-cells.ts'
import { type Owner, ownerOf } from '../../../domain/enrichment/lines/owner.ts'

/** As Akeneo's demo catalogue has it. */
const clothing = {
  variant_attribute_sets: [
    {
      level: 1,
      axes: ['color'],
      attributes: ['variation_name', 'variation_image', 'composition', 'color', 'material'],
    },
    { level: 2, axes: ['size'], attributes: ['sku', 'weight', 'size', 'ean'] },
  ],
}
const oneLevel = {
  variant_attribute_sets: [{ level: 1, axes: ['size'], attributes: ['sku', 'weight', 'size', 'ean'] }],
}

describe('the record that owns a value', () => {
  const twoLevels = { key: 'sku-1', models: ['apollon', 'apollon_blue'], variant: clothing }
  it.each([
    ['name', { kind: 'product-model', key: 'apollon' }],
    ['variation_name', { kind: 'product-model', key: 'apollon_blue' }],
    ['VARIATION_IMAGE', { kind: 'product-model', key: 'apollon_blue' }],
    ['weight', { kind: 'product', key: 'sku-1' }],
    ['color', null],
    ['size', null],
  ])('%s', (attribute, owner) => {
    expect(ownerOf(attribute, twoLevels)).toEqual(owner)
  })

  it('is the model, or the variant, where there is one level; the product where there is none', () => {
    const product = { key: 'sku-1', models: ['apollon'], variant: oneLevel }
    expect(ownerOf('name', product)).toEqual({ kind: 'product-model', key: 'apollon' })
    expect(ownerOf('weight', product)).toEqual({ kind: 'product', key: 'sku-1' })
    expect(ownerOf('name', { key: 'sku-1', models: [], variant: null })).toEqual({
      kind: 'product',
      key: 'sku-1',
    })
  })
})

describe('a model gets from its variants', () => {
  const cell = (result: CellResult): Cell => ({ attribute: 'name', locale: null, scope: null, result })
  const says = (data: string) => cell({ kind: 'value', data, from: 'title', language: 'EN' })
  const nothing = cell({ kind: 'absent' })
  const same = (_attribute: string, a: unknown, b: unknown) =>
    String(a).toLowerCase() === String(b).toLowerCase()
  const shared = (cells: Cell[], disagree: 'skip' | 'first' = 'skip') =>
    sharedCells(
      cells.map((one, index) => ({ variant: `v${index}`, cells: [one] })),
      same,
      disagree,
    ).map(({ cell: { result }, disagreeing }) => [
      result.kind === 'value' ? result.data : result.kind === 'problem' ? result.code : 'absent',
      disagreeing,
    ])

  it('what all agree on', () => {
    expect(shared([says('Fell'), says('FELL'), nothing])).toEqual([['Fell', []]])
  })

  it('nothing, or the first one’s, where they differ', () => {
    expect(shared([says('Fell'), says('Moor')])).toEqual([['variants-disagree', ['v1']]])
    expect(shared([says('Fell'), says('Moor')], 'first')).toEqual([['Fell', ['v1']]])
  })

  it('a withdrawal only when all have lost it', () => {
    expect(shared([nothing, nothing])).toEqual([['absent', []]])
  })

  it('nothing while one of them cannot be converted', () => {
    expect(shared([says('Fell'), cell({ kind: 'problem', code: 'too-long', message: '' })])).toEqual([
      ['too-long', []],
    ])
  })
})

describe('lines', () => {
  const product = (key: string): Owner => ({ kind: 'product', key })
  const model = (key: string): Owner => ({ kind: 'product-model', key })
  const value = (attribute: string, data: unknown = 'x', locale: string | null = null): WrittenValue => ({
    attribute,
    locale,
    scope: null,
    data,
  })

  it('are Akeneo’s, with only what is written; null clears', () => {
    expect(
      lineOf(
        product('u-1'),
        [value('name'), value('text', 'a', 'en_US'), value('text', null, 'de_DE')],
        'uuid',
      ).json,
    ).toBe(
      '{"uuid":"u-1","values":{"name":[{"locale":null,"scope":null,"data":"x"}],"text":[{"locale":"en_US","scope":null,"data":"a"},{"locale":"de_DE","scope":null,"data":null}]}}',
    )
    expect(lineOf(model('m'), [value('name')], 'uuid').json).toContain('{"code":"m"')
    expect(lineOf(product('sku'), [value('name')], 'identifier').json).toContain('{"identifier":"sku"')
  })

  it('go models first, 100 a batch, one record once, in an order that does not depend on how they came', () => {
    const writes = [
      ...Array.from({ length: 230 }, (_, index) => ({
        owner: product(`p${String(index).padStart(3, '0')}`),
        values: [value('name')],
      })),
      { owner: model('m1'), values: [value('name')] },
      { owner: product('p000'), values: [value('weight')] },
      { owner: product('none'), values: [] },
    ]
    const { batches } = buildLines(writes, 'uuid')
    expect(batches.map(({ kind, lines }) => [kind, lines.length])).toEqual([
      ['product-model', 1],
      ['product', 100],
      ['product', 100],
      ['product', 30],
    ])
    expect(batches[1]?.lines[0]?.values.map(({ attribute }) => attribute)).toEqual(['name', 'weight'])
    expect(buildLines(writes.toReversed(), 'uuid')).toEqual(buildLines(writes, 'uuid'))
  })

  it('of 1,000,000 bytes at most: a longer one goes on in a later batch, a value that fits nowhere is named', () => {
    const long = 'ü'.repeat(300_000)
    const writes = [
      {
        owner: product('a'),
        values: [value('t1', long), value('t2', long), value('t3', 'x'.repeat(1_000_000)), value('t4')],
      },
      { owner: product('b'), values: [value('t1')] },
    ]
    const { batches, tooLarge } = buildLines(writes, 'uuid')
    expect(
      batches.map(({ lines }) =>
        lines.map(({ owner, values }) => [owner.key, values.map(({ attribute }) => attribute)]),
      ),
    ).toEqual([
      [
        ['a', ['t1']],
        ['b', ['t1']],
      ],
      [['a', ['t2', 't4']]],
    ])
    expect(tooLarge.map(({ value: { attribute } }) => attribute)).toEqual(['t3'])
  })

  it('lose nothing, name no record twice in a batch and keep to the limits, whatever is written', () => {
    const write = fc.record({
      owner: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd').map(product), fc.constantFrom('a', 'm').map(model)),
      values: fc.array(
        fc.record({
          attribute: fc.constantFrom('t1', 't2', 't3'),
          locale: fc.constantFrom(null, 'en_US'),
          scope: fc.constantFrom(null, 'print'),
          data: fc.string({ maxLength: 40 }),
        }),
        { maxLength: 6 },
      ),
    })
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
        const { batches, tooLarge } = buildLines(writes, 'uuid', { lines: 3, bytes: 200 })
        const place = (owner: Owner, { attribute, locale, scope }: WrittenValue) =>
          [owner.kind, owner.key, attribute, locale, scope].join(' ')
        const expected = new Map(
          writes.flatMap(({ owner, values }) => values.map((one) => [place(owner, one), one.data])),
        )
        const sent = batches.flatMap(({ lines }) =>
          lines.flatMap(({ owner, values }) => values.map((one) => [place(owner, one), one.data] as const)),
        )
        const refused = tooLarge.map(({ owner, value: one }) => [place(owner, one), one.data] as const)
        expect(new Map([...sent, ...refused])).toEqual(expected)
        expect(sent.length + refused.length).toBe(expected.size)
        for (const { lines } of batches) {
          expect(lines.length).toBeLessThanOrEqual(3)
          expect(new Set(lines.map(({ owner }) => owner.key)).size).toBe(lines.length)
          for (const { json } of lines) expect(Buffer.byteLength(json)).toBeLessThanOrEqual(200)
        }
      }),
    )
  })
})
