import type { TranslatedRecord } from '../../../contracts/hub.ts'
import type { Findings, Gap, Problem } from './problem.ts'

/** What became of one record of Akeneo. `missing` is what to read again before translating it anew. */
export type Translation =
  | { outcome: 'record'; record: TranslatedRecord; warnings: Problem[]; missing: Gap[] }
  | { outcome: 'rejected'; problem: Problem }

export function conclude(record: TranslatedRecord, findings: Findings): Translation {
  if (findings.refusal) return { outcome: 'rejected', problem: findings.refusal }
  return { outcome: 'record', record, warnings: findings.warnings, missing: findings.missing }
}
