import type * as real from '../../../activities/enrichment/place-file.ts'
import * as rule from '../../../activities/enrichment/place-file.ts'
import { shownAt } from '../../../domain/enrichment/plan-writes.ts'

/** Whatever people have put there since: files are placed. */
export const placeFile: typeof real.placeFile = (placing, file, record) => {
  const shown = record === undefined ? null : shownAt(record.values, file)
  return rule.placeFile(placing, { ...file, base: typeof shown === 'string' ? shown : null }, record)
}
