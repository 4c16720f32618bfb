import { describe, expect, it } from 'vitest'
import { adviceFor, adviceText } from '../../client/support/advice.ts'
import type { ConnectionStatus } from '../../client/support/connection-status.ts'
import { deliveryCells, recordDeliveryText } from '../../client/support/delivery-text.ts'
import { behindText, filesText } from '../../client/support/status-text.ts'

const now = new Date('2026-11-20T09:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

const delivery = {
  output: 'ecommerce',
  destination: 'shop',
  position: 120n,
  last: 120n,
  oldest: null,
  deliveredAt: minutesAgo(5),
  refused: 0,
  queued: 0,
  refusal: null,
  outcome: 'done',
}

describe('status', () => {
  const status: ConnectionStatus = {
    connection: 'acme',
    watermark: minutesAgo(2),
    load: 'done',
    login: null,
    outputs: [],
    records: [],
    waiting: [],
    rejections: [],
    findings: [],
    files: null,
    enrichment: null,
    approvals: [],
    destinations: ['shop'],
    deliveries: [],
    runs: [],
    schedules: [],
  }
  const poll = {
    connection: 'acme',
    name: 'poll',
    scheduleId: 'pimflow/acme/poll',
    starts: 'every 5 min',
    state: 'on' as const,
    note: null,
    next: null,
    last: null,
    running: null,
  }

  it.each([
    ['1240 kept (1.2 GB)', { kept: 1240, bytes: 1.2 * 1024 ** 3, due: 0, refused: 0 }],
    [
      '1 kept (88 kB), 3 to come, 2 could not be had; again: pimflow sync media',
      { kept: 1, bytes: 88 * 1024, due: 3, refused: 2 },
    ],
    ['4 to come', { kept: 0, bytes: 0, due: 4, refused: 0 }],
  ])('says of files: %s', (text, counts) => expect(filesText(counts)).toBe(text))

  it.each([
    ['nothing is loaded yet', { watermark: null, load: null }],
    ['2 min behind (up to 2026-11-20 08:58:00 UTC)', { watermark: minutesAgo(2), load: 'done' as const }],
    [
      'first full load under way, changes 2 min behind (up to 2026-11-20 08:58:00 UTC)',
      { watermark: minutesAgo(2), load: 'running' as const },
    ],
  ])('says: %s', (text, given) => expect(behindText(given, now)).toBe(text))

  it.each<[string, string | null, Partial<ConnectionStatus>]>([
    ['needs nothing', null, { schedules: [poll] }],
    [
      'was never loaded',
      'To begin (the first poll loads everything): pimflow sync categories',
      { watermark: null, load: null },
    ],
    [
      'has no schedule',
      'Nothing polls: pimflow schedules apply',
      { schedules: [{ ...poll, state: 'not applied' }] },
    ],
    [
      'is paused',
      'Polling is paused: pimflow schedules resume',
      { schedules: [{ ...poll, state: 'paused' }] },
    ],
    ['is far behind', 'Polls do not get through', { watermark: minutesAgo(45), schedules: [poll] }],
    [
      'waits for a word',
      '3 records would be retired, which waits for your word: pimflow approvals show 7 --connection acme',
      { approvals: [{ id: '7', would: '3 records would be retired', reasons: [], createdAt: now }] },
    ],
    [
      'delivers what is refused',
      'shop refused 2 records: pimflow deliver --refused --destination shop --connection acme',
      { deliveries: [{ ...delivery, refused: 2 }] },
    ],
    [
      'does not deliver',
      'shop has not been sent what changed 45 min ago: pimflow deliver --destination shop --connection acme',
      { deliveries: [{ ...delivery, last: 130n, oldest: minutesAgo(45) }] },
    ],
    ['is about to deliver', null, { deliveries: [{ ...delivery, last: 130n, oldest: minutesAgo(2) }] }],
    [
      'delivered once to a destination that is gone',
      null,
      { deliveries: [{ ...delivery, destination: 'old-shop', refused: 2 }] },
    ],
    ['has rejections', 'pimflow rejections', { rejections: [{ reason: 'unit-unknown', count: 1 }] }],
  ])('advises a connection that %s', (_, advice, differs) => {
    const given = adviceFor({ ...status, ...differs }, now)
    if (advice === null) expect(given).toEqual([])
    else expect(given.map(adviceText).join('\n')).toContain(advice)
  })
})

describe('deliveries', () => {
  it.each([
    ['shop, has all, up to 120, took the last 5 min ago, ', {}],
    [
      'shop, at 100 of 120: 20 to send, the first for 3 min, nothing taken yet, last run failed',
      { position: 100n, oldest: minutesAgo(3), deliveredAt: null, outcome: 'failed' },
    ],
    [
      'shop, has all, up to 120, took the last 5 min ago, 2 refused or behind a refused one (NL-1: name is taken, 4 min ago), 1 to be sent again',
      { refused: 2, queued: 1, refusal: { code: 'NL-1', reason: 'name is taken', at: minutesAgo(4) } },
    ],
  ])('says: %s', (text, differs) =>
    expect(deliveryCells({ ...delivery, ...differs }, now).join(', ')).toBe(text),
  )

  const record = {
    output: 'ecommerce',
    destination: 'shop',
    seq: 7n,
    position: 120n,
    reason: null,
    behind: null,
    attempts: 0,
    dueAt: null,
    takenAt: null,
    exact: null,
    externalId: null,
  }
  it.each([
    ['delivered', {}],
    ['delivered 3 min ago', { takenAt: minutesAgo(3), exact: true }],
    ['delivered, at the latest 3 min ago', { takenAt: minutesAgo(3), exact: false }],
    ['delivered, called gid-7 there', { externalId: 'gid-7' }],
    ['not sent yet: the destination is at 5 of the feed', { position: 5n }],
    ['to be sent again, called gid-7 there', { dueAt: now, externalId: 'gid-7' }],
    [
      'refused: name is taken (tried 2 times, next in 15 min)',
      { reason: 'name is taken', attempts: 2, dueAt: new Date(now.getTime() + 15 * 60_000) },
    ],
    [
      'refused: name is taken (tried 1 time, next with the next delivery)',
      { reason: 'name is taken', attempts: 1, dueAt: now },
    ],
    ['waits for apollon, which the destination refused', { reason: 'waits', behind: 'apollon', dueAt: now }],
  ])('says of one record: %s', (text, differs) =>
    expect(recordDeliveryText({ ...record, ...differs }, now)).toBe(text),
  )
})
