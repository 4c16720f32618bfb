import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dueRejections, reject, rejectionsOf, retryRejections } from '../../../connectors/hub/rejections.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

const rejection = {
  stream: 'products' as const,
  key: 'k',
  code: 'NL-404',
  reason: 'unit',
  field: 'weight',
  text: 'The unit STONE is not in Weight',
  remedy: 'Correct it in Akeneo',
}

/** Once more in vain: minutes until the next try, by the database's one clock. */
async function rejectAgain(connection: string): Promise<number> {
  const { sql } = database
  await sql.begin((tx) => reject(tx, connection, [rejection]))
  const [stored] = await rejectionsOf(sql, connection)
  if (!stored) throw new Error('The rejection was not kept')
  return (stored.nextAttempt.getTime() - stored.lastSeen.getTime()) / 60_000
}

describe('a rejected record', () => {
  it('is tried again after 5, 15, 45 minutes and so on, at most a day later, however often it fails', async () => {
    const delays: number[] = []
    for (let attempt = 0; attempt < 14; attempt++) delays.push(await rejectAgain('growing'))
    expect(delays.slice(0, 7)).toEqual([5, 15, 45, 135, 405, 1215, 1440])
    expect(new Set(delays.slice(6))).toEqual(new Set([1440]))
    const [stored] = await rejectionsOf(database.sql, 'growing')
    expect(stored?.attempts).toBe(delays.length)
  })

  it('is not due before, and due at once when a person says so', async () => {
    const { sql } = database
    await rejectAgain('asked')
    expect(await dueRejections(sql, 'asked', ['products'], 10)).toEqual([])
    expect(await retryRejections(sql, 'asked', { reason: 'other' })).toBe(0)
    expect(await retryRejections(sql, 'asked', { names: ['NL-404'] })).toBe(1)
    expect((await dueRejections(sql, 'asked', ['products'], 10)).map(({ code }) => code)).toEqual(['NL-404'])
  })
})
