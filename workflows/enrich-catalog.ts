import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  condition,
  continueAsNew,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { EnrichCatalogInput, EnrichmentChunk, EnrichmentChunkDone } from '../contracts/processes.ts'
import type { EnrichmentReport, Outcome } from '../contracts/reports.ts'
import { noCounts } from '../domain/enrichment/counts.ts'
import { abandon } from './abandon.ts'
import { bulk, lengthy } from './activities.ts'
import { input } from './input.ts'
import {
  markOutcome,
  markRun,
  type OpenRun,
  type RunControls,
  runControls,
  showNothingToDo,
} from './run-controls.ts'
import { tellRequests } from './tell-requests.ts'

/**
 * Brings Icecat's content into Akeneo, once a day and after polls that saw something of it change:
 * the list of products first, then Icecat's index of the night, then what is due: sheets, judged and written down as lines, which go to
 * Akeneo meanwhile; then what Akeneo shows of them, and files.
 */
export async function enrichCatalog(given: EnrichCatalogInput): Promise<EnrichmentReport> {
  const {
    connection,
    mode = 'daily',
    counted = {},
  } = input(given, 'enrichCatalog', '{"connection":"acme","mode":"daily"}')
  const controls = runControls(`Icecat’s content into ${connection}`)
  markRun(connection, 'enrich')
  const {
    runId,
    outcome,
    holder,
    policy,
    isWebhookThere = false,
  } = await bulk(undefined, 'the claim, and the mapping that counts').openEnrichment({ connection, mode })
  if (runId === null) return nothingToDo(controls, outcome ?? 'already running', holder)
  const run: EnrichRun = { connection, runId, policy, isWebhookThere, controls }
  const { report, isUnfinished } = await enrichOrAbandon(run, mode === 'daily')
  const total = sum(report, counted)
  // A history that grew long ends here; what is left is in the queue.
  if (isUnfinished)
    return continueAsNew<typeof enrichCatalog>({ connection, mode: 'queued', counted: countsIn(total) })
  return shown(controls, total)
}

async function enrichOrAbandon(run: EnrichRun, withIndex: boolean): ReturnType<typeof enrich> {
  try {
    await run.controls.attach(run.runId)
    return await enrich(run, withIndex)
  } catch (error) {
    await abandon(run.connection, run.runId, error)
    throw error
  }
}

interface EnrichRun extends OpenRun {
  isWebhookThere: boolean
}

/** Looks for what came due meanwhile this often; then the next poll or schedule goes on. */
const looks = 10

async function enrich(
  run: EnrichRun,
  withIndex: boolean,
): Promise<{ report: EnrichmentReport; isUnfinished: boolean }> {
  const { connection, runId, policy, controls } = run
  for (let look = 1; ; look++) {
    controls.show({ step: 'choosing products' })
    while (
      (
        await bulk(policy, 'products that changed').chooseProducts({
          connection,
        })
      ).more
    )
      await controls.whileRunning()
    if (withIndex && look === 1) {
      controls.show({ step: 'reading Icecat’s index' })
      await lengthy(policy, 'Icecat’s index of the night').readIcecatIndex({
        connection,
        runId,
      })
    }
    controls.show({ step: 'fetching and writing' })
    const fairUse = await carry(run)
    if (run.isWebhookThere) await tellRequests(connection, controls)
    const isLong = workflowInfo().continueAsNewSuggested
    const outcome: Outcome = fairUse === null ? 'done' : 'fair use reached'
    const { report } = await bulk(policy, 'a last look, and counts').closeEnrichment({
      connection,
      runId,
      outcome,
      anyway: look === looks || isLong || fairUse !== null,
    })
    if (report !== null) return { report, isUnfinished: isLong && fairUse === null }
  }
}

/** Prepares and sends side by side, until nothing is left of either; then reads back, then files. Answers when fair use stopped it. */
async function carry(run: OpenRun): Promise<string | null> {
  const { policy } = run
  const chunk: EnrichmentChunk = {
    connection: run.connection,
    runId: run.runId,
  }
  let fairUse: string | null = null
  let prepared = 0
  let isPrepared = false
  const prepare = async () => {
    for (let more = true; more && !workflowInfo().continueAsNewSuggested;) {
      await run.controls.whileRunning()
      const done = await bulk(policy, 'sheets of products that are due').prepareLines(chunk)
      fairUse = done.fairUse
      more = done.more
      prepared++
      // Somebody else has products that are due: when it is through with them, or is found dead, they are free.
      if (!more && done.waitMs !== null) {
        await sleep(Math.max(done.waitMs, 1000))
        more = true
      }
    }
    isPrepared = true
  }
  const push = async () => {
    for (let pushed = 0, isLast = false; !isLast;) {
      await condition(() => isPrepared || prepared > pushed)
      isLast = isPrepared
      pushed = prepared
      await drain(run, () => bulk(policy, 'options that values need').createOptions(chunk))
      await drain(run, () => bulk(policy, 'lines to Akeneo').pushEnrichment(chunk))
    }
  }
  await Promise.all([prepare(), push()])
  await drain(run, () => bulk(policy, 'files into Akeneo').uploadFiles(chunk))
  await drain(run, () => bulk(policy, 'what Akeneo shows of what was written').readBackEnrichment(chunk))
  return fairUse
}

/** A line without an answer is sent again after the time that Akeneo may take for it; longer waits are for the next run. */
const longestWaitMs = 150_000

/** One step again and again, until it has no more to do. */
async function drain(
  { controls }: Pick<OpenRun, 'controls'>,
  step: () => Promise<EnrichmentChunkDone>,
): Promise<void> {
  for (;;) {
    await controls.whileRunning()
    const { more, waitMs } = await step()
    if (more) continue
    if (waitMs === null || waitMs > longestWaitMs) return
    await sleep(Math.max(waitMs, 1000))
  }
}

function nothingToDo(controls: RunControls, outcome: Outcome, holder: string | null): EnrichmentReport {
  showNothingToDo(controls, outcome, holder)
  return { ...noCounts, outcome, runId: null, due: 0 }
}

const countsIn = (report: EnrichmentReport): Record<string, number> =>
  Object.fromEntries(Object.keys(noCounts).map((name) => [name, report[name as keyof typeof noCounts]]))

const sum = (report: EnrichmentReport, counted: Record<string, number>): EnrichmentReport => ({
  ...report,
  ...Object.fromEntries(
    Object.entries(countsIn(report)).map(([name, n]) => [name, n + (counted[name] ?? 0)]),
  ),
})

function shown(controls: RunControls, report: EnrichmentReport): EnrichmentReport {
  const { outcome, enriched, unchanged, notFound, restricted, kept, lines, files, refused, parked, dropped } =
    report
  controls.show({
    outcome,
    enriched,
    unchanged,
    'not found': notFound,
    restricted,
    kept,
    lines,
    files,
    refused,
    dropped,
  })
  markOutcome(outcome, refused + parked + dropped)
  return report
}

/** After a poll that saw products change: in a run of its own, unless one is at it, which looks for it before it ends. */
export async function startEnrichment(connection: string): Promise<void> {
  try {
    await startChild(enrichCatalog, {
      args: [{ connection, mode: 'queued' }],
      workflowId: workflowId(connection, 'enrich'),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Icecat’s content for what changed in ${connection}`,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
