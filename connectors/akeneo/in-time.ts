import { TransientError } from '../errors.ts'

/**
 * Right before a request leaves, whatever it has waited for: a worker that stood still for longer than it holds what it writes would write over
 * what others have written and people have edited since. `until`: unit ms since 1970; undefined: whenever.
 */
export function inTime(until: number | undefined, asked: string): void {
  if (until === undefined || Date.now() <= until) return
  throw new TransientError({
    code: 'too-late',
    asked,
    came: `it could be sent ${((Date.now() - until) / 1000).toFixed(1)} s later than it may`,
    remedy: 'The worker stood still, or waited for its database. What it was to write is looked at anew.',
    retryAfterMs: 1000,
    benign: true,
  })
}
