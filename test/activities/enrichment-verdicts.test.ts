import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweredLine, settleAnswers } from '../../activities/enrichment/settle-lines.ts'
import type { Writing } from '../../activities/enrichment/writing.ts'
import { countsOf } from '../../connectors/hub/enrichment/counts.ts'
import { type HeldLine, putLines, takeLines } from '../../connectors/hub/enrichment/lines.ts'
import { connectionTo } from '../connectors/akeneo/helpers.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const value = (attribute: string) => ({
  attribute,
  locale: null,
  scope: null,
  data: 'x',
  base: null,
  provenance: null,
})
let runs = 0

/** A line of two values that was answered so, and settled so many times: what stands afterwards. */
async function answered(answer: (line: HeldLine) => AnsweredLine, { attempts = 0, times = 1 } = {}) {
  const { sql } = database
  const connection = `acme-${++runs}`
  const run = BigInt(runs)
  const holder = randomUUID()
  const writing = {
    deps: { sql },
    connection: { name: connection, config: connectionTo('https://pim.example.com') },
    run,
  } as Pick<Writing, 'run'> as Writing // Settling looks at nothing else.
  await sql.begin((tx) =>
    putLines(tx, connection, run, [
      {
        stream: 'products',
        key: 'a',
        createdAt: new Date(),
        knownUntil: new Date(),
        values: [value('name'), value('mpn')],
      },
    ]),
  )
  await sql`update enrichment_line set attempts = ${attempts} where connection = ${connection}`
  const [line] = await takeLines(sql, connection, { stream: 'products', holder, most: 1, leaseMs: 60_000 })
  if (!line) throw new Error('no line')
  for (let time = 0; time < times; time++)
    await settleAnswers(writing, {
      stream: 'products',
      holder,
      ticket: 7n,
      sentAt: new Date(),
      answers: [answer(line)],
    })
  const [left] = await sql<{ state: string; isHeld: boolean; attributes: string[] }[]>`
    select state, held_until > clock_timestamp() as "isHeld",
      array(select v ->> 'attribute' from jsonb_array_elements(values) v) as attributes
    from enrichment_line where connection = ${connection}`
  const ledger = await sql<{ attribute: string }[]>`
    select attribute from enrichment_value where connection = ${connection} order by attribute`
  const findings = await sql<{ place: string; kind: string; code: string }[]>`
    select place, kind, code from enrichment_finding where connection = ${connection} order by place`
  return {
    line:
      left === undefined
        ? 'gone'
        : `${left.state}${left.isHeld ? ', held' : ''}: ${left.attributes.join(' ')}`,
    ledger: ledger.map(({ attribute }) => attribute),
    findings: findings.map(({ place, kind, code }) => `${kind} ${code} ${place}`.trim()),
    counts: await countsOf(sql, run),
  }
}

const refused =
  (status: number, message: string, errors: { attribute: string; message: string }[] = []) =>
  (line: HeldLine): AnsweredLine => ({
    line,
    values: line.values,
    kind: 'refused',
    status,
    message,
    errors,
  })
const whole = (code: string, counts: object) => ({
  line: 'parked: name mpn',
  ledger: [],
  findings: [`refused ${code}`],
  counts,
})

describe('what Akeneo says of a line', () => {
  it.each<[string, (line: HeldLine) => AnsweredLine, object]>([
    [
      '204: done, to be read back',
      (line) => ({ line, values: line.values, kind: 'updated' }),
      { line: 'gone', ledger: ['mpn', 'name'], findings: [], counts: { lines: 1, values: 2 } },
    ],
    [
      '201, and taken back',
      (line) => ({ line, values: line.values, kind: 'created', deletion: 'deleted' }),
      { line: 'gone', ledger: [], findings: ['problem gone'], counts: { createdByMistake: 1 } },
    ],
    [
      '201, and this user may not delete',
      (line) => ({ line, values: line.values, kind: 'created', deletion: 'forbidden' }),
      { line: 'gone', ledger: [], findings: ['problem created-by-mistake'], counts: { createdByMistake: 1 } },
    ],
    [
      '422 of one attribute: the rest goes out again',
      refused(422, 'Validation failed.', [{ attribute: 'name', message: 'Too long' }]),
      { line: 'intended: mpn', ledger: [], findings: ['refused 422 name'], counts: { refused: 1 } },
    ],
    [
      '422 of all of them',
      refused(422, 'Validation failed.', [
        { attribute: 'name', message: 'Too long' },
        { attribute: 'mpn', message: 'Taken' },
      ]),
      { line: 'gone', ledger: [], findings: ['refused 422 mpn', 'refused 422 name'], counts: { refused: 2 } },
    ],
    [
      '422 of an attribute that does not exist, without a list',
      refused(422, 'The name attribute does not exist in your PIM.'),
      { line: 'intended: mpn', ledger: [], findings: ['refused 422 name'], counts: { refused: 1 } },
    ],
    [
      '422 of something else in the record',
      refused(422, 'No', [{ attribute: 'weight', message: 'No unit' }]),
      whole('422', { parked: 1 }),
    ],
    ['400: no JSON', refused(400, 'Invalid json message received'), whole('400', { parked: 1 })],
    [
      '403: only to be seen',
      refused(403, 'You only have a view right on this record.'),
      whole('403', { parked: 1 }),
    ],
    [
      '404: not for this user',
      refused(404, 'Product "a" does not exist or you do not have permission to access it.'),
      whole('404', { parked: 1 }),
    ],
    ['413: too long', refused(413, 'Line is too long.'), whole('413', { parked: 1 })],
    ['415: no answer that is known', refused(415, 'Odd'), whole('415', { parked: 1 })],
    [
      '500: may have been done',
      refused(500, 'Oops'),
      { line: 'intended, held: name mpn', ledger: [], findings: [], counts: { unanswered: 1 } },
    ],
    [
      '429: passes',
      refused(429, 'Slow'),
      { line: 'intended, held: name mpn', ledger: [], findings: [], counts: { unanswered: 1 } },
    ],
    [
      '408: passes',
      refused(408, 'Too slow'),
      { line: 'intended, held: name mpn', ledger: [], findings: [], counts: { unanswered: 1 } },
    ],
    [
      'nothing: the answer ended before',
      (line) => ({ line, values: line.values, kind: 'unknown' }),
      { line: 'intended, held: name mpn', ledger: [], findings: [], counts: { unanswered: 1 } },
    ],
  ])('%s', async (_said, answer, expected) => expect(await answered(answer)).toEqual(expected))

  it('500 for the fifth time: put aside', async () =>
    expect(await answered(refused(500, 'Oops'), { attempts: 4 })).toEqual(whole('no-answer', { parked: 1 })))

  it('is counted once, also by the reason and attribute, when it is settled again after a failure', async () => {
    const answer = refused(422, 'Validation failed.', [{ attribute: 'name', message: 'Too long' }])
    expect(await answered(answer, { times: 2 })).toMatchObject({ counts: { refused: 1 } })
    const parts = await database.sql`
      select by, part, name, n::int from enrichment_count_part where run = ${runs}::bigint order by by, part`
    expect(parts.map(({ by, part, name, n }) => `${by} ${part}: ${n} ${name}`)).toEqual([
      'attribute name: 1 refused',
      'brand : 1 refused',
      'family : 1 refused',
      'locale : 1 refused',
      'reason 422: 1 refused',
    ])
  })
})
