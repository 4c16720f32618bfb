export type LocalService = 'Temporal server' | 'PostgreSQL' | 'time-skipping test server'

/**
 * A service that pimflow needs is not there and cannot be started. The message is the sentence a person gets:
 * what is missing and what to install or set; what went wrong below is its `cause`.
 */
export class MissingServiceError extends Error {
  override readonly name = 'MissingServiceError'
  readonly code = 'missing-service'
  readonly service: LocalService

  constructor(service: LocalService, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.service = service
  }
}

/** The first line of whatever was thrown, for use inside a sentence. */
export function firstLine(problem: unknown): string {
  const text = problem instanceof Error ? problem.message || problem.name : String(problem)
  return text.trim().split('\n', 1)[0] ?? ''
}
