import type { Config } from '../../config.ts'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'

/** Opens the hub for as long as `use` takes; few connections, because a command asks one thing after the other. */
export async function withHub<T>(
  { database }: Pick<Config, 'database'>,
  use: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = openDatabase(database.url, { max: 2, prepare: database.prepare })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
