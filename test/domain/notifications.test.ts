import { describe, expect, it } from 'vitest'
import {
  approvalOf,
  digestOf,
  digestText,
  failureOf,
  type ProcessStanding,
  staleness,
  type Told,
  type Trouble,
} from '../../domain/notifications.ts'

const hour = 3_600_000
const at = (hours: number) => new Date(Date.UTC(2026, 10, 20) + hours * hour)

const well: ProcessStanding = {
  process: 'poll-products',
  detail: '',
  failures: 0,
  failedSince: null,
  why: null,
  workflowId: null,
  wellAt: at(1),
  passed: 0,
  passedSince: null,
  passedWhy: null,
}
const failing: ProcessStanding = {
  ...well,
  failures: 2,
  failedSince: at(2),
  why: 'Akeneo answered 403',
  workflowId: 'pimflow/acme/poll-products',
}

function look(standings: ProcessStanding[], told: Told[], { now = at(3), remindMs = 24 * hour } = {}) {
  const troubles = standings.flatMap((standing) => failureOf('acme', standing) ?? [])
  return digestOf('acme', { troubles, standings, isFresh: false }, told, { now, remindMs })
}

describe('what a webhook is told of', () => {
  it('is a failure, once, with why and what to do', () => {
    const first = look([failing], [])
    expect(first.entries).toMatchObject([
      { state: 'new', kind: 'failed', subject: 'poll-products', since: at(2), lastToldAt: null },
    ])
    expect(first.entries[0]?.text).toContain('Akeneo answered 403')
    expect(first.entries[0]?.todo.commands[0]).toBe('pimflow sync products --connection acme')
    expect(look([{ ...failing, failures: 9 }], first.told).entries).toEqual([])
  })

  it('is told again when it stands for long, and never where that is switched off', () => {
    const { told } = look([failing], [])
    const later = { now: at(3 + 24) }
    const again = look([failing], told, later)
    expect(again.entries).toMatchObject([{ state: 'still', lastToldAt: at(3) }])
    expect(look([failing], again.told, { now: at(3 + 25) }).entries).toEqual([])
    expect(look([failing], told, { ...later, remindMs: 0 }).entries).toEqual([])
  })

  it('is the first success after it, once', () => {
    const { told } = look([failing], [])
    const over = look([well], told)
    expect(over.entries).toMatchObject([{ state: 'over', kind: 'failed', subject: 'poll-products' }])
    expect(look([well], over.told).entries).toEqual([])
  })

  it('is a failure that came and went between two messages, in one entry', () => {
    const passed = { ...well, passed: 3, passedSince: at(0), passedWhy: 'Akeneo answered 403' }
    const { entries, told } = look([passed], [])
    expect(entries).toMatchObject([{ state: 'over', since: at(0) }])
    expect(entries[0]?.text).toContain('failed 3 times: Akeneo answered 403')
    expect(told).toEqual([])
  })

  it('does not say a text that nobody foresaw', () => {
    expect(failureOf('acme', { ...failing, why: null })?.text).toContain(
      'an error that pimflow does not know',
    )
  })

  it('is a failure that nobody foresaw, without its text: that may hold anything', () => {
    const odd = { ...failing, process: 'unpack', failures: 1, why: null, workflowId: null }
    const { entries, told } = look([odd], [])
    expect(entries[0]?.text).toBe(
      'unpack failed (once; its run): an error that pimflow does not know; its text is in Temporal’s web UI, in the run',
    )
    expect(entries[0]?.todo.commands).toEqual(['pimflow status --connection acme'])
    const passed = { ...well, process: 'unpack', passed: 1, passedSince: at(0) }
    expect(look([passed], []).entries[0]?.text).toMatch(
      /it had failed once: an error that pimflow does not know/,
    )
    // It was told of, so what went wrong need not be said again.
    expect(look([passed], told).entries[0]?.text).toBe('unpack went well again, at 2026-11-20T01:00:00.000Z')
    expect(look([well], []).entries).toEqual([])
  })

  it('tells deliveries to two destinations apart', () => {
    const shop = { ...failing, process: 'deliver', detail: 'ecommerce to shop' }
    const search = { ...well, process: 'deliver', detail: 'ecommerce to search' }
    const { told } = look([shop, search], [])
    expect(told.map(({ subject }) => subject)).toEqual(['deliver ecommerce to shop'])
    expect(look([shop, search], told).entries).toEqual([])
  })

  it('is that changes are late, and that they are not any more', () => {
    const settings = { watermark: at(0), staleAfterMs: hour }
    expect(staleness('acme', settings, at(0.9))).toBeNull()
    const late = staleness('acme', settings, at(1)) as Trouble
    expect(late).toMatchObject({ kind: 'stale', since: at(1) })
    const when = { now: at(2), remindMs: 0 }
    const { told } = digestOf('acme', { troubles: [late], standings: [], isFresh: false }, [], when)
    const over = digestOf('acme', { troubles: [], standings: [], isFresh: true }, told, when)
    expect(over.entries).toMatchObject([{ kind: 'stale', state: 'over' }])
    // Polls were switched off: that is not freshness.
    expect(digestOf('acme', { troubles: [], standings: [], isFresh: false }, told, when)).toEqual({
      entries: [],
      told: [],
    })
  })

  it('is what waits for a word, and not that somebody gave it', () => {
    const held = approvalOf('acme', { id: 'm3', since: at(0), would: 'shop.yaml would change 9 records' })
    const when = { now: at(2), remindMs: 0 }
    const { entries, told } = digestOf('acme', { troubles: [held], standings: [], isFresh: true }, [], when)
    expect(entries[0]?.todo.commands).toContain('pimflow approvals approve m3 --connection acme')
    expect(digestOf('acme', { troubles: [], standings: [], isFresh: true }, told, when).entries).toEqual([])
    expect(digestText('acme', entries)).toBe(
      [
        'pimflow, acme: 1 new',
        '',
        '[new] Waits for your word: shop.yaml would change 9 records',
        'Look at it, then approve or reject it:',
        '    pimflow approvals show m3 --connection acme',
        '    pimflow approvals approve m3 --connection acme',
        '    pimflow approvals reject m3 --connection acme',
      ].join('\n'),
    )
  })
})
