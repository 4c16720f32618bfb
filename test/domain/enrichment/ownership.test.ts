import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CellData, CellResult } from '../../../domain/enrichment/convert/cell.ts'
import type { OwnershipPolicy } from '../../../domain/enrichment/mapping/document.ts'
import { canonicalHtml } from '../../../domain/enrichment/ownership/canonical-html.ts'
import { echoOf, judge, type LedgerValue } from '../../../domain/enrichment/ownership/judge.ts'
import {
  type ComparedAttribute,
  isEmptyValue,
  sameValue,
} from '../../../domain/enrichment/ownership/same-value.ts'
import { unitFamilies } from './target.ts'

const text: ComparedAttribute = { type: 'pim_catalog_text' }
const editor: ComparedAttribute = { type: 'pim_catalog_textarea', wysiwyg_enabled: true }
const number: ComparedAttribute = { type: 'pim_catalog_number' }
const weight: ComparedAttribute = { type: 'pim_catalog_metric', metric_family: 'Weight' }
const temperature: ComparedAttribute = { type: 'pim_catalog_metric', metric_family: 'Temperature' }
const list: ComparedAttribute = { type: 'pim_catalog_multiselect' }
const price: ComparedAttribute = { type: 'pim_catalog_price_collection' }

const same = (attribute: ComparedAttribute) => (a: unknown, b: unknown) =>
  sameValue(attribute, a, b, unitFamilies)

describe('values mean the same', () => {
  it.each([
    [weight, { amount: '2.5000', unit: 'KILOGRAM' }, { amount: 2500, unit: 'GRAM' }, true],
    [weight, { amount: '2.5', unit: 'KILOGRAM' }, { amount: '2.5', unit: 'GRAM' }, false],
    [weight, { amount: '2', unit: 'STONES' }, { amount: '2.0', unit: 'STONES' }, true],
    [temperature, { amount: '0', unit: 'CELSIUS' }, { amount: '273.15', unit: 'KELVIN' }, true],
    [temperature, { amount: '32', unit: 'FAHRENHEIT' }, { amount: '0', unit: 'CELSIUS' }, true],
    [number, '800.0000', 800, true],
    [number, '1e2', '100', true],
    [number, '0.1', '0.10000001', false],
    [list, ['a', 'B'], ['b', 'A', 'a'], true],
    [list, ['a'], ['a', 'b'], false],
    [{ type: 'pim_catalog_simpleselect' }, 'Red', 'red', true],
    [
      price,
      [
        { amount: '10.00', currency: 'EUR' },
        { amount: null, currency: 'USD' },
      ],
      [{ amount: 10, currency: 'EUR' }],
      true,
    ],
    [price, [{ amount: '10', currency: 'EUR' }], [{ amount: '10', currency: 'USD' }], false],
    [{ type: 'pim_catalog_date' }, '2025-02-14T00:00:00+00:00', '2025-02-14', true],
    [{ type: 'pim_catalog_boolean' }, true, '1', true],
    [{ type: 'pim_catalog_boolean' }, false, true, false],
    [{ type: 'pim_catalog_textarea' }, 'a\r\nb', 'a\nb', true],
    [text, 'a', 'a ', false],
    [text, '', null, true],
    [
      editor,
      '<P class="x" id=y>Warm &amp; light<br/></P>',
      "<p id='y' class='x'>\n Warm &#38; light<br /></p>",
      true,
    ],
    [editor, '<p>a</p>', '<p>b</p>', false],
    [editor, 'a<br></br>b', 'a<br>b', true],
    [editor, 'caf&#xe9; &hellip;', 'café &hellip;', true],
    [editor, '&#0;', '&#xD800;', false],
    [editor, '<a disabled href=x>y</a>', '<a href="x" DISABLED>y</a>', true],
    [{ type: 'pim_catalog_date' }, 'soon', '2025-02-14', false],
    [{ type: 'pim_catalog_metric' }, { amount: '2', unit: 'GRAM' }, { amount: '2.0', unit: 'GRAM' }, true],
    [weight, { amount: 'two', unit: 'GRAM' }, { amount: '2', unit: 'GRAM' }, false],
    [price, [{ amount: 'ask', currency: 'EUR' }], [{ amount: '10', currency: 'EUR' }], false],
    [editor, 'a &lt;b&gt; c', 'a <b> c', false],
  ] as const)('%j %j %j: %s', (attribute, a, b, expected) => {
    expect(same(attribute)(a, b)).toBe(expected)
    expect(same(attribute)(b, a)).toBe(expected)
  })

  it('whatever unit an amount is written in', () => {
    const grams = fc.integer({ min: 1, max: 10_000_000 })
    fc.assert(
      fc.property(grams, grams, (a, b) => {
        const inGrams = { amount: a, unit: 'GRAM' }
        const inKilograms = {
          amount: `${Math.floor(b / 1000)}.${String(b % 1000).padStart(3, '0')}`,
          unit: 'KILOGRAM',
        }
        expect(same(weight)(inGrams, inKilograms)).toBe(a === b)
      }),
    )
  })

  it('as an equivalence, for anything that Akeneo may show', () => {
    const value = fc.oneof(
      fc.constantFrom(null, '', [], true, false),
      fc.string({ maxLength: 4 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(fc.constantFrom('a', 'A', 'b'), { maxLength: 3 }),
      fc.record({
        amount: fc.constantFrom('1', '1.0', '1000', null),
        unit: fc.constantFrom('KILOGRAM', 'GRAM', 'X'),
      }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(text, editor, number, weight, list, price),
        value,
        value,
        value,
        (attribute, a, b, c) => {
          const equal = same(attribute)
          expect(equal(a, a)).toBe(true)
          expect(equal(a, b)).toBe(equal(b, a))
          if (equal(a, b) && equal(b, c)) expect(equal(a, c)).toBe(true)
        },
      ),
    )
  })

  it('in HTML that is brought to one form, which stays as it is', () => {
    const html = fc
      .array(
        fc.constantFrom(
          '<b>',
          '</b>',
          '<br/>',
          '<BR>',
          '<p class=x>',
          '</p>',
          ' ',
          '\n',
          'a',
          '&amp;',
          '&lt;',
          '<',
          '"',
          '&nbsp;',
        ),
        { maxLength: 12 },
      )
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(html, (one) => {
        expect(canonicalHtml(canonicalHtml(one))).toBe(canonicalHtml(one))
      }),
    )
  })
})

const careful: OwnershipPolicy = {
  empty: 'fill',
  same: 'adopt',
  foreign: 'keep',
  edited: 'keep',
  cleared: 'keep',
  withdrawn: 'keep',
}
const value = (data: CellData): CellResult => ({ kind: 'value', data, from: 'title', language: 'EN' })
const absent: CellResult = { kind: 'absent' }
const ours = (sent: CellData | null, echoed: unknown = sent): LedgerValue => ({ sent, echoed })

/** Case and action; a text attribute unless another is given. */
const judged = (
  wanted: CellResult,
  current: unknown,
  ledger: LedgerValue | null,
  policy: Partial<OwnershipPolicy> = {},
  attribute: ComparedAttribute = text,
  isReleased = false,
) => {
  const { case: kind, action } = judge({
    wanted,
    current,
    ledger,
    policy: { ...careful, ...policy },
    isReleased,
    same: same(attribute),
  })
  return `${kind ?? '-'} ${action}`
}

describe('the six cases', () => {
  it('empty: never ours, nothing there', () => {
    expect(judged(value('a'), null, null)).toBe('empty write')
    expect(judged(value('a'), '', null, { empty: 'keep' })).toBe('empty keep')
  })

  it('same: never ours, equal to what would be written', () => {
    expect(judged(value('a'), 'a', null)).toBe('same adopt')
    expect(
      judged(value({ amount: '2500', unit: 'GRAM' }), { amount: '2.5', unit: 'KILOGRAM' }, null, {}, weight),
    ).toBe('same adopt')
    expect(judged(value('a'), 'a', null, { same: 'keep' })).toBe('same keep')
  })

  it('foreign: never ours, different', () => {
    expect(judged(value('a'), 'b', null)).toBe('foreign keep')
    expect(judged(value('a'), 'b', null, { foreign: 'flag' })).toBe('foreign flag')
    expect(judged(value('a'), 'b', null, { foreign: 'overwrite' })).toBe('foreign write')
  })

  it('edited: ours, then changed by a person', () => {
    expect(judged(value('c'), 'b', ours('a'))).toBe('edited keep')
    expect(judged(value('c'), 'b', ours('a'), { edited: 'overwrite' })).toBe('edited write')
    expect(judged(absent, 'b', ours('a'), { edited: 'overwrite', withdrawn: 'clear' })).toBe('edited keep')
    // What a person typed is what would be written anyway.
    expect(judged(value('c'), 'c', ours('a'))).toBe('same adopt')
  })

  it('cleared: ours, then emptied by a person', () => {
    expect(judged(value('a'), null, ours('a'))).toBe('cleared keep')
    expect(judged(value('a'), null, ours('a'), { cleared: 'flag' })).toBe('cleared flag')
    expect(judged(value('a'), '', ours('a'), { cleared: 'overwrite' })).toBe('cleared write')
  })

  it('empty again: ours, and gone from Akeneo with its attribute or an option; what a person makes of the rest is theirs', () => {
    const colours = (remained?: unknown): LedgerValue => ({ ...ours(['a', 'b']), wasGone: true, remained })
    const wanted = value(['a', 'b'])
    expect(judged(wanted, null, colours(), {}, list)).toBe('empty write')
    expect(judged(wanted, ['a', 'b'], colours(), {}, list)).toBe('empty write')
    expect(judged(wanted, ['a'], colours(['a']), {}, list)).toBe('empty write')
    expect(judged(wanted, null, colours(['a']), {}, list)).toBe('cleared keep')
    expect(judged(wanted, ['c'], colours(['a']), {}, list)).toBe('edited keep')
  })

  it('withdrawn: ours, and Icecat no longer has it', () => {
    expect(judged(absent, 'a', ours('a'))).toBe('withdrawn keep')
    expect(judged(absent, 'a', ours('a'), { withdrawn: 'clear' })).toBe('withdrawn clear')
    expect(judged(absent, 'a', null, { withdrawn: 'clear' })).toBe('- none')
  })

  it('none of them: ours, untouched', () => {
    expect(judged(value('a'), 'a', ours('a'))).toBe('- none')
    expect(judged(value('b'), 'a', ours('a'))).toBe('- write')
  })

  it('a unit-only edit is none: the amount means the same', () => {
    const grams = { amount: '2500', unit: 'GRAM' }
    expect(judged(value(grams), { amount: '2.5000', unit: 'KILOGRAM' }, ours(grams), {}, weight)).toBe(
      '- none',
    )
  })

  it('what Akeneo made of a value is no edit: cleaned HTML, a dropped value', () => {
    const cleaned = ours('<p onclick="x()">a</p>', '<p>a</p>')
    expect(judged(value('<p onclick="x()">a</p>'), '<p>a</p>', cleaned, {}, editor)).toBe('- none')
    expect(judged(value('<p>b</p>'), '<p>a</p>', cleaned, {}, editor)).toBe('- write')
    expect(judged(value('<p>b</p>'), '<p>c</p>', cleaned, {}, editor)).toBe('edited keep')
    // Dropped: not sent again every day, but when there is something new.
    expect(judged(value('a'), null, ours('a', null))).toBe('- none')
    expect(judged(value('b'), null, ours('a', null))).toBe('- write')
    expect(echoOf('<p onclick="x()">a</p>', '<p>a</p>', same(editor))).toBe('changed-by-akeneo')
    expect(echoOf('a', null, same(text))).toBe('dropped')
    expect(echoOf('800.0', 800, same(number))).toBe('as-sent')
  })

  it('is not told before a value was read back', () => {
    expect(judged(value('c'), 'b', { sent: 'a', echoed: undefined, isUnread: true })).toBe('- read-back')
    expect(judged(value('c'), 'a', { sent: 'a', echoed: undefined, isUnread: true })).toBe('- write')
  })

  it('touches nothing where Icecat’s value cannot be converted', () => {
    const broken: CellResult = { kind: 'problem', code: 'decimals', message: '' }
    expect(judged(broken, 'a', ours('a'), { withdrawn: 'clear' })).toBe('- keep')
    expect(judged(broken, null, null)).toBe('- keep')
  })

  it('gives a released value back to us', () => {
    expect(judged(value('c'), 'b', ours('a'), {}, text, true)).toBe('edited write')
    expect(judged(value('c'), 'b', null, {}, text, true)).toBe('foreign write')
    expect(judged(value('c'), null, ours('a'), {}, text, true)).toBe('cleared write')
  })
})

describe('whatever happens', () => {
  const data = fc.constantFrom<CellData>('a', 'b', 'c')
  const shown = fc.oneof(data, fc.constant(null))
  const wanted = fc.oneof(data.map(value), fc.constant(absent))
  const ledger = fc.option(fc.record({ sent: data, echoed: shown }))
  const edits = fc.constantFrom('keep', 'flag', 'overwrite')
  const policy = fc.record<OwnershipPolicy>({
    empty: fc.constantFrom('fill', 'keep'),
    same: fc.constantFrom('adopt', 'keep'),
    foreign: edits,
    edited: edits,
    cleared: edits,
    withdrawn: fc.constantFrom('keep', 'flag', 'clear'),
  })
  const ask = fc.record({ wanted, current: shown, ledger, policy })

  it('a value that a person changed is written over only where the policy says so', () => {
    fc.assert(
      fc.property(ask, ({ wanted: one, current, ledger: entry, policy: own }) => {
        const { action, case: kind } = judge({
          wanted: one,
          current,
          ledger: entry,
          policy: own,
          same: same(text),
        })
        const isPersons = entry === null ? !isEmptyValue(current) : !same(text)(current, entry.echoed)
        if (isPersons && (action === 'write' || action === 'clear')) {
          expect(kind === 'foreign' || kind === 'edited' || kind === 'cleared').toBe(true)
          if (kind === 'foreign' || kind === 'edited' || kind === 'cleared')
            expect(own[kind]).toBe('overwrite')
        }
      }),
    )
  })

  it('a second run right after a write finds nothing to do', () => {
    fc.assert(
      fc.property(ask, ({ wanted: one, current, ledger: entry, policy: own }) => {
        const first = judge({ wanted: one, current, ledger: entry, policy: own, same: same(text) })
        if (first.action !== 'write' && first.action !== 'adopt') return
        const after = { sent: first.data, echoed: first.data }
        const second = judge({
          wanted: one,
          current: first.data,
          ledger: after,
          policy: own,
          same: same(text),
        })
        expect(second.action).toBe('none')
      }),
    )
  })

  it('nothing is written that stands there already', () => {
    fc.assert(
      fc.property(ask, ({ wanted: one, current, ledger: entry, policy: own }) => {
        const made = judge({ wanted: one, current, ledger: entry, policy: own, same: same(text) })
        // Ours, cleaned by Akeneo into what is wanted now: sending it changes nothing, but tells the ledger.
        if (made.action === 'write' && entry === null) expect(same(text)(made.data, current)).toBe(false)
      }),
    )
  })
})
