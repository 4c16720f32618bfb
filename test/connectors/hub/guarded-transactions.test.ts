import type { PendingQuery, Row } from 'postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type DatabaseOptions,
  openDatabase,
  type Sql,
  type Transaction,
} from '../../../connectors/hub/database.ts'
import { tracedSql } from '../../../connectors/hub/traced-sql.ts'
import { failureTypes, toFailure } from '../../../activities/failures.ts'
import { freshDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

/** A pool, and another one that looks on. */
async function pools(options: DatabaseOptions = {}) {
  const database = await freshDatabase()
  const others = database.sql
  await others`create table page (id int primary key, text text)`
  await others`insert into page values (1, 'before')`
  const open = () => {
    const sql = openDatabase(database.url, { max: 1, ...options })
    closing.push(() => sql.end())
    return sql
  }
  const closing: (() => Promise<void>)[] = []
  onTestFinished(async () => {
    await Promise.all(closing.map((close) => close()))
    await database.drop()
  })
  return { sql: open(), open, others, database }
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

/** As an operator or a restart ends it, as soon as a connection is seen at that. */
const endConnection = (others: Sql, which: PendingQuery<Row[]>) =>
  until(async () => {
    const [ended] = await others`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and ${which}`
    return ended !== undefined
  }, 'the connection is ended')

/** Whoever is the first to connect again may be told once more of how the connection before ended. */
const reconnected = (sql: Sql) =>
  until(async () => (await failureOf(sql`select 1`)) === null, 'the pool has another connection')

describe('a transaction whose worker hangs', { timeout: 20_000 }, () => {
  it.each([true, false])('gives its rows back (named statements: %s)', async (prepare) => {
    const { sql, others } = await pools({ idleTransactionMs: 300, prepare })
    let goOn = () => {}
    const stands = new Promise<void>((resolve) => (goOn = resolve))
    let isLocked = false
    const failing = failureOf(
      sql.begin(async (tx) => {
        await tx`update page set text = 'of the hanging one' where id = 1`
        isLocked = true
        await stands
        await tx`update page set text = 'too late' where id = 1`
      }),
    )
    await until(() => Promise.resolve(isLocked), 'the row is locked')
    // Waits for the row, and gets it.
    await others`update page set text = 'of the next one' where id = 1`
    goOn()
    expect(toFailure(await failing)).toMatchObject({ type: failureTypes.transient })
    await reconnected(sql)
    expect(await others`select text from page`).toEqual([{ text: 'of the next one' }])
  })

  const limitOf = async (tx: Transaction) => {
    const [row] = await tx<{ limit: string }[]>`
      select current_setting('idle_in_transaction_session_timeout') as limit`
    return row?.limit
  }

  it('has a minute, unless it says otherwise itself', async () => {
    const { sql } = await pools()
    const limits = await sql.begin(async (tx) => {
      const general = await limitOf(tx)
      await tx`select set_config('idle_in_transaction_session_timeout', '12s', true)`
      return [general, await limitOf(tx)]
    })
    expect(limits).toEqual(['1min', '12s'])
    expect(await sql`show idle_in_transaction_session_timeout`).toEqual([
      { idle_in_transaction_session_timeout: '0' },
    ])
  })

  it('has what the owner of the database allows', async () => {
    const { open, others, database } = await pools()
    const name = new URL(database.url).pathname.slice(1)
    await others.unsafe(`alter database ${name} set idle_in_transaction_session_timeout = '7s'`)
    expect(await open().begin(limitOf)).toBe('7s')
  })
})

/** What the work of a transaction may do when a statement of it fails because the connection is gone. */
const reactions: Record<string, (tx: Transaction, lost: () => Promise<unknown>) => Promise<unknown>> = {
  'lets it fail': (_, lost) => lost(),
  'sends another statement': async (tx, lost) => {
    await failureOf(lost())
    await tx`update page set text = 'too late'`
  },
  'sends another one in the end': async (tx, lost) => {
    try {
      await lost()
    } finally {
      await tx`update page set text = 'too late'`
    }
  },
  'returns as if all was well': async (_, lost) => {
    await failureOf(lost())
    return 'well'
  },
  'throws something of its own': async (_, lost) => {
    await failureOf(lost())
    throw new Error('its own')
  },
  'has others on their way, and one to come': async (tx, lost) => {
    const late = tx`update page set text = 'too late'`
    await Promise.allSettled([lost(), tx`select 1`, tx.unsafe('select 2')])
    await late
  },
}

describe('a transaction whose connection is lost', { timeout: 20_000 }, () => {
  it.each(
    Object.entries(reactions).flatMap(([title, react]) => [
      { title, react, traced: false },
      { title: `${title}, under a trace`, react, traced: true },
    ]),
  )('fails, and nothing else does: it $title', async ({ react, traced }) => {
    const { sql: plain, others } = await pools()
    const sql = traced ? tracedSql(plain) : plain
    const failing = failureOf(
      sql.begin(async (tx) => {
        await tx`update page set text = 'in the transaction'`
        return react(tx, async () => {
          await tx`select pg_sleep(60)`
        })
      }),
    )
    await endConnection(others, others`query like '%pg_sleep(60)%'`)
    expect(toFailure(await failing)).toMatchObject({ type: failureTypes.transient })
    // The one connection of the pool is another one by now, and no transaction.
    await reconnected(sql)
    expect(await sql.begin((tx) => tx`select text from page`)).toEqual([{ text: 'before' }])
  })

  it('fails also when none of its statements was under way', async () => {
    const { sql, others } = await pools()
    let goOn = () => {}
    const works = new Promise<void>((resolve) => (goOn = resolve))
    const failing = failureOf(
      sql.begin(async (tx) => {
        await tx`update page set text = 'in the transaction'`
        await works
        await tx`update page set text = 'too late'`
      }),
    )
    await endConnection(others, others`state = 'idle in transaction'`)
    expect(toFailure(await failing)).toMatchObject({ type: failureTypes.transient })
    goOn()
    await reconnected(sql)
    expect(await sql`select text from page`).toEqual([{ text: 'before' }])
  })
})

describe('a cursor whose connection is lost between two batches', { timeout: 20_000 }, () => {
  it.each(['asks for more', 'stops there'])('fails, and nothing else does: its reader %s', async (then) => {
    const { sql, others } = await pools()
    let goOn = () => {}
    const reads = new Promise<void>((resolve) => (goOn = resolve))
    const failing = failureOf(
      sql.begin(async (tx) => {
        for await (const rows of tx`select generate_series(1, 2000) as n`.cursor(500)) {
          expect(rows.length).toBe(500)
          await reads
          if (then === 'stops there') break
        }
      }),
    )
    await endConnection(others, others`query like '%2000)%'`)
    expect(toFailure(await failing)).toMatchObject({ type: failureTypes.transient })
    goOn()
    await reconnected(sql)
  })

  it('reads all where it is not', async () => {
    const { sql } = await pools()
    const seen = await sql.begin(async (tx) => {
      let sum = 0
      for await (const rows of tx`select generate_series(1, 1200) as n`.cursor(500)) sum += rows.length
      return sum
    })
    expect(seen).toBe(1200)
  })
})

describe('a transaction that is well', () => {
  it('is kept, or taken back by what its work throws', async () => {
    const { sql } = await pools()
    expect(
      await sql.begin((tx) => [tx`update page set text = 'one'`, tx`select text from page`]),
    ).toMatchObject([[], [{ text: 'one' }]])
    const own = new Error('its own')
    const thrown = sql.begin(async (tx) => {
      await tx`update page set text = 'two'`
      throw own
    })
    await expect(thrown).rejects.toBe(own)
    await expect(sql.begin((tx) => tx`insert into page values (1, 'again')`)).rejects.toMatchObject({
      code: '23505',
    })
    expect(await sql`select text from page`).toEqual([{ text: 'one' }])
  })
})
