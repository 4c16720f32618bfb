import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sql } from '../../../connectors/hub/database.ts'
import { keepFindings, refusedValues } from '../../../connectors/hub/enrichment/findings.ts'
import { putLines } from '../../../connectors/hub/enrichment/lines.ts'
import { retryRefusals } from '../../../connectors/hub/enrichment/retry.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
let sql: Sql
beforeAll(async () => {
  database = await freshDatabase()
  sql = database.sql
})
afterAll(() => database.drop())

const connection = 'acme'
const record = { stream: 'products' as const, key: 'a' }
const value = { attribute: 'name', locale: null, scope: null, data: 'x', base: null, provenance: null }
const line = { ...record, createdAt: new Date(0), knownUntil: new Date(0), values: [value] }
const put = async () => [...(await sql.begin((tx) => putLines(tx, connection, 1n, [line]))).values()]
const refuse = (code: string, place: string) =>
  sql.begin((tx) =>
    keepFindings(tx, connection, 1n, [{ ...record, place, kind: 'refused', code, message: 'no', data: 'x' }]),
  )
const daily = () => sql.begin((tx) => retryRefusals(tx, connection))
/** Everything that is known of it was a day earlier. */
const aDayPasses = () =>
  sql`update enrichment_finding set first_seen = first_seen - interval '1 day', last_seen = last_seen - interval '1 day'`

/** On which of these days Akeneo is asked once more, when it says no each time. */
async function triedOn(days: number, isTried: () => Promise<boolean>, refuseAgain: () => Promise<unknown>) {
  const tried: number[] = []
  for (let day = 1; day <= days; day++) {
    await aDayPasses()
    await daily()
    if (!(await isTried())) continue
    tried.push(day)
    await refuseAgain()
  }
  return tried
}

const growing = [1, 2, 4, 8, 15, 22]

it.each(['403', 'no-answer'])(
  'a line that was refused as %s is sent again, ever less often',
  async (code) => {
    const refuseLine = async () => {
      await sql`delete from enrichment_line`
      await put()
      await sql`
      insert into source_record (connection, stream, key, ticket, hash, source) values (${connection}, 'products', 'a', 1, 'h', '{}')
      on conflict do nothing`
      await sql`update enrichment_line set state = 'parked', read_as = 'h'`
      await refuse(code, '')
    }
    await sql`delete from enrichment_finding`
    await refuseLine()
    expect(await put()).toEqual(['parked'])
    expect(await triedOn(25, async () => (await put())[0] === 'put', refuseLine)).toEqual(growing)
  },
)

it('a value that was refused for rights is sent again, too, and what was written is wrong with stays out', async () => {
  await sql`delete from enrichment_finding`
  await refuse('403', 'name  ')
  await refuse('422', 'weight  ')
  const refused = async () => [
    ...((await refusedValues(sql, connection, 'products', ['a'])).get('a')?.keys() ?? []),
  ]
  expect(await refused()).toEqual(['name  ', 'weight  '])
  const isTried = async () => !(await refused()).includes('name  ')
  expect(await triedOn(25, isTried, () => refuse('403', 'name  '))).toEqual(growing)
  expect(await refused()).toEqual(['name  ', 'weight  '])

  // Taken in the end, or not wanted any more: nothing is left to say.
  for (let day = 0; day < 8; day++) await aDayPasses()
  await daily()
  await daily()
  expect((await sql`select place from enrichment_finding`).map(({ place }) => place as unknown)).toEqual([
    'weight  ',
  ])
})

it('values of one record that were refused on different days are tried together, so that its sheet is fetched on fewer of them', async () => {
  await sql`delete from enrichment_finding`
  const places = ['name  ', 'weight  ']
  await refuse('403', 'name  ')
  await aDayPasses()
  await refuse('403', 'weight  ')
  const tried = async () => {
    const refused = (await refusedValues(sql, connection, 'products', ['a'])).get('a')
    return places.filter((place) => refused?.has(place) !== true)
  }
  const refuseTried = async () => {
    for (const place of await tried()) await refuse('403', place)
  }
  const fetched = await triedOn(24, async () => (await tried()).length > 0, refuseTried)
  // Each by itself: 1, 2, 3, 4, 7, 8, 14, 15, 21, 22.
  expect(fetched).toEqual([1, 2, 4, 8, 15, 22])
})
