import { expect, it, onTestFinished } from 'vitest'
import type { Sql } from '../../../connectors/hub/database.ts'
import { decideEmptied } from '../../../connectors/hub/emptied-plans.ts'
import {
  closeEmptied,
  emptiedCounts,
  emptiedRecords,
  freezeValues,
  holdEmptied,
  openPlaces,
} from '../../../connectors/hub/emptied-values.ts'
import { freezeParts, openTargets } from '../../../connectors/hub/missed-parts.ts'
import { forgetIn } from '../../../connectors/hub/retired.ts'
import { writeSources } from '../../../connectors/hub/sources.ts'
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

it('a person’s no outlasts readings that look at the record for what is frozen in it, until Akeneo shows it otherwise', async () => {
  const sql = await database()
  const read = (values: Record<string, string>) =>
    sql.begin((tx) => {
      const entries = Object.entries(values).map(
        ([code, data]) => [code, [{ locale: null, scope: null, data }]] as const,
      )
      const record = { key: 'a', code: 'A', parent: null, family: null }
      return writeSources(
        tx,
        'acme',
        'products',
        [{ ...record, source: { values: Object.fromEntries(entries) } }],
        1n,
      )
    })
  const place = (attribute: string) => ({ attribute, locale: '', scope: '' })
  const freeze = () =>
    sql.begin((tx) => freezeValues(tx, 'acme', null, [{ ...place('secret'), why: 'hidden' }]))
  const stands = async () => {
    const record = (await emptiedRecords(sql, 'acme', 'products', ['a'])).get('a')
    return { held: [...(record?.heldIn ?? [])], frozen: record?.frozen.map(({ field }) => field) }
  }

  await read({ name: 'Lamp', weight: '2', secret: 'x' })
  await read({ name: 'Lamp' })
  await freeze()
  await sql.begin(async (tx) => {
    const fields = [{ ...place('weight'), stream: 'products' as const, emptied: 1, filled: 1 }]
    const plan = await holdEmptied(tx, 'acme', null, { output: 'shop', guard: 0, fields })
    await closeEmptied(tx, 'acme', null, [place('weight')])
    await decideEmptied(tx, 'acme', plan, { state: 'rejected', by: 'ada' })
  })
  for (const _reading of [1, 2]) {
    expect(await stands()).toEqual({ held: ['shop'], frozen: ['secret'] })
    expect(await read({ name: 'Lamp' })).toHaveLength(1)
    await freeze()
  }
  expect(await stands()).toEqual({ held: ['shop'], frozen: ['secret'] })

  await read({ name: 'Lantern' })
  await freeze()
  expect(await stands()).toEqual({ held: [], frozen: ['secret'] })
})
