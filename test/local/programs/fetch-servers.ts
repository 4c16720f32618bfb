import { firstLine, MissingServiceError } from '../../../local/errors.ts'
import { findPostgresProgram } from '../../../local/postgres-program.ts'
import { findTemporalProgram } from '../../../local/temporal-program.ts'
import { findTimeSkippingServer } from '../../../local/time-skipping.ts'

/**
 * Fetches or builds, before the tests and with progress shown, the server programs that they start: a test that had to wait five
 * minutes for a compiler would run out of time.
 */
const onProgress = (text: string): void => console.log(text)
try {
  if ((process.env['TEMPORAL_ADDRESS'] ?? '') === '') console.log(await findTemporalProgram({ onProgress }))
  console.log(await findTimeSkippingServer({ onProgress }))
  if ((process.env['DATABASE_URL'] ?? '') === '') console.log((await findPostgresProgram()).postgres)
} catch (problem) {
  if (!(problem instanceof MissingServiceError)) throw problem
  console.error(firstLine(problem))
  process.exitCode = 1
}
