import { ApplicationFailure } from '@temporalio/workflow'

/** Checks what came from a command line before anything is done with it; a schema library would triple the bundle. */
export function input<T extends { connection: string }>(
  given: T | undefined,
  workflow: string,
  example: string,
): T {
  const { connection } = given ?? { connection: undefined }
  if (typeof connection !== 'string' || connection === '') {
    throw ApplicationFailure.nonRetryable(
      `${workflow} takes one JSON object that names a connection, like --input '${example}'. Got ${given === undefined ? 'nothing' : JSON.stringify(given)}`,
      'InvalidInput',
    )
  }
  return given as T
}
