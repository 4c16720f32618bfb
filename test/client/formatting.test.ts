import { describe, expect, it, onTestFinished } from 'vitest'
import { configText, withVariables } from '../../client/support/config-file.ts'
import { exitCodeOfOutcome, worst } from '../../client/support/exit-codes.ts'
import { ago, counted, duration, table } from '../../client/support/format.ts'
import { goDuration, shellWord } from '../../client/support/print.ts'
import { barText } from '../../client/support/progress-display.ts'
import { isWorthALine, progressText, type Sight } from '../../client/support/progress.ts'
import { parseFilters, selectRejections } from '../../client/support/rejection-filter.ts'
import { reportText } from '../../client/support/reports.ts'
import { adviceFor, adviceText } from '../../client/support/advice.ts'
import type { ConnectionStatus } from '../../client/support/connection-status.ts'
import { deliveryCells, recordDeliveryText } from '../../client/support/delivery-text.ts'
import { behindText, filesText } from '../../client/support/status-text.ts'
import { webUrlOf, workflowUrl } from '../../client/support/temporal.ts'
import { startsOf } from '../../client/commands/sync.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const now = new Date('2026-11-20T09:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

describe('durations are one number', () => {
  it.each([
    [0, '0 s'],
    [440, '0.4 s'],
    [12_345, '12 s'],
    [119_000, '119 s'],
    [125_000, '2 min'],
    [3_600_000, '60 min'],
    [7_300_000, '2 h'],
    [200_000_000, '2 d'],
  ])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text))

  it('counts the past in whole seconds, because clocks differ by more than a tenth', () =>
    expect(ago(new Date(now.getTime() - 4300), now)).toBe('4 s ago'))
})

describe('durations for the temporal program', () => {
  it.each([
    [300_000, '5m'],
    [20_000, '20s'],
    [7_200_000, '2h'],
    [86_400_000, '24h'],
    [90_000, '90s'],
    [1500, '1500ms'],
  ])('%i ms is %s', (ms, text) => expect(goDuration(ms)).toBe(text))
})

describe('shell words', () => {
  it.each(['plain/word-1', 'a b', `it's`, '{"connection":"acme"}', '$HOME `x` "y" \\', '*', 'é', ''])(
    'a shell gives back %j as it was',
    (word) => {
      const said = execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })
      expect(said).toBe(word)
    },
  )
})

it('lines columns up and cuts blanks at the end of a line', () =>
  expect(
    table([
      ['a', 'b', ''],
      ['long', 'x', 'y'],
    ]),
  ).toBe('a     b\nlong  x  y'))

it('says one thing in the singular', () =>
  expect([counted(1, 'tree'), counted(2, 'tree'), counted(0, 'category', 'categories')]).toEqual([
    '1 tree',
    '2 trees',
    '0 categories',
  ]))

describe('exit codes of outcomes', () => {
  it.each([
    ['done', 0],
    ['synced', 0],
    ['already running', 0],
    ['done with rejections', 3],
    ['rejected', 3],
    ['awaiting approval', 4],
    ['not found', 1],
    ['cancelled', 1],
    ['an outcome of a later version', 1],
  ])('%s ends with %i', (outcome, code) => expect(exitCodeOfOutcome(outcome)).toBe(code))

  it('lets a failure hide rejections and rejections hide success', () => {
    expect(worst([0, 3, 1, 0])).toBe(1)
    expect(worst([0, 3])).toBe(3)
    expect(worst([])).toBe(0)
  })
})

describe('progress', () => {
  const sight = (progress: Sight['progress'], trouble: Sight['trouble'] = null): Sight => ({
    progress,
    trouble,
  })

  it.each([
    [sight(null), ''],
    [sight({ step: 'reading', products: 240, read: 100 }), 'reading: products 240, read 100'],
    [sight({ step: 'listing the trees' }), 'listing the trees'],
    [sight({ read: 5, warning: 'clock jumped' }), 'read 5; warning: clock jumped'],
    [sight(null, { text: 'Akeneo is away', attempt: 3 }), 'trying again (attempt 3): Akeneo is away'],
  ])('%j', (seen, text) => expect(progressText(seen)).toBe(text))

  it('draws a bar once it is known how much there is', () =>
    expect(barText(sight({ products: 200, read: 50 }))).toBe(
      '██████░░░░░░░░░░░░░░░░░░ 25%  products 200, read 50',
    ))

  it('gives a pipe a new step and trouble at once, and counts now and then', () => {
    const first = { sight: sight({ step: 'reading', read: 1 }), atMs: 0 }
    expect(isWorthALine(sight(null), null, 0)).toBe(false)
    expect(isWorthALine(first.sight, null, 0)).toBe(true)
    expect(isWorthALine(first.sight, first, 60_000)).toBe(false)
    expect(isWorthALine(sight({ step: 'reading', read: 2 }), first, 1000)).toBe(false)
    expect(isWorthALine(sight({ step: 'reading', read: 2 }), first, 10_000)).toBe(true)
    expect(isWorthALine(sight({ step: 'writing', read: 2 }), first, 1000)).toBe(true)
    expect(isWorthALine(sight({ step: 'reading' }, { text: 'away', attempt: 2 }), first, 1000)).toBe(true)
  })
})

describe('reports in one line', () => {
  it('counts what a run read, changed and published', () =>
    expect(
      reportText({
        outcome: 'done with rejections',
        runId: '7',
        streams: { products: { read: 240, changed: 3, rejected: 1 } },
        published: 5,
        waiting: 0,
        rejected: 1,
      }),
    ).toBe('done with rejections: 240 read, 3 changed, 5 published, 1 rejected'))

  it('says that nothing changed', () =>
    expect(
      reportText({ outcome: 'done', runId: '7', streams: {}, published: 0, waiting: 0, rejected: 0 }),
    ).toBe('done: nothing changed'))

  it('passes on what a sync says', () =>
    expect(reportText({ outcome: 'not found', text: 'Akeneo knows no X', published: [] })).toBe(
      'not found: Akeneo knows no X',
    ))
})

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

describe('web addresses', () => {
  it('quotes an id that is an address', () =>
    expect(
      workflowUrl({ webUrl: 'http://localhost:8233', namespace: 'default' }, 'pimflow/acme/sync/A 1'),
    ).toBe('http://localhost:8233/namespaces/default/workflows/pimflow%2Facme%2Fsync%2FA%201'))

  it.each([
    ['127.0.0.1:7233', undefined, 'http://localhost:8233'],
    ['127.0.0.1:7233', 'https://temporal.acme.example/', 'https://temporal.acme.example'],
    ['acme.a1b2c.tmprl.cloud:7233', undefined, 'https://cloud.temporal.io'],
  ])('%s with %s is looked at on %s', (address, known, url) => expect(webUrlOf(address, known)).toBe(url))
})

describe('what sync starts', () => {
  it.each([
    [['categories'], {}, ['initializeCategories pimflow/acme/initialize-categories']],
    [['products'], {}, ['pollProducts pimflow/acme/poll-products']],
    [['products'], { full: true }, ['pollProducts pimflow/acme/load-products']],
    [['media'], {}, ['collectMedia pimflow/acme/media']],
    [['A', 'B', 'A'], {}, ['syncRecord pimflow/acme/sync/A', 'syncRecord pimflow/acme/sync/B']],
  ])('%j %j', (what, flags, started) =>
    expect(startsOf('acme', what, flags).map(({ type, workflowId }) => `${type} ${workflowId}`)).toEqual(
      started,
    ),
  )

  it.each([
    [['products', 'A'], {}, 'takes no further names'],
    [['A', 'categories'], {}, 'takes no further names'],
    [['A'], { full: true }, '--full goes with `sync products` only'],
    [['categories'], { full: true }, '--full goes with `sync products` only'],
  ])('refuses %j %j', (what, flags, sentence) =>
    expect(() => startsOf('acme', what, flags)).toThrow(sentence),
  )
})

describe('choosing rejections', () => {
  const rejections = [
    { key: 'uuid-1', code: 'NL-404', stream: 'products' as const, reason: 'unit-unknown', field: 'weight' },
    { key: 'lamps', code: 'lamps', stream: 'categories' as const, reason: 'parent-missing', field: null },
  ]

  it('takes names in any letter case, by key or code, and says which are not there', () =>
    expect(selectRejections(rejections, ['nl-404', 'other'], {})).toEqual({
      chosen: [rejections[0]],
      missing: ['other'],
    }))

  it('takes all that hold one of the values of every key', () =>
    expect(
      selectRejections(
        rejections,
        [],
        parseFilters(['stream=products', 'stream=categories', 'reason=parent-missing']),
      ).chosen,
    ).toEqual([rejections[1]]))

  it.each(['colour=red', 'reason=', 'reason'])('refuses the filter %s', (filter) =>
    expect(() => parseFilters([filter])).toThrow('--filter takes reason=…'),
  )
})

describe('files that init writes', () => {
  it('keep secrets out of the configuration', () => {
    const text = configText({ name: 'acme', url: 'https://acme.cloud.akeneo.com' }, null)
    expect(text).toContain('clientSecret: ${AKENEO_CLIENT_SECRET}')
    expect(text).toContain('url: "https://acme.cloud.akeneo.com"')
  })

  it('replace variables of an .env file and leave other lines as they are', () =>
    expect(withVariables('# mine\nOTHER=1\nA=old\nexport B=old\n\n', { A: '1', B: '2' })).toBe(
      '# mine\nOTHER=1\nA=1\nB=2\n',
    ))

  it.each(['plain', 'with blank', 'with # hash', `it's`, 'a"b', `both ' and "`, '$dollar', '=='])(
    'give Node back the secret %j as it was',
    (secret) => {
      const folder = mkdtempSync(join(tmpdir(), 'pimflow-env-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const file = join(folder, '.env')
      writeFileSync(file, withVariables('', { PIMFLOW_TEST_SECRET: secret }))
      const script = 'process.stdout.write(process.env.PIMFLOW_TEST_SECRET)'
      const said = execFileSync(process.execPath, [`--env-file=${file}`, '-e', script], { encoding: 'utf8' })
      expect(said, readFileSync(file, 'utf8')).toBe(secret)
    },
  )
})
