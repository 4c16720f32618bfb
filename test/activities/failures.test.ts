import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import { shownReason, toFailure } from '../../activities/failures.ts'
import { ContractError, RefusedError, TransientError } from '../../connectors/errors.ts'
import { openDatabase } from '../../connectors/hub/database.ts'
import { freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const story = { code: 'some-code', asked: 'GET /x of acme', came: '500', remedy: 'Wait a little.' }

const failureFor = (error: unknown): ApplicationFailure => {
  const failure = toFailure(error)
  if (failure instanceof ApplicationFailure) return failure
  throw new Error('This should be a failure of Temporal')
}

describe('what a connector throws becomes', () => {
  it('a failure that is tried again when it passes by itself', () => {
    const failure = failureFor(new TransientError(story))
    expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false, nextRetryDelay: undefined })
    expect(failure.category).toBeUndefined()
    expect(failure.message.split('\n')[0]).toBe('Wait a little.')
    expect(failure.details).toEqual([{ code: 'some-code' }])
  })

  it('one that is tried when the other side said, but within a quarter of an hour', () => {
    expect(failureFor(new TransientError({ ...story, retryAfterMs: 3000 })).nextRetryDelay).toBe(3000)
    expect(failureFor(new TransientError({ ...story, retryAfterMs: 3_600_000 })).nextRetryDelay).toBe(900_000)
  })

  it('one that alerts nobody when somebody only has to wait for a turn', () => {
    expect(failureFor(new TransientError({ ...story, benign: true })).category).toBe('BENIGN')
  })

  it.each([
    [new RefusedError(story), 'Refused'],
    [new ContractError(story), 'Contract'],
  ])('the end of its activity when a person has to act: %o', (error, type) => {
    expect(failureFor(error)).toMatchObject({ type, nonRetryable: true, message: error.message })
  })

  it.each([
    'CONNECTION_CLOSED',
    'CONNECT_TIMEOUT',
    'ECONNREFUSED',
    '57P01',
    '08006',
    '40001',
    '40P01',
    '55P03',
    '53300',
  ])('a failure that is tried again when the database said %s', (code) => {
    const failure = failureFor(Object.assign(new Error('canary row content'), { code }))
    expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false })
    expect(failure.message).not.toContain('canary')
  })

  it('a failure that is tried again when the database is really gone', async () => {
    const database = await freshDatabase()
    const sql = openDatabase(database.url, { max: 1 })
    await sql`select 1`
    const sleeping = sql`select pg_sleep(20)`.then(
      () => undefined,
      (error: unknown) => error,
    )
    await until(
      async () =>
        (
          await database.sql`
            select 1 from pg_stat_activity
            where datname = current_database() and wait_event = 'PgSleep'`
        ).length === 1,
      'the statement is at work',
    )
    await database.drop()
    expect(failureFor(await sleeping).type).toBe('Transient')
    await sql.end({ timeout: 0 })
  })

  it.each([
    ['a statement that is wrong', 'selec canary', '42601', 'report it'],
    [
      'a value that no text can hold',
      String.raw`select '{"a":"\u0000 canary"}'::jsonb`,
      '22P05',
      'report it',
    ],
    ['a table of another version', 'select canary from not_there', '42P01', 'newest version first'],
  ])('the end of its activity when the database says no: %s', async (_case, statement, code, remedy) => {
    const database = await freshDatabase()
    const error: unknown = await database.sql.unsafe(statement).catch((reason: unknown) => reason)
    await database.drop()
    const failure = failureFor(error)
    expect(failure).toMatchObject({
      type: 'Database',
      nonRetryable: true,
      details: [{ code: `database-${code}` }],
    })
    expect(failure.message).toContain(remedy)
    expect(failure.message).not.toContain('canary')
  })

  it('a hint at whose fault it is, with what of the tables PostgreSQL names and nothing else', () => {
    const said = (code: unknown, more: object = {}) =>
      Object.assign(new Error('canary'), { name: 'PostgresError', code, ...more })
    expect(failureFor(said('42501', { table_name: 'record' })).message).toMatch(
      /^Give the user of DATABASE_URL the rights .*\nThe database refused a statement at record: 42501/,
    )
    expect(failureFor(said('28P01')).message).toMatch(
      /^Give the user .*\nThe database refused a statement: 28P01/,
    )
    const named = { table_name: 'record', column_name: 'body', constraint_name: 7 }
    expect(failureFor(said('22003', named)).message).toContain('at record.body: 22003')
    // What two transactions may have done to each other is tried again.
    const twice = said('23505')
    expect(toFailure(twice)).toBe(twice)
    // Of five letters, as PostgreSQL's are: another library's code is no class of errors.
    const other = Object.assign(new Error('x'), { code: '08' })
    expect(toFailure(other)).toBe(other)
  })

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a cancellation', new CancelledFailure('stop')],
    ['a failure that is Temporal’s already', ApplicationFailure.nonRetryable('done')],
    ['no error at all', 'text'],
  ])('nothing else: %s stays as it is', (_case, error) => {
    expect(toFailure(error)).toBe(error)
  })
})

describe('why a run failed', () => {
  it('is shown outside of Temporal where it is a sentence of ours, cut to a length that lists can show', () => {
    expect(shownReason({ type: 'Refused', message: 'x'.repeat(700) })).toBe('x'.repeat(600))
    expect(shownReason({ type: 'TypeError', message: 'canary' })).toBeNull()
    expect(shownReason(undefined)).toBeNull()
  })
})
