import { describe, expect, it } from 'vitest'
import { diagnose, type DiagnosisSettings, type HubFacts } from '../../domain/diagnosis.ts'

const now = new Date('2026-11-20T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)

const well: HubFacts = {
  claims: [],
  deliveries: [],
  openRuns: [],
  lanes: [],
  login: null,
  hostWaits: [],
  feeds: [{ output: 'shop', counted: 7, last: 7, missing: 0, unlike: [] }],
  destinations: [
    { output: 'shop', destination: 'web', behind: 0, oldest: null, parked: 0, firstParked: null },
  ],
  resolvable: null,
  waiting: null,
  sweeps: null,
  watermark: { at: hoursAgo(0.1), load: 'done' },
  enrichment: { due: 0, oldestDue: null, unknown: 0, oldestUnknown: null },
}
const settings: DiagnosisSettings = {
  pollEveryMs: 60_000,
  prerequisiteWaitHours: 24,
  hasIcecat: true,
  destinations: ['web'],
}
const found = (facts: Partial<HubFacts>, changes: Partial<DiagnosisSettings> = {}) =>
  diagnose({ ...well, ...facts }, { ...settings, ...changes }, now)
const codes = (...asked: Parameters<typeof found>) => found(...asked).map(({ code }) => code)
const holding = (isRunning: boolean | null, what = 'poll-products') => ({
  what,
  workflowId: 'pimflow/acme/poll',
  since: null,
  isRunning,
})

describe('the doctor', () => {
  it('finds nothing where all is well', () => {
    expect(found({})).toEqual([])
    expect(found({ watermark: null, enrichment: null })).toEqual([])
  })

  it('names who holds something and is gone, and nobody while Temporal does not answer', () => {
    expect(codes({ claims: [holding(false)], deliveries: [holding(false, 'shop to web')] })).toEqual([
      'claim-without-holder',
      'claim-without-holder',
    ])
    expect(codes({ claims: [holding(true), holding(null)] })).toEqual([])
  })

  it('names runs that were ended from outside, with what they had under way', () => {
    const run = { id: '3', process: 'poll-products', workflowId: 'w', startedAt: now, isRunning: false }
    const [bare, reading] = found({
      openRuns: [
        { ...run, transfers: 0 },
        { ...run, transfers: 2 },
      ],
    })
    expect(bare).toMatchObject({
      code: 'run-without-end',
      text: 'run 3 (poll-products, w) was ended from outside',
    })
    expect(reading).toMatchObject({ code: 'transfers-without-run' })
    expect(reading?.text).toMatch(/ with 2 transfers open$/)
    expect(codes({ openRuns: [{ ...run, transfers: 0, isRunning: true }] })).toEqual([])
  })

  it('names what Akeneo and the lanes refuse', () => {
    const login = { since: now, times: 3, remedy: 'Enter the secret again.' }
    const facts = {
      login,
      lanes: [{ owner: 'acme', n: 1, busyUntil: now }],
      hostWaits: [{ host: 'pim.example.test', until: now }],
    }
    expect(codes(facts)).toEqual(['login-paused', 'lane-held', 'host-waits'])
    expect(found(facts)[0]?.remedy).toMatch(/^Enter the secret again\. It goes on by itself then/)
  })

  it('names a feed with a gap, and a record that the feed has otherwise', () => {
    const feed = { output: 'shop', counted: 7, last: 7, missing: 0, unlike: [] }
    expect(codes({ feeds: [{ ...feed, last: 6 }] })).toEqual(['feed-gap'])
    expect(codes({ feeds: [{ ...feed, missing: 1 }] })).toEqual(['feed-gap'])
    const unlike = (code: string | null, entry: number | null) =>
      found({ feeds: [{ ...feed, unlike: [{ code, version: 4, entry }] }] })[0]
    expect(unlike('A', 3)).toMatchObject({ severity: 'broken', code: 'feed-behind-record' })
    expect(unlike('A', 3)?.text).toContain('A is at version 4, its last entry says 3')
    expect(unlike(null, null)?.text).toContain('one is at version 4, its last entry says nothing')
  })

  it('names a destination that is late, refuses, or is configured no more', () => {
    const delivery = {
      output: 'shop',
      destination: 'web',
      behind: 3,
      oldest: null,
      parked: 0,
      firstParked: null,
    }
    const of = (more: object, changes = {}) => found({ destinations: [{ ...delivery, ...more }] }, changes)
    expect(of({ oldest: hoursAgo(1) })).toEqual([])
    expect(of({ oldest: hoursAgo(1.1) })).toMatchObject([{ code: 'delivery-behind' }])
    const [since] = of({ parked: 2, firstParked: hoursAgo(2) })
    expect(since?.text).toBe(
      'shop to web: 2 records are refused, or wait for such a one, since 2026-11-20T10:00:00.000Z',
    )
    expect(of({ parked: 2 })[0]?.text).toBe('shop to web: 2 records are refused, or wait for such a one')
    expect(of({ parked: 2, oldest: hoursAgo(5) }, { destinations: [] })).toMatchObject([
      { severity: 'note', code: 'unknown-destination' },
    ])
  })

  it('names links that could be made, and what waits longer than anything may', () => {
    const resolvable = { output: 'shop', count: 1, code: null, target: 'NL-1' }
    expect(found({ resolvable })[0]?.remedy).toBe('The next poll links them. If they stay: pimflow sync <id>')
    expect(found({ resolvable: { ...resolvable, code: 'NL-2' } })[0]).toMatchObject({
      code: 'pending-link',
      remedy: expect.stringContaining('pimflow sync NL-2') as string,
    })
    const waiting = { count: 1, code: null, oldest: hoursAgo(37) }
    expect(found({ waiting })[0]).toMatchObject({ code: 'waiting-too-long' })
    expect(found({ waiting })[0]?.remedy).toContain('pimflow explain <id>,')
    expect(found({ waiting: { ...waiting, code: 'NL-3' } })[0]?.text).toContain('NL-3 since')
    // A wait that the configuration allows, and the night behind it.
    expect(codes({ waiting: { ...waiting, oldest: hoursAgo(35) } })).toEqual([])
    expect(codes({ waiting }, { prerequisiteWaitHours: 48 })).toEqual([])
  })

  it('names a load without a run, late changes and sweeps', () => {
    const loading = { at: hoursAgo(0), load: 'running' as const }
    expect(codes({ watermark: loading })).toEqual(['load-not-finished'])
    expect(codes({ watermark: loading, claims: [holding(null, 'load-products')] })).toEqual([])
    expect(codes({ watermark: loading, claims: [holding(false, 'load-products')] })).toEqual([
      'claim-without-holder',
      'load-not-finished',
    ])
    const late = { watermark: { at: hoursAgo(2), load: 'done' as const } }
    expect(codes(late)).toEqual(['watermark-behind'])
    expect(codes(late, { pollEveryMs: null })).toEqual([])
    expect(codes({ sweeps: { count: 2, oldest: hoursAgo(13) } })).toEqual(['sweep-overdue'])
    expect(codes({ sweeps: { count: 2, oldest: hoursAgo(11) } })).toEqual([])
  })

  it('names enrichment that nobody does, where there is Icecat', () => {
    const enrichment = { due: 5, oldestDue: hoursAgo(37), unknown: 2, oldestUnknown: hoursAgo(37) }
    expect(codes({ enrichment })).toEqual(['enrichment-not-taken', 'line-unknown'])
    expect(codes({ enrichment: { ...enrichment, oldestDue: hoursAgo(35), oldestUnknown: null } })).toEqual([])
    expect(codes({ enrichment }, { hasIcecat: false })).toEqual([])
  })
})
