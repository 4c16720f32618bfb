import type { CollectTaxonomyInput } from '../contracts/processes.ts'
import type { TaxonomyListCounts, TaxonomyReport } from '../contracts/reports.ts'
import { abandon } from './abandon.ts'
import { bulk, lengthy } from './activities.ts'
import { input } from './input.ts'
import { markOutcome, markRun, runControls } from './run-controls.ts'

/**
 * Gathers what a mapping is made of: Akeneo's families, attributes, options, channels, locales and measurement families, then
 * Icecat's lists one after the other. A list that this account may not read is reported, the others are read.
 */
export async function collectTaxonomy(given: CollectTaxonomyInput): Promise<TaxonomyReport> {
  const { connection } = input(given, 'collectTaxonomy', '{"connection":"acme"}')
  const controls = runControls(`Taxonomy of ${connection}`)
  markRun(connection, 'taxonomy')
  const { runId, holder, policy, lists } = await bulk(undefined, 'the claim').openTaxonomy({ connection })
  if (runId === null) {
    controls.show({ outcome: 'already running', ...(holder === null ? {} : { 'running as': holder }) })
    markOutcome('already running', 0)
    return { outcome: 'already running', runId: null, lists: {}, problems: [] }
  }
  try {
    await controls.attach(runId)
    controls.show({ step: 'reading attributes, families and channels' })
    await bulk(policy, 'attributes, families, channels and what belongs to them').readStructure({
      connection,
      runId,
      categories: false,
    })
    const counted: Record<string, TaxonomyListCounts> = {}
    for (const list of lists) {
      await controls.whileRunning()
      controls.show({ ...recordsOf(counted), step: `reading Icecat’s ${list}` })
      counted[list] = await lengthy(policy, `Icecat’s ${list}`).collectList({ connection, runId, list })
    }
    const report = await bulk(policy, 'counts').closeTaxonomy({ connection, runId, lists: counted })
    controls.show({ outcome: report.outcome, ...recordsOf(counted) })
    markOutcome(report.outcome, report.problems.length)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

const recordsOf = (lists: Record<string, TaxonomyListCounts>): Record<string, number> =>
  Object.fromEntries(Object.entries(lists).map(([list, { records }]) => [list, records]))
