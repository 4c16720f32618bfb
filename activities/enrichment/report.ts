import type { EnrichmentReport } from '../../contracts/reports.ts'
import { noCounts } from '../../domain/enrichment/counts.ts'

export function reportOf(
  counts: Record<string, number>,
  { outcome, ...rest }: Pick<EnrichmentReport, 'outcome' | 'runId' | 'due' | 'leftOut' | 'notTaken'>,
): EnrichmentReport {
  const all = { ...noCounts, ...counts }
  const isClean = all.refused + all.parked + all.dropped === 0
  return { ...all, ...rest, outcome: outcome === 'done' && !isClean ? 'done with rejections' : outcome }
}
