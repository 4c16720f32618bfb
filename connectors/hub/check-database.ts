import type { CheckLine } from '../../domain/check-report.ts'
import type { Sql } from './database.ts'

const oldestVersion = 15

/** What the driver keeps of a connection; `pid` is the backend that the server named when it was opened. */
interface DriverState {
  state?: { pid?: number | null }
}

/**
 * Whether the database answers and can be worked with. A pooler gives its clients a backend number of its own making, which
 * gives it away; statements that were prepared on one of its connections may be asked of another one.
 */
export async function checkDatabase(sql: Sql, { prepare }: { prepare: boolean }): Promise<CheckLine> {
  const name = 'database'
  try {
    // No named statement here, which is the very thing that a pooler may lose.
    const rows = await sql.unsafe<{ pid: number; version: number; lanes: boolean }[]>(
      `select pg_backend_pid() as pid, current_setting('server_version_num')::int / 10000 as version,
        to_regclass('lane') is not null as lanes`,
    )
    const [row] = rows
    if (!row) throw new Error('it answered nothing')
    if (row.version < oldestVersion) {
      return {
        name,
        status: 'failed',
        text: `PostgreSQL ${row.version} is too old`,
        remedy: `Use PostgreSQL ${oldestVersion} or later.`,
      }
    }
    if (!row.lanes) {
      return {
        name,
        status: 'failed',
        text: 'The database has no tables of pimflow',
        remedy: 'Start a worker once: it makes them.',
      }
    }
    const { state } = rows as DriverState
    const pooled = state?.pid !== undefined && state.pid !== null && state.pid !== row.pid
    if (pooled && prepare) {
      return {
        name,
        status: 'failed',
        text: `PostgreSQL ${row.version} stands behind a pooler, which may lose prepared statements`,
        remedy: 'Set database.prepare: false, or give the address of the database itself.',
      }
    }
    const how = pooled ? ' behind a pooler, with prepared statements off' : ''
    return { name, status: 'ok', text: `PostgreSQL ${row.version}${how}` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    return {
      name,
      status: 'failed',
      text: `The database does not answer (${code})`,
      remedy:
        'Check database.url (the environment variable DATABASE_URL), and whether that server runs; or: pimflow up',
    }
  }
}
