import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { ApplicationFailureCategory } from '@temporalio/common'
import { ContractError, RefusedError, TransientError } from '../connectors/errors.ts'

/** Types of failures, as a workflow and the web UI see them. */
export const failureTypes = {
  transient: 'Transient',
  refused: 'Refused',
  contract: 'Contract',
  database: 'Database',
} as const

/** Why a run failed, as a failure that says what to do told its workflow. */
export interface FailureReason {
  type: string
  message: string
}

/** The longest such sentence that is kept. */
const longestReason = 600

/**
 * What may be shown of it outside Temporal: our own sentences, which hold no secret. The text of an error that nobody foresaw may hold anything.
 * Null: that is all that is known of it.
 */
export function shownReason(why: FailureReason | undefined): string | null {
  const ours: string[] = Object.values(failureTypes)
  return why !== undefined && ours.includes(why.type) ? why.message.slice(0, longestReason) : null
}

/** Whatever the other side asks for, a person who mended it is not kept waiting longer than this. */
const longestDelayMs = 15 * 60_000

/**
 * The one place where a connector's error becomes Temporal's: by who recovers. The first line of each message says what to do.
 * What it does not know is a bug: it stays as it is, is tried again under the activity's policy, and alerts.
 */
export function toFailure(error: unknown): unknown {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error
  if (error instanceof TransientError) {
    const { code, retryAfterMs, benign } = error
    return ApplicationFailure.create({
      type: failureTypes.transient,
      message: error.message,
      details: [{ code }],
      ...(retryAfterMs === undefined ? {} : { nextRetryDelay: Math.min(retryAfterMs, longestDelayMs) }),
      ...(benign ? { category: ApplicationFailureCategory.BENIGN } : {}),
    })
  }
  if (error instanceof RefusedError) return final(failureTypes.refused, error)
  if (error instanceof ContractError) return final(failureTypes.contract, error)
  const passing = passingDatabaseProblem(error)
  if (passing !== null) {
    return ApplicationFailure.create({
      type: failureTypes.transient,
      message: `The database ${passing.text}; this is tried again. If it stays so: ${passing.remedy}\nCame back: ${passing.code}`,
      details: [{ code: `database-${passing.code}` }],
    })
  }
  const refused = refusedStatement(error)
  if (refused !== null) return refused
  return error
}

const final = (type: string, { message, code }: RefusedError | ContractError) =>
  ApplicationFailure.create({ type, message, nonRetryable: true, details: [{ code }] })

interface DatabaseProblem {
  code: string
  text: string
  remedy: string
}

const lost = { text: 'went away', remedy: 'look whether PostgreSQL runs and can be reached from here.' }
const contended = {
  text: "had two transactions in each other's way",
  remedy: 'report it, with what ran at the time.',
}
const full = { text: 'takes no more', remedy: 'look at its number of connections, memory and disk.' }

/** Classes and codes of PostgreSQL that pass: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const passingStates: [pattern: RegExp, problem: Omit<DatabaseProblem, 'code'>][] = [
  [/^08/, lost],
  [/^57(P0[1-5]|014)$/, lost],
  // Read only: a standby, until it is told that it is the server now.
  [/^25006$/, lost],
  // An idle or lock limit that this program sets itself, against workers that hang.
  [/^25P03$/, lost],
  [/^(40001|40P01|55P03)$/, contended],
  [/^53/, full],
]

/** Of the driver and of sockets. */
const lostConnection = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Sockets other than the database's are the connectors' and come as their errors, so a code is enough to know it by. */
function passingDatabaseProblem(error: unknown): DatabaseProblem | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  const { code } = error
  if (lostConnection.has(code)) return { code, ...lost }
  const [, problem] = passingStates.find(([pattern]) => pattern.test(code)) ?? []
  return problem === undefined || code.length !== 5 ? null : { code, ...problem }
}

/** A statement that is wrong, a value that no column holds, a table or database that is not there, a right that is missing. */
const refusedStates = /^(22|28|3D|3F|42)/

/**
 * What PostgreSQL says no to and will the next time. What two transactions may have done to each other (class 23) is left to the next try.
 * Its own message may quote a row, so only its code and what it names of the tables go on.
 */
function refusedStatement(error: unknown): ApplicationFailure | null {
  if (!(error instanceof Error) || error.name !== 'PostgresError' || !('code' in error)) return null
  const parts = error as {
    code: unknown
    table_name?: unknown
    column_name?: unknown
    constraint_name?: unknown
  }
  const code = String(parts.code)
  if (!refusedStates.test(code)) return null
  const named = [parts.table_name, parts.column_name, parts.constraint_name].filter(
    (name) => typeof name === 'string',
  )
  const where = named.length === 0 ? '' : ` at ${named.join('.')}`
  return ApplicationFailure.create({
    type: failureTypes.database,
    nonRetryable: true,
    message: `${remedyOf(code)}\nThe database refused a statement${where}: ${code} (https://www.postgresql.org/docs/current/errcodes-appendix.html)`,
    details: [{ code: `database-${code}` }],
  })
}

const remedyOf = (code: string): string =>
  code === '42P01' || code === '42703'
    ? 'The database is of another version than this worker: start a worker of the newest version first, which brings it up to date.'
    : code === '42501' || code.startsWith('28')
      ? 'Give the user of DATABASE_URL the rights on its database, then start this again.'
      : 'This is a fault of pimflow: report it with this message. Nothing of this step was kept, and the run can be started again.'

/** Maps once, around everything that an activity does. */
export const failureInterceptor: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        throw toFailure(error)
      }
    },
  },
})
