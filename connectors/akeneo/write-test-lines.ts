import type { CheckLine } from '../../domain/check-report.ts'
import type { LineOutcome } from './patch.ts'

/** Lines of a battery's report. */

export const unexpected =
  'This Akeneo answers otherwise than its documentation says: report it with this line.'

export const ok = (name: string, text: string): CheckLine => ({ name, status: 'ok', text })
export const failed = (name: string, text: string, remedy: string): CheckLine => ({
  name,
  status: 'failed',
  text,
  remedy,
})
export const skipped = (name: string, why: string): CheckLine => ({
  name,
  status: 'warning',
  text: `not tested: ${why}`,
  remedy: 'Name another product to see this, too.',
})

export function worded(outcome: LineOutcome | undefined): string {
  if (outcome === undefined) return 'no answer for the line'
  if (outcome.kind !== 'refused') return outcome.kind
  const reasons = outcome.errors.map(({ message }) => message).join(' ')
  return `${outcome.status} "${[outcome.message, reasons].filter(Boolean).join(' ')}"`
}
