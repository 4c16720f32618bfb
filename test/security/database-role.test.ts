import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'
import { migrate } from '../../connectors/hub/migrate.ts'
import { apiOf } from '../simulator/api.ts'
import type { FreshDatabase } from '../support/database.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

/** What docs/security.md tells the owner of the tables to run. */
const statements = /```sql\n([\s\S]*?)```/.exec(
  readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8'),
)?.[1]

/** A role as documented, under a name of this test's own: roles belong to the whole server. */
async function restricted({ sql, url }: FreshDatabase): Promise<string> {
  const role = new URL(url).pathname.slice(1).replace('test_', 'app_')
  await sql.unsafe((statements ?? '').replaceAll('pimflow_app', role))
  const address = new URL(url)
  address.username = role
  address.password = 'choose one'
  return address.href
}

describe('a database role that may read and write rows, and nothing else', () => {
  let pipeline: Pipeline
  let app: Sql
  beforeAll(async () => {
    pipeline = await openPipeline({ databaseUrl: restricted })
    app = openDatabase(pipeline.config.database.url, { max: 1 })
  }, 60_000)
  afterAll(async () => {
    const role = new URL(pipeline.config.database.url).username
    await app.end()
    const { sql } = pipeline.database
    await pipeline.deps.sql.end({ timeout: 1 })
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`)
    await pipeline.close()
  })

  it('can change no table and make none', async () => {
    for (const statement of [
      'create table mine (id int)',
      'drop table source_record',
      'truncate hub_record',
      'alter table feed add column mine int',
      "copy lane to program 'true'",
      'create role mine superuser',
    ]) {
      await expect(app.unsafe(statement), statement).rejects.toMatchObject({
        code: expect.stringMatching(/^42501$/) as string,
      })
    }
  })

  it('is enough for a load, a poll, a manual sync, a reconcile that retires', async () => {
    const { akeneo } = pipeline
    expect(await pipeline.initializeCategories()).toMatchObject({ outcome: 'done' })
    expect((await pipeline.load()).streams['products']?.read).toBe(240)
    akeneo.edit([{ resource: 'product', code: 'NL-DL7-W', patch: { enabled: false } }])
    expect((await pipeline.poll()).streams['products']?.changed).toBe(1)
    await pipeline.sync('NL-DL7-B')
    await (await apiOf(akeneo)).delete('/products/NL-DL7-B')
    const reconciled = await pipeline.reconcile()
    expect(reconciled).toMatchObject({ outcome: 'done', retired: 1 })
  }, 60_000)

  it('finds the schema at its version and asks for nothing more', async () => {
    expect(await migrate(app)).toEqual([])
  })

  it('is told when the schema is behind', async () => {
    const { sql } = pipeline.database
    const [last] = await sql<{ name: string }[]>`
      delete from schema_migration where name = (select max(name) from schema_migration) returning name`
    await expect(migrate(app)).rejects.toThrow(/pimflow migrate/)
    await sql`insert into schema_migration (name) values (${last?.name ?? ''})`
  })
})
