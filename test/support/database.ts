import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'

export interface FreshDatabase {
  url: string
  sql: Sql
  drop(): Promise<void>
}

/** A database of this test's own, with all migrations applied; copied from a template, so it costs milliseconds. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const admin = new URL(inject('databaseUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  const root = openDatabase(admin.href, { max: 1 })
  await root.unsafe(`create database ${name} template ${inject('templateDatabase')}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  const sql = openDatabase(url.href, { max: 8 })
  return {
    url: url.href,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 })
      await root.unsafe(`drop database if exists ${name} with (force)`)
      await root.end()
    },
  }
}

/** A database for all tests of a file, and a connection's name for each of them. */
export function hubOfFile(): { sql: Sql; connection: string } {
  let database: FreshDatabase | undefined
  let tests = 0
  beforeAll(async () => {
    database = await freshDatabase()
  })
  beforeEach(() => {
    tests++
  })
  afterAll(() => database?.drop())
  return {
    get sql() {
      if (!database) throw new Error('There is a database within tests only')
      return database.sql
    },
    get connection() {
      return `acme-${tests}`
    },
  }
}

/** Every row of every table, as text. */
export async function dumpOf({ sql }: Pick<FreshDatabase, 'sql'>): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`
  const texts: string[] = []
  for (const { name } of tables) {
    for (const { row } of await sql<{ row: string }[]>`select t::text as row from ${sql(name)} t`)
      texts.push(row)
  }
  return texts.join('\n')
}
