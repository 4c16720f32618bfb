import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { ApplicationFailureCategory } from '@temporalio/common'
import { ContractError, RefusedError, TransientError } from '../connectors/errors.ts'

/** Types of failures, as a workflow and the web UI see them. */
export const failureTypes = { transient: 'Transient', refused: 'Refused', contract: 'Contract' } as const

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
  [/^57P0[1-5]$/, lost],
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
