import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../support/database.ts'

describe('stored documents', () => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  it('are packed by lz4 where the server was built with it, and as it does by itself elsewhere', async () => {
    const { sql } = database
    const [server] = await sql<{ hasLz4: boolean }[]>`
      select 'lz4' = any(enumvals) as "hasLz4" from pg_settings where name = 'default_toast_compression'`
    const columns = await sql<{ name: string; method: string }[]>`
      select concat(attrelid::regclass, '.', attname) as name, attcompression as method from pg_attribute
      where attrelid in ('source_record'::regclass, 'hub_record'::regclass) and attname in ('source', 'body')
      order by name`
    const method = server?.hasLz4 === true ? 'l' : ''
    expect(columns).toEqual([
      { name: 'hub_record.body', method },
      { name: 'source_record.source', method },
    ])
  })
})
