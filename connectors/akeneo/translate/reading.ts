import { catalogPlan, type CatalogPlan } from './plan.ts'
import { Findings } from './problem.ts'
import { outputFor, type OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'

/** What every step of one record's translation needs. */
export interface Reading {
  structure: Structure
  output: OutputSettings
  plan: CatalogPlan
  findings: Findings
}

export const startReading = (structure: Structure, output: OutputSettings): Reading => ({
  structure,
  output: outputFor(output, structure),
  plan: catalogPlan(structure),
  findings: new Findings(),
})
