import { expect, it, onTestFinished } from 'vitest'
import type { Sql } from '../../../connectors/hub/database.ts'
import { closeEmptied, emptiedCounts, openPlaces } from '../../../connectors/hub/emptied-values.ts'
import { freezeParts, openTargets } from '../../../connectors/hub/missed-parts.ts'
import { forgetIn } from '../../../connectors/hub/retired.ts'
import { freshDatabase } from '../../support/database.ts'

async function database(): Promise<Sql> {
  const opened = await freshDatabase()
  onTestFinished(() => opened.drop())
  return opened.sql
}

const emptied = (sql: Sql, key: string, attribute: string, state = 'open') => sql`
  insert into emptied_value (connection, stream, key, attribute, locale, scope, entry, state)
  values ('acme', 'products', ${key}, ${attribute}, '', '', '{"data": "x"}', ${state})`

const missed = (sql: Sql, key: string, category: string) => sql`
  insert into missed_part (connection, stream, key, place, name, list_index, entry, target_stream, target)
  values ('acme', 'products', ${key}, '{categories}', ${category}, 0, '"x"', 'categories', ${category})`

const left = async (sql: Sql) => {
  const rows = await sql<{ key: string }[]>`
    select key from emptied_value union all select key from missed_part order by 1`
  return rows.map(({ key }) => key)
}

it('what is opened while Akeneo is asked about the rest waits for the next judgement', async () => {
  const sql = await database()
  await emptied(sql, 'a', 'name')
  await missed(sql, 'b', 'lamps')
  const places = await openPlaces(sql, 'acme', null)
  const targets = await openTargets(sql, 'acme', null)
  await emptied(sql, 'c', 'brand')
  await missed(sql, 'd', 'chairs')
  await sql.begin(async (tx) => {
    expect(await emptiedCounts(tx, 'acme', null, places, 1)).toMatchObject([
      { attribute: 'name', emptied: 1 },
    ])
    await freezeParts(tx, 'acme', null, targets, [])
    await closeEmptied(tx, 'acme', null, places)
  })
  expect(await left(sql)).toEqual(['c', 'd'])
})

it('a value that stayed as it was is forgotten with its attribute', async () => {
  const sql = await database()
  await emptied(sql, 'a', 'name', 'frozen')
  await emptied(sql, 'a', 'brand', 'frozen')
  await sql.begin((tx) => forgetIn(tx, 'acme', 'products', ['a'], { categories: [], attributes: ['name'] }))
  expect(await sql`select attribute from emptied_value`).toMatchObject([{ attribute: 'brand' }])
})
