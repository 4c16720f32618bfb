import { catalogPlan, type CatalogPlan } from './plan.ts'
import { Findings } from './problem.ts'
import { outputFor, type OutputSettings } from './output.ts'
import type { Links } from './links.ts'
import type { FindRecord } from './records.ts'
import type { Structure } from './structure.ts'

/** What every step of one record's translation needs. */
export interface Reading {
  structure: Structure
  output: OutputSettings
  plan: CatalogPlan
  findings: Findings
  /** What entities and assets stand for; null where only their codes are wanted. */
  findRecord: FindRecord | null
}

export const startReading = (
  structure: Structure,
  output: OutputSettings,
  { record: findRecord = null }: Pick<Links, 'record'> = {},
): Reading => ({
  structure,
  output: outputFor(output, structure),
  plan: catalogPlan(structure),
  findings: new Findings(),
  findRecord,
})
