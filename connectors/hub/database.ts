import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { isTracing } from '../telemetry/spans.ts'
import { guardedTransactions } from './guarded-transactions.ts'
import { tracedSql } from './traced-sql.ts'

/** A pool, or one transaction of it: what every store function takes, so that callers decide what commits together. */
export type Sql = postgres.Sql<{ bigint: bigint }>
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>
export type Queryable = Sql | Transaction

export interface DatabaseOptions {
  /** Connections of this pool. */
  max?: number
  /** False where a transaction pooler sits in between: named prepared statements do not survive it. */
  prepare?: boolean
  /** A transaction in which nothing happens for so long is ended by the database, with its locks; unit ms. */
  idleTransactionMs?: number
}

/**
 * Longer than a page takes to be translated, shorter than a silent worker's page is left to it: when another one begins it, its rows are
 * free.
 */
const longestIdleMs = 60_000

export function openDatabase(
  url: string,
  { max = 10, prepare = true, idleTransactionMs = longestIdleMs }: DatabaseOptions = {},
): Sql {
  const driver: Sql = postgres(url, {
    max,
    prepare,
    types: { bigint: postgres.BigInt },
    connection: { application_name: 'pimflow' },
    connect_timeout: 10,
    onnotice: () => undefined,
  })
  const sql = guardedTransactions(driver, idleTransactionMs)
  return isTracing() ? tracedSql(sql) : sql
}

/** The row of a statement that always has one, such as a count. */
export function onlyRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('A statement that always gives a row gave none')
  return row
}

export const migrationsFolder = fileURLToPath(new URL('./migrations/', import.meta.url))
