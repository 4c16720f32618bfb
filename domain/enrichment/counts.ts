import type { EnrichmentCounts } from '../../contracts/reports.ts'

/** A run that has done nothing yet. */
export const noCounts: EnrichmentCounts = {
  enriched: 0,
  unchanged: 0,
  notFound: 0,
  restricted: 0,
  kept: 0,
  unchecked: 0,
  problems: 0,
  refused: 0,
  parked: 0,
  dropped: 0,
  changedByAkeneo: 0,
  requested: 0,
  delivered: 0,
  sheets: 0,
  lines: 0,
  values: 0,
  requests: 0,
  files: 0,
  bytes: 0,
  overtaken: 0,
  unanswered: 0,
  createdByMistake: 0,
  proposals: 0,
  options: 0,
}
