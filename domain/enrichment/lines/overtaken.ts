import { type ShownValues, shownAt } from '../plan-writes.ts'
import type { WrittenValue } from './build-lines.ts'

/**
 * How values that were decided on stand with what Akeneo shows now. `open`: as it was then; `done`: all of them are there already;
 * `overtaken`: somebody has put something else in the place of one.
 */
export function standing(
  values: readonly (WrittenValue & { base: unknown })[],
  shown: ShownValues,
  same: (attribute: string, a: unknown, b: unknown) => boolean,
): 'open' | 'done' | 'overtaken' {
  let isDone = true
  for (const value of values) {
    const current = shownAt(shown, value)
    if (same(value.attribute, current, value.data)) continue
    if (!same(value.attribute, current, value.base)) return 'overtaken'
    isDone = false
  }
  return isDone ? 'done' : 'open'
}
