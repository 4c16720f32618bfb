import { TransientError } from '../errors.ts'

const ofThePage = new Set(['timeout', 'server-error', 'answer-too-large', 'not-json', 'unreachable'])

/** Failures that a smaller page may not have: size, time, a fault of the server. Throttling and refusals are not. */
export const mayBeThePage = (error: unknown): error is TransientError =>
  error instanceof TransientError && !error.benign && ofThePage.has(error.code)
