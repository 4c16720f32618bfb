import { CommanderError } from 'commander'
import { ConfigError } from '../../config.ts'
import { RefusedError, TransientError } from '../../connectors/errors.ts'
import { MissingServiceError } from '../../local/errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** The command cannot be carried out as it was given. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'usage'
}

/** A service that the command needs does not answer. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  readonly code = 'unreachable'
}

/** The work was started and did not succeed; the message is what the work itself says. */
export class WorkFailedError extends Error {
  override readonly name = 'WorkFailedError'
  readonly code = 'work-failed'
}

export interface Explanation {
  /** One sentence that says what to do; several lines only where several things are wrong. */
  message: string
  exitCode: ExitCode
}

/** The one place where errors become a sentence and an exit code. */
export function explainError(error: unknown): Explanation {
  if (error instanceof CommanderError) {
    return { message: error.message, exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage }
  }
  if (error instanceof ConfigError) return { message: configMessage(error), exitCode: exitCodes.usage }
  // What Akeneo refuses here, it refuses to what the configuration or a flag says.
  if (error instanceof RefusedError || error instanceof UsageError) {
    return { message: firstLine(error.message), exitCode: exitCodes.usage }
  }
  if (error instanceof TransientError) {
    return { message: firstLine(error.message), exitCode: exitCodes.unreachable }
  }
  if (error instanceof UnreachableError || error instanceof MissingServiceError) {
    return { message: error.message, exitCode: exitCodes.unreachable }
  }
  const known = [explainDatabase, explainTemporal].map((explain) => explain(error)).find(Boolean)
  if (known) return known
  const message = error instanceof Error ? firstLine(error.message) || error.name : String(error)
  return { message, exitCode: exitCodes.failed }
}

/** A database that nobody named is most often one that nobody started. */
function configMessage({ message, problems }: ConfigError): string {
  const database = problems.some(({ message }) => message.includes('DATABASE_URL'))
  return database ? `${message}\n  To have a database on this machine: pimflow up` : message
}

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])

/** States of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const databaseStates: Record<string, Explanation> = {
  '42P01': {
    message: 'The hub database has no tables yet: start a worker, which makes them: pimflow worker',
    exitCode: exitCodes.failed,
  },
  '28P01': {
    message: 'The hub database refuses the password: correct DATABASE_URL',
    exitCode: exitCodes.usage,
  },
  '28000': { message: 'The hub database refuses the user: correct DATABASE_URL', exitCode: exitCodes.usage },
  '3D000': {
    message: 'There is no such database on the server: create it, or correct DATABASE_URL',
    exitCode: exitCodes.usage,
  },
}

/** Only the database's driver puts such codes on errors here: Temporal's client has numbers, Akeneo is a workflow's business. */
function explainDatabase(error: unknown): Explanation | undefined {
  const code = codeOf(error)
  if (typeof code !== 'string') return undefined
  if (socketCodes.has(code) || code.startsWith('57P0')) {
    return {
      message: `The hub database does not answer (${code}): start it, or correct DATABASE_URL; on this machine: pimflow up`,
      exitCode: exitCodes.unreachable,
    }
  }
  return databaseStates[code]
}

/** gRPC's numbers: https://grpc.io/docs/guides/status-codes. */
const grpc = { deadlineExceeded: 4, permissionDenied: 7, unavailable: 14, unauthenticated: 16 }

function explainTemporal(error: unknown): Explanation | undefined {
  // A worker's connection reports by its own class, which is not worth loading the worker for.
  const transport = error instanceof Error && error.name === 'TransportError'
  const code = causeCodes(error).find((number) => Object.values(grpc).includes(number))
  if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
    return {
      message: 'Temporal refuses the credentials: correct TEMPORAL_API_KEY or your Temporal profile',
      exitCode: exitCodes.usage,
    }
  }
  if (code === undefined && !transport) return undefined
  return {
    message: 'Temporal does not answer: start it with `pimflow up`, or correct TEMPORAL_ADDRESS',
    exitCode: exitCodes.unreachable,
  }
}

function causeCodes(error: unknown): number[] {
  const codes: number[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = codeOf(at)
    if (typeof code === 'number') codes.push(code)
  }
  return codes
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

export const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? ''
