import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillCounts } from '../../../connectors/hub/fill-counts.ts'
import { findingCounts } from '../../../connectors/hub/findings.ts'
import { recordCounts } from '../../../connectors/hub/sights.ts'
import type { Sql } from '../../../connectors/hub/database.ts'
import { type FreshDatabase, freshDatabase } from '../../support/database.ts'

let database: FreshDatabase
let sql: Sql
beforeAll(async () => {
  database = await freshDatabase()
  sql = database.sql
  await sql`
    insert into source_record (connection, stream, key, ticket, hash, source)
    select connection, case when n % 10 = 0 then 'product-models' else 'products' end, 'key ' || n, 1, '',
      jsonb_build_object('values', jsonb_build_object('sku', '[]', 'name', '[]') - case when n % 2 = 0 then 'name' else '' end)
    from generate_series(1, 1000) n, unnest(array['acme', 'other']) connection`
  await sql`insert into source_record (connection, stream, key, ticket, hash, source) values ('acme', 'families', 'f', 1, '', '{}')`
})
afterAll(() => database.drop())

it('how full attributes are is counted over all stored products and models', async () => {
  expect(await fillCounts(sql, 'acme')).toEqual({
    records: 1000,
    filled: new Map([
      ['sku', 1000],
      ['name', 500],
    ]),
  })
  expect(await fillCounts(sql, 'acme', { most: 1000 })).not.toHaveProperty('stored')
  expect(await fillCounts(sql, 'nobody')).toEqual({ records: 0, filled: new Map() })
})

it('or over about as many as are asked for, which says so', async () => {
  const { records, filled, stored } = await fillCounts(sql, 'acme', { most: 250 })
  expect(stored).toBe(1000)
  expect(records).toBeGreaterThan(150)
  expect(records).toBeLessThan(350)
  expect(filled.get('sku')).toBe(records)
  expect(Math.abs((filled.get('name') ?? 0) / records - 0.5)).toBeLessThan(0.15)
})

it('records are counted by output, kind and status', async () => {
  const add = (output: string, kind: string, status: string, count: number) => sql`
    insert into hub_record (connection, output, id, kind, version, status, hash, body)
    select 'acme', ${output}, gen_random_uuid(), ${kind}, 1, ${status}, '', '{}' from generate_series(1, ${count}::int)`
  await add('shop', 'product', 'active', 5)
  await add('shop', 'product', 'withheld', 3)
  await add('shop', 'product', 'retired', 2)
  await add('shop', 'group', 'retired', 4)
  await add('print', 'product', 'active', 1)
  expect(await recordCounts(sql, 'acme')).toEqual([
    { output: 'print', kind: 'product', status: 'active', count: 1 },
    { output: 'shop', kind: 'group', status: 'retired', count: 4 },
    { output: 'shop', kind: 'product', status: 'active', count: 5 },
    { output: 'shop', kind: 'product', status: 'retired', count: 2 },
    { output: 'shop', kind: 'product', status: 'withheld', count: 3 },
  ])
  expect(await recordCounts(sql, 'other')).toEqual([])
})

it('a record with one finding in several outputs or fields is counted once', async () => {
  await sql`
    insert into finding (connection, output, stream, key, position, code, message, remedy)
    values ('acme', 'shop', 'products', 'a', 0, 'bad-check-digit', '', ''), ('acme', 'shop', 'products', 'a', 1, 'bad-check-digit', '', ''),
      ('acme', 'print', 'products', 'a', 0, 'bad-check-digit', '', ''), ('acme', 'shop', 'products', 'b', 0, 'bad-check-digit', '', ''),
      ('acme', 'shop', 'product-models', 'a', 0, 'file-missing', '', '')`
  expect(await findingCounts(sql, 'acme')).toEqual([
    { reason: 'bad-check-digit', count: 2 },
    { reason: 'file-missing', count: 1 },
  ])
})
