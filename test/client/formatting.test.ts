import { describe, expect, it, onTestFinished } from 'vitest'
import { configText, withVariables } from '../../client/support/config-file.ts'
import { exitCodeOfOutcome, worst } from '../../client/support/exit-codes.ts'
import { ago, counted, duration, table } from '../../client/support/format.ts'
import { goDuration, shellWord } from '../../client/support/print.ts'
import { barText } from '../../client/support/progress-display.ts'
import { isWorthALine, progressText, type Sight } from '../../client/support/progress.ts'
import { parseFilters, selectRejections } from '../../client/support/rejection-filter.ts'
import { reportText } from '../../client/support/reports.ts'
import { webUrlOf, workflowUrl } from '../../client/support/temporal.ts'
import { startsOf } from '../../client/commands/sync.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const now = new Date('2026-11-20T09:00:00Z')

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
