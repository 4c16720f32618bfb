import { describe, expect, it } from 'vitest'
import { type CellResult, problem } from '../../../domain/enrichment/convert/cell.ts'
import type { OwnershipPolicy } from '../../../domain/enrichment/mapping/document.ts'
import type { LedgerValue } from '../../../domain/enrichment/ownership/judge.ts'
import { planWrites, shownAt } from '../../../domain/enrichment/plan-writes.ts'
import { unitFamilies } from './target.ts'

const careful: OwnershipPolicy = {
  empty: 'fill',
  same: 'adopt',
  foreign: 'keep',
  edited: 'flag',
  cleared: 'keep',
  withdrawn: 'clear',
}
const value = (data: string | string[]): CellResult => ({
  kind: 'value',
  data,
  from: 'title',
  language: null,
})
const absent: CellResult = { kind: 'absent' }

/** The plan of one value: what Icecat has, what stands there, and what was written once. */
function planned(
  result: CellResult,
  current: unknown,
  ledger: LedgerValue | null = null,
  { attribute = 'name', policy = {}, isReleased = false } = {},
) {
  const place = `${attribute}  `
  return planWrites(
    {
      cells: [{ attribute, locale: null, scope: null, result }],
      current: current === undefined ? {} : { [attribute]: [{ locale: null, scope: null, data: current }] },
      ledger: new Map(ledger === null ? [] : [[place, ledger]]),
      ...(isReleased ? { released: new Set([place]) } : {}),
    },
    {
      policy: { ...careful, ...policy },
      attributes: new Map([
        ['name', { type: 'pim_catalog_text' }],
        ['tags', { type: 'pim_catalog_multiselect' }],
      ]),
      measurementFamilies: unitFamilies,
    },
  )
}
const nothing = { writes: [], adopted: [], unchanged: 0, kept: [], problems: [], unread: [] }
const ours = (sent: string | string[], more: Partial<LedgerValue> = {}): LedgerValue => ({
  sent,
  echoed: sent,
  ...more,
})
const at = { attribute: 'name', locale: null, scope: null }

describe('the plan of a record', () => {
  it('fills what is empty, takes over what is the same, and leaves what is as it should be', () => {
    expect(planned(value('Lamp'), undefined)).toEqual({ ...nothing, writes: [{ ...at, data: 'Lamp' }] })
    expect(planned(value('Lamp'), 'Lamp')).toEqual({
      ...nothing,
      adopted: [{ place: 'name  ', data: 'Lamp' }],
    })
    expect(planned(value('Lamp'), 'Lamp', ours('Lamp'))).toEqual({ ...nothing, unchanged: 1 })
    expect(planned(absent, 'Mine')).toEqual({ ...nothing, unchanged: 1 })
  })

  it('keeps what people have written, and shows it where the policy says so', () => {
    expect(planned(value('Lamp'), 'Mine').kept).toEqual([
      { place: 'name  ', case: 'foreign', isFlagged: false },
    ])
    expect(planned(value('Lamp'), 'Mine', ours('Old')).kept).toEqual([
      { place: 'name  ', case: 'edited', isFlagged: true },
    ])
    expect(planned(value('Lamp'), 'Mine', ours('Old'), { isReleased: true }).writes).toEqual([
      { ...at, data: 'Lamp' },
    ])
  })

  it('empties what Icecat has no longer: a text by nothing, a list by none of its options', () => {
    expect(planned(absent, 'Lamp', ours('Lamp')).writes).toEqual([{ ...at, data: null }])
    const list = planned(absent, ['a'], ours(['a']), { attribute: 'tags' })
    expect(list.writes).toEqual([{ attribute: 'tags', locale: null, scope: null, data: [] }])
    const flagged = planned(absent, 'Lamp', ours('Lamp'), { policy: { withdrawn: 'flag' } })
    expect(flagged).toEqual({ ...nothing, kept: [{ place: 'name  ', case: 'withdrawn', isFlagged: true }] })
  })

  it('says nothing of a value before it was read back, and touches none that cannot be converted', () => {
    const unread = ours('Old', { isUnread: true, echoed: undefined })
    expect(planned(value('Lamp'), 'Other', unread)).toEqual({ ...nothing, unread: ['name  '] })
    const fault = problem('not-a-number', '"x" is no number')
    expect(planned(fault, 'Lamp', ours('Lamp'))).toEqual({
      ...nothing,
      problems: [{ place: 'name  ', problem: fault }],
    })
  })

  it('compares an attribute that it does not know as text', () => {
    expect(planned(value('a'), 'A', null, { attribute: 'unheard_of' }).kept).toHaveLength(1)
    expect(planned(value('a'), 'a', null, { attribute: 'unheard_of' }).adopted).toHaveLength(1)
  })
})

describe('what stands at a place', () => {
  it('is the value of its locale and channel, and of no other', () => {
    const shown = {
      name: [
        { locale: 'en_US', scope: null, data: 'Lamp' },
        { locale: 'en_US', scope: 'print', data: 'On paper' },
      ],
    }
    expect(shownAt(shown, { attribute: 'name', locale: 'en_US', scope: 'print' })).toBe('On paper')
    expect(shownAt(shown, { attribute: 'name', locale: 'de_DE', scope: null })).toBeUndefined()
    expect(shownAt(shown, { attribute: 'title', locale: null, scope: null })).toBeUndefined()
  })
})
