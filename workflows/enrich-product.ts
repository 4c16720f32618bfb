import { sleep } from '@temporalio/workflow'
import type { EnrichmentChunk, EnrichmentChunkDone, EnrichProductInput } from '../contracts/processes.ts'
import type { EnrichProductReport } from '../contracts/reports.ts'
import { abandon } from './abandon.ts'
import { live } from './activities.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/**
 * Brings Icecat's content into one product now, or into the variants of a model: read from Akeneo anew, asked of Icecat, judged, sent,
 * read back. Waits for a run that has one of its records.
 */
export async function enrichProduct(given: EnrichProductInput): Promise<EnrichProductReport> {
  const { connection, id } = input(given, 'enrichProduct', '{"connection":"acme","id":"NL-DL7-W"}')
  const controls = runControls(`Icecat’s content for ${id} of ${connection}`)
  markRun(connection, 'enrich-product')
  await live().syncRecord.executeWithOptions({ summary: `${id} as it is in Akeneo` }, [{ connection, id }])
  const { runId, only, report: nothing } = await live().openEnrichProduct({ connection, id })
  if (runId === null || nothing !== null) return shown(controls, nothing ?? notFound(id))
  try {
    const chunk: EnrichmentChunk = { connection, runId, live: true, only }
    const on = live()
    await drain(() => on.prepareLines(chunk))
    await drain(() => on.createOptions(chunk))
    await drain(() => on.pushEnrichment(chunk))
    await drain(() => on.uploadFiles(chunk))
    await drain(() => on.readBackEnrichment(chunk))
    return shown(controls, await on.closeEnrichProduct({ connection, id, runId, only }))
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

/** A person does not wait for longer than this; what is left is done by the next run. */
const longestWaitMs = 90_000

async function drain(step: () => Promise<EnrichmentChunkDone>): Promise<void> {
  for (let waitedMs = 0; ;) {
    const { more, waitMs } = await step()
    if (more) continue
    if (waitMs === null || waitedMs + waitMs > longestWaitMs) return
    await sleep(Math.max(waitMs, 1000))
    waitedMs += Math.max(waitMs, 1000)
  }
}

const notFound = (id: string): EnrichProductReport => ({
  outcome: 'not found',
  text: `${id} was not found`,
  counts: null,
})

function shown(controls: RunControls, report: EnrichProductReport): EnrichProductReport {
  controls.show({ outcome: report.outcome, '': report.text })
  markOutcome('done', report.counts?.refused ?? 0)
  return report
}
