import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimReading, type SourceInput, writeSources } from '../../../connectors/hub/sources.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const record = (key: string, content: string): SourceInput => ({
  key,
  code: key,
  parent: null,
  family: null,
  source: { code: key, content },
})

/** What one writer does with a page: as activities/publishing does, without what follows. */
async function write(ticket: bigint, records: SourceInput[]): Promise<void> {
  await database.sql.begin(async (tx) => {
    const accepted = await claimReading(
      tx,
      'acme',
      'products',
      records.map(({ key }) => key),
      ticket,
    )
    await writeSources(
      tx,
      'acme',
      'products',
      records.filter(({ key }) => accepted.has(key)),
      ticket,
    )
  })
}

const stored = async (key: string) => {
  const [row] = await database.sql<{ source: { content: string } }[]>`
    select source from source_record where connection = 'acme' and key = ${key}`
  return row?.source.content
}

describe('the order of reads', () => {
  it('lets a later read win, whichever is written last', async () => {
    await write(2n, [record('a', 'new')])
    await write(1n, [record('a', 'old')])
    expect(await stored('a')).toBe('new')
  })

  it('remembers a later read that found nothing changed', async () => {
    await write(10n, [record('b', 'first')])
    await write(12n, [record('b', 'first')])
    await write(11n, [record('b', 'between')])
    expect(await stored('b')).toBe('first')
  })

  it('leaves the row of an unchanged record untouched', async () => {
    await write(20n, [record('c', 'same')])
    const version = () =>
      database.sql`select xmin::text, xmax::text, ctid::text from source_record where key = 'c'`
    const before = await version()
    await write(21n, [record('c', 'same')])
    expect(await version()).toEqual(before)
  })

  it('leaves no stale row where two writers race over the same records, in 1,000 trials', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `race-${i}`)
    let stale = 0
    for (let trial = 0; trial < 1000; trial++) {
      const ticket = BigInt(1000 + trial * 2)
      // The content goes back and forth, so an old read may look like a change of what is stored.
      const older = keys.map((key) => record(key, trial % 2 === 0 ? 'left' : 'right'))
      const newer = keys.map((key) => record(key, trial % 3 === 0 ? 'left' : `right-${trial}`))
      await Promise.all([write(ticket + 1n, newer), write(ticket, older)])
      const expected = trial % 3 === 0 ? 'left' : `right-${trial}`
      const rows = await database.sql<{ n: number }[]>`
        select count(*)::int as n from source_record
        where connection = 'acme' and key like 'race-%' and source ->> 'content' <> ${expected}`
      stale += rows[0]?.n ?? 0
    }
    expect(stale).toBe(0)
  }, 120_000)
})
