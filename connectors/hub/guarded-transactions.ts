import type { Sql, Transaction } from './database.ts'

type Work = (tx: Transaction) => unknown
type Then = (done?: (rows: unknown) => unknown, failed?: (error: unknown) => unknown) => unknown

/**
 * The same pool, whose transactions end when they stand still for `idleMs`, and survive the loss of their connection.
 *
 * A worker that hangs inside a transaction would keep its rows locked for as long as its connection lives: the database ends it. Each
 * transaction says so itself, because a pooler takes no such setting for a session; a limit that the database's owner has set counts before.
 *
 * A statement for a connection that is gone, the driver's own `rollback` too, breaks the driver where nobody can catch it, or comes out on
 * the connection that took its place, outside of any transaction. So there is none: whoever began the transaction is told at once.
 */
export function guardedTransactions(sql: Sql, idleMs: number): Sql {
  return new Proxy(sql, {
    get(pool, name, receiver) {
      if (name !== 'begin') return Reflect.get(pool, name, receiver) as unknown
      return (...given: [work: Work] | [options: string, work: Work]) => {
        const [options, work] = given.length === 1 ? (['', given[0]] as const) : given
        return guarded(pool, options, work, idleMs)
      }
    },
  })
}

function guarded(pool: Sql, options: string, work: Work, idleMs: number): Promise<unknown> {
  const connection = new TransactionConnection()
  const whole = pool.begin(options, async (tx) => {
    const inside = connection.guard(tx)
    // On its way with the first statement; by the driver its failure is the transaction's.
    void limitIdle(inside, idleMs).execute()
    try {
      const result = work(inside)
      const done: unknown = await (Array.isArray(result) ? Promise.all(result) : result)
      if (connection.lost === null) return done
    } catch (error) {
      if (connection.lost === null) throw error
    }
    // Neither a commit nor a rollback.
    return new Promise(() => undefined)
  })
  // Also when no statement was under way that would have failed.
  whole.catch((error: unknown) => connection.lose(error))
  return Promise.race([whole, connection.gone])
}

const limitIdle = (tx: Transaction, idleMs: number) => tx`
  select set_config('idle_in_transaction_session_timeout', ${`${idleMs}ms`}, true)
  where current_setting('idle_in_transaction_session_timeout') = '0'`

/** What a transaction knows of its connection: nothing, until one of its statements fails by the loss of it. */
class TransactionConnection {
  lost: Error | null = null
  readonly gone: Promise<never>
  #tell: (error: Error) => void = () => undefined

  constructor() {
    this.gone = new Promise<never>((_, reject) => (this.#tell = reject))
  }

  lose(error: unknown): void {
    if (this.lost !== null) return
    this.lost = error instanceof Error ? error : new Error(String(error))
    this.#tell(this.lost)
  }

  guard(tx: Transaction): Transaction {
    return new Proxy(tx, {
      apply: (statement, self, given: unknown[]) => {
        // A tagged template, or one of the driver's helpers: what it takes is what was given.
        const call: (...args: never[]) => unknown = statement
        return this.#watch(Reflect.apply(call, self, given))
      },
      get: (inside, name, receiver) => {
        if (name !== 'unsafe') return Reflect.get(inside, name, receiver) as unknown
        return (...given: Parameters<Transaction['unsafe']>) => this.#watch(inside.unsafe(...given))
      },
    })
  }

  /** A statement is sent when somebody waits for it; what is a part of another one is never waited for. */
  #watch(query: unknown): unknown {
    if (this.lost !== null) throw this.lost
    if (!(query instanceof Promise)) return query
    const original: Then = query.then.bind(query)
    const then: Then = (done, failed) => {
      if (this.lost !== null) return Promise.reject(this.lost).then(done, failed)
      return original(done, (error: unknown) => {
        if (isLoss(error)) this.lose(error)
        if (failed === undefined) throw error
        return failed(error)
      })
    }
    void Object.assign(query, { then })
    if (hasCursor(query)) {
      const cursor = query.cursor.bind(query)
      query.cursor = (rows) => this.#watchRows(cursor(rows))
    }
    return query
  }

  /** Further rows are asked for on the connection that the first came from. */
  #watchRows(rows: AsyncIterable<unknown>): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () => {
        const inside = rows[Symbol.asyncIterator]()
        return {
          next: async () => {
            if (this.lost !== null) throw this.lost
            return inside.next()
          },
          return: async () => {
            if (this.lost === null) await inside.return?.()
            return { done: true, value: undefined }
          },
        }
      },
    }
  }
}

interface WithCursor {
  cursor: (rows?: number) => AsyncIterable<unknown>
}

const hasCursor = (query: object): query is WithCursor =>
  'cursor' in query && typeof query.cursor === 'function'

/** What the driver says of its connection, and the system of a socket. */
const isLoss = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(CONNECTION_|E[A-Z])/.test(String(error.code))
