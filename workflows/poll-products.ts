import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { ActivityPolicy, Outcome, PollProductsInput, RunReport } from '../contracts/processes.ts'
import type { StreamName } from '../contracts/streams.ts'
import { abandon } from './abandon.ts'
import { bulk } from './activities.ts'
import { startMappings } from './apply-mapping.ts'
import { startMedia } from './collect-media.ts'
import { startDeliveries } from './deliver-changes.ts'
import { startEnrichment } from './enrich-catalog.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/**
 * Carries what changed in Akeneo into the hub, once per tick of its schedule:
 * structure, then models, then products and the variants that changed models reach, then what waited; the watermark last.
 * `mode: full` reads everything instead; the first full load is started by the first tick and runs beside later ones.
 */
export async function pollProducts(given: PollProductsInput): Promise<RunReport> {
  const { connection, mode = 'delta' } = input(given, 'pollProducts', '{"connection":"acme","mode":"delta"}')
  return mode === 'full' ? loadEverything(connection) : carryChanges(connection)
}

async function carryChanges(connection: string): Promise<RunReport> {
  const controls = runControls(`Changes of ${connection}`)
  markRun(connection, 'poll-products')
  const { runId, outcome, holder, loadNeeded, warning, mappings, policy } = await bulk(
    undefined,
    'the claim, the window, and what changed of the structure',
  ).openPoll({
    connection,
  })
  if (runId === null) {
    const started = loadNeeded && (await startLoad(connection))
    return nothingToDo(controls, started ? 'load started' : (outcome ?? 'already running'), holder)
  }
  const run = { connection, runId, policy, controls }
  await startMappings(connection, mappings)
  return settled(run, async () => {
    await transfer(run, 0, ['product-models', 'products'], { sweepVariants: true })
    if (warning !== null) controls.show({ warning })
  })
}

async function loadEverything(connection: string): Promise<RunReport> {
  const controls = runControls(`Full load of ${connection}`)
  markRun(connection, 'load-products')
  const { runId, outcome, holder, policy } = await bulk(
    undefined,
    'the claim, and Akeneo’s time before the first read',
  ).openLoad({ connection })
  if (runId === null) return nothingToDo(controls, outcome ?? 'already running', holder)
  const run = { connection, runId, policy, controls }
  return settled(run, async () => {
    controls.show({ step: 'reading attributes, families and channels' })
    await bulk(policy, 'attributes, families, channels and what belongs to them').readStructure({
      connection,
      runId,
      categories: true,
    })
    const { readers, modelReaders, products, slices } = await bulk(
      policy,
      'slices by the time of creation',
    ).planLoad({ connection, runId })
    controls.show({ step: 'reading', products, slices, readers })
    // Plans of before say nothing of models: those were read by one.
    await transferByAll(run, modelReaders ?? 1, ['product-models'])
    await transferByAll(run, readers, ['products'])
  })
}

interface OpenRun {
  connection: string
  runId: string
  policy: ActivityPolicy
  controls: RunControls
}

const transferByAll = (run: OpenRun, readers: number, streams: StreamName[]): Promise<unknown> =>
  Promise.all(
    Array.from({ length: readers }, (_, reader) => transfer(run, reader, streams, { sweepVariants: false })),
  )

/** One reader: takes slice after slice until none is left. The cursor is in the database, so a chunk that dies costs a page. */
async function transfer(
  { connection, runId, policy, controls }: OpenRun,
  reader: number,
  streams: StreamName[],
  options: { sweepVariants: boolean },
): Promise<void> {
  for (let more = true; more;) {
    await controls.whileRunning()
    const chunk = await bulk(policy).transferRecords.executeWithOptions(
      { summary: `${streams.join(', ')} of ${connection}, reader ${reader + 1}` },
      [{ connection, runId, reader, streams, ...options }],
    )
    controls.add(chunk)
    more = chunk.more || chunk.state === 'paused'
  }
}

async function settled(
  { connection, runId, policy, controls }: OpenRun,
  carry: () => Promise<void>,
): Promise<RunReport> {
  try {
    await controls.attach(runId)
    await carry()
    const finish = () =>
      bulk(policy, 'what waited, what was rejected, then the watermark').finishRun({
        connection,
        runId,
        cancelled: false,
      })
    let { report, destinations = [], media = false, enrich = false } = await finish()
    while (report === null) ({ report, destinations = [], media = false, enrich = false } = await finish())
    const { outcome, published, waiting, rejected, streams, held = [] } = report
    const read = Object.values(streams).reduce((sum, stream) => sum + stream.read, 0)
    const decide = held.length === 0 ? {} : { decide: `pimflow approvals show ${held[0]}` }
    controls.show({ outcome, read, published, waiting, rejected, ...decide })
    markOutcome(outcome, rejected)
    await startDeliveries(connection, destinations)
    if (media) await startMedia(connection)
    if (enrich) await startEnrichment(connection)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

/** The first full load, under its own id, so that polls go on meanwhile; false when it is running already. */
async function startLoad(connection: string): Promise<boolean> {
  try {
    await startChild(pollProducts, {
      args: [{ connection, mode: 'full' }],
      workflowId: workflowId(connection, 'load-products'),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `first full load of ${connection}`,
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

function nothingToDo(controls: RunControls, outcome: Outcome, holder: string | null): RunReport {
  controls.show(holder === null ? { outcome } : { outcome, 'running as': holder })
  markOutcome(outcome, 0)
  return { outcome, runId: null, streams: {}, published: 0, waiting: 0, rejected: 0 }
}
