import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesAfter, lastSeq, publishRecords } from '../../../connectors/hub/records.ts'
import type { TranslatedRecord } from '../../../contracts/hub.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const category = (code: string, label: string, updated = '2026-11-20T08:15:30Z'): TranslatedRecord => ({
  kind: 'category',
  status: 'active',
  source: { uuid: null, code, updated, mapping: 'default@1' },
  code,
  parent: null,
  path: [],
  position: 1,
  labels: { en_US: label },
})

const publish = (output: string, records: { id: string; record: TranslatedRecord }[]) =>
  database.sql.begin((tx) => publishRecords(tx, { connection: 'acme', output, run: null }, records))

describe('the feed', () => {
  it('names what changed and counts versions', async () => {
    const id = randomUUID()
    await publish('one', [{ id, record: category('lamps', 'Lamps') }])
    await publish('one', [{ id, record: category('lamps', 'All lamps') }])
    const changes = await changesAfter(database.sql, 'acme', 'one', 0n, 10)
    expect(changes.map(({ seq, version, change, fields }) => ({ seq, version, change, fields }))).toEqual([
      { seq: 1, version: 1, change: 'created', fields: ['code', 'labels', 'path', 'position', 'status'] },
      { seq: 2, version: 2, change: 'updated', fields: ['labels'] },
    ])
    expect(changes[0]?.record).toMatchObject({ id, version: 2, labels: { en_US: 'All lamps' } })
  })

  it('takes nothing for a change that is none, nor a new `updated` without content', async () => {
    const id = randomUUID()
    await publish('two', [{ id, record: category('bulbs', 'Bulbs') }])
    await publish('two', [{ id, record: category('bulbs', 'Bulbs') }])
    await publish('two', [{ id, record: category('bulbs', 'Bulbs', '2026-11-21T00:00:00Z') }])
    expect(await lastSeq(database.sql, 'acme', 'two')).toBe(1n)
  })

  it('has no gap and no double under concurrent publishers, and no reader misses a row', async () => {
    const seen: number[] = []
    const reader = (async () => {
      while (seen.length < 1000) {
        const page = await changesAfter(database.sql, 'acme', 'three', BigInt(seen.at(-1) ?? 0), 50)
        seen.push(...page.map(({ seq }) => seq))
      }
    })()
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let page = 0; page < 25; page++) {
        await publish(
          'three',
          Array.from({ length: 10 }, (_, i) => ({
            id: randomUUID(),
            record: category(`c-${writer}-${page}-${i}`, 'x'),
          })),
        )
      }
    })
    await Promise.all(writers)
    await reader
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })
})
