import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultFairUse, judgeFairUse, monthOf } from '../../../domain/enrichment/fair-use.ts'
import {
  afterCheck,
  type CheckOutcome,
  defaultRequestPolicy,
  isDue,
  newRequest,
  requestFile,
  requestStates,
} from '../../../domain/enrichment/requests/creation-request.ts'

const start = new Date('2026-01-01T08:00:00Z')
const day = (days: number) => new Date(start.getTime() + days * 86_400_000)
const policy = defaultRequestPolicy

describe('a creation request', () => {
  it('is checked after 1, 2, 4 … days, at most 30 apart, and given up after a year', () => {
    let request = newRequest('p', start, policy)
    const checkedOn: number[] = []
    while (request.state !== 'given-up') {
      const at = new Date(request.nextCheckAt)
      checkedOn.push((at.getTime() - start.getTime()) / 86_400_000)
      request = afterCheck(request, { kind: 'not-found' }, at, policy)
    }
    expect(checkedOn.slice(0, 7)).toEqual([1, 3, 7, 15, 31, 61, 91])
    expect(checkedOn.at(-1)).toBeGreaterThanOrEqual(365)
    expect(isDue(request, day(9999))).toBe(false)
  })

  it('goes on from asked to in preparation to delivered, and stays delivered', () => {
    const asked = newRequest('p', start, policy)
    expect(isDue(asked, start)).toBe(false)
    expect(isDue(asked, day(1))).toBe(true)
    const known = afterCheck(asked, { kind: 'known' }, day(1), policy)
    expect(known.state).toBe('in-preparation')
    expect(afterCheck(known, { kind: 'not-found' }, day(3), policy).state).toBe('in-preparation')
    const delivered = afterCheck(known, { kind: 'found' }, day(3), policy)
    expect(delivered.state).toBe('delivered')
    expect(afterCheck(delivered, { kind: 'not-found' }, day(4), policy)).toBe(delivered)
  })

  it('waits for a release date, and says why it is restricted', () => {
    const asked = newRequest('p', start, policy)
    const embargoed = afterCheck(asked, { kind: 'embargoed', until: '2026-03-01T00:00:00Z' }, day(1), policy)
    expect(embargoed).toMatchObject({
      state: 'embargoed',
      nextCheckAt: '2026-03-01T00:00:00Z',
      note: 'released on 2026-03-01',
    })
    const restricted = afterCheck(
      asked,
      { kind: 'restricted', reason: 'only Full Icecat has it' },
      day(1),
      policy,
    )
    expect(restricted).toMatchObject({ state: 'restricted', note: 'only Full Icecat has it' })
  })

  it('never forgets, never looks back, whatever its checks find', () => {
    const outcome = fc.oneof(
      fc.constantFrom<CheckOutcome>(
        { kind: 'found' },
        { kind: 'known' },
        { kind: 'not-found' },
        { kind: 'restricted', reason: 'r' },
      ),
      fc
        .constantFrom(null, '2026-02-01T00:00:00Z', '2020-01-01T00:00:00Z')
        .map((until): CheckOutcome => ({ kind: 'embargoed', until })),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(outcome, fc.integer({ min: 1, max: 60 })), { maxLength: 12 }),
        (checks) => {
          let request = newRequest('p', start, policy)
          let now = start
          for (const [found, days] of checks) {
            now = new Date(now.getTime() + days * 86_400_000)
            request = afterCheck(request, found, now, policy)
            expect(requestStates).toContain(request.state)
            if (request.state !== 'delivered')
              expect(Date.parse(request.nextCheckAt)).toBeGreaterThan(now.getTime())
            expect(request.askedAt).toBe(start.toISOString())
          }
        },
      ),
    )
  })

  it('goes into a file that a spreadsheet opens and runs nothing of', () => {
    const line = {
      product: 'p-1',
      brand: 'Lumera; "Söhne"',
      code: '=HYPERLINK("x")',
      gtins: ['1', '2'],
      name: '-5 lamp',
      askedAt: '2026-01-01T08:00:00Z',
    }
    expect(requestFile([line])).toBe(
      'product;brand;product_code;gtin;name;asked_on\np-1;"Lumera; ""Söhne""";"\'=HYPERLINK(""x"")";1,2;\'-5 lamp;2026-01-01\n',
    )
  })
})

describe('fair use', () => {
  const use = { ...defaultFairUse, limit: 1000 }
  it('lets go, slows down and stops at its thresholds', () => {
    const middle = new Date('2026-11-16T00:00:00Z')
    expect(judgeFairUse(0, 800, middle, use)).toEqual({ kind: 'go' })
    expect(judgeFairUse(1000, 1, middle, use)).toEqual({ kind: 'stop', untilMonth: '2026-12' })
    expect(judgeFairUse(900, 1, middle, use)).toEqual({ kind: 'slow', factor: 5 })
    expect(monthOf(middle)).toBe('2026-11')
    expect(judgeFairUse(1000, 1, new Date('2026-12-31T23:00:00Z'), use)).toMatchObject({
      untilMonth: '2027-01',
    })
  })

  it('is slower the less is left, and never past its limit', () => {
    fc.assert(
      fc.property(
        fc.nat(1200),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 28 }),
        (fetched, wanted, date) => {
          const verdict = judgeFairUse(fetched, wanted, new Date(Date.UTC(2026, 10, date)), use)
          if (fetched + wanted > 1000) expect(verdict.kind).toBe('stop')
          if (verdict.kind === 'slow') {
            expect(verdict.factor).toBeGreaterThanOrEqual(1)
            expect(verdict.factor).toBeLessThanOrEqual(20)
          }
        },
      ),
    )
  })
})
