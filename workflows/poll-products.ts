import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  allHandlersFinished,
  condition,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  log,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { ActivityPolicy, PollProductsInput } from '../contracts/processes.ts'
import type { Outcome, RunReport } from '../contracts/reports.ts'
import type { StreamName } from '../contracts/streams.ts'
import { proposed } from '../domain/proposals.ts'
import { abandon } from './abandon.ts'
import { bulk } from './activities.ts'
import { startMappings } from './apply-mapping.ts'
import { startMedia } from './collect-media.ts'
import { startDeliveries } from './deliver-changes.ts'
import { startEnrichment } from './enrich-catalog.ts'
import { isHistoryLong } from './history.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/**
 * Carries what changed in Akeneo into the hub, once per tick of its schedule:
 * structure, then models, then products and the variants that changed models reach, then what waited; the watermark last.
 * `mode: full` reads everything instead; the first full load is started by the first tick and runs beside later ones.
 */
export async function pollProducts(given: PollProductsInput): Promise<RunReport> {
  const poll = input(given, 'pollProducts', '{"connection":"acme","mode":"delta"}')
  return poll.mode === 'full' ? loadEverything(poll) : carryChanges(poll)
}

async function carryChanges(poll: PollProductsInput): Promise<RunReport> {
  const { connection, carried } = poll
  const controls = runControls(`Changes of ${connection}`, carried)
  markRun(connection, 'poll-products')
  if (carried !== undefined) return goOn(poll, carried, controls, readChanges)
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
  const run = { poll, connection, runId, policy, controls, ...oneReader, warning }
  await startMappings(connection, mappings)
  return settled(run, () => readChanges(run))
}

async function readChanges(run: OpenRun): Promise<void> {
  await transferByAll(run, 1, ['product-models', 'products'], { sweepVariants: true })
  if (run.warning !== null) run.controls.show({ warning: run.warning })
}

async function loadEverything(poll: PollProductsInput): Promise<RunReport> {
  const { connection, carried } = poll
  const controls = runControls(`Full load of ${connection}`, carried)
  markRun(connection, 'load-products')
  if (carried !== undefined) return goOn(poll, carried, controls, readEverything)
  const { runId, outcome, holder, policy } = await bulk(
    undefined,
    'the claim, and Akeneo’s time before the first read',
  ).openLoad({ connection })
  if (runId === null) return nothingToDo(controls, outcome ?? 'already running', holder)
  const run: OpenRun = { poll, connection, runId, policy, controls, ...oneReader, warning: null }
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
    run.readers = readers
    // Plans of before say nothing of models: those were read by one.
    run.modelReaders = modelReaders ?? 1
    await readEverything(run)
  })
}

async function readEverything(run: OpenRun): Promise<void> {
  await transferByAll(run, run.modelReaders, ['product-models'])
  await transferByAll(run, run.readers, ['products'])
}

interface OpenRun {
  poll: PollProductsInput
  connection: string
  runId: string
  policy: ActivityPolicy
  controls: RunControls
  modelReaders: number
  readers: number
  warning: string | null
}

const oneReader = { modelReaders: 1, readers: 1 }

/** What another execution of this run began: transfers and their cursors are in the database, so what was read is passed over. */
async function goOn(
  poll: PollProductsInput,
  carried: NonNullable<PollProductsInput['carried']>,
  controls: RunControls,
  read: (run: OpenRun) => Promise<void>,
): Promise<RunReport> {
  const { connection } = poll
  const { runId } = carried
  const resumed = await bulk(undefined, 'the claim of a run that goes on').resumeRun({ connection, runId })
  if (resumed === null) return nothingToDo(controls, 'already running', null)
  const run: OpenRun = { poll, connection, controls, ...carried, ...resumed }
  return settled(run, () => read(run))
}

/** Ends this execution, whose history grew long; the next one goes on with the run. */
async function continueRun({
  poll,
  runId,
  controls,
  modelReaders,
  readers,
  warning,
}: OpenRun): Promise<never> {
  await condition(allHandlersFinished)
  return continueAsNew<typeof pollProducts>({
    ...poll,
    carried: { runId, ...controls.carried(), modelReaders, readers, warning },
  })
}

async function transferByAll(
  run: OpenRun,
  readers: number,
  streams: StreamName[],
  options = { sweepVariants: false },
): Promise<void> {
  const ends = await Promise.all(
    Array.from({ length: readers }, (_, reader) => transfer(run, reader, streams, options)),
  )
  if (ends.includes('history is long')) await continueRun(run)
}

/** One reader: takes slice after slice until none is left. The cursor is in the database, so a chunk that dies costs a page. */
async function transfer(
  run: OpenRun,
  reader: number,
  streams: StreamName[],
  options: { sweepVariants: boolean },
): Promise<'all is read' | 'history is long'> {
  const { poll, connection, runId, policy, controls } = run
  for (let more = true; more;) {
    await controls.whileRunning()
    const chunk = await bulk(policy).transferRecords.executeWithOptions(
      { summary: `${streams.join(', ')} of ${connection}, reader ${reader + 1}` },
      [{ connection, runId, reader, streams, ...options }],
    )
    controls.add(chunk)
    more = chunk.more || chunk.state === 'paused'
    // The others end their chunks first.
    if (more && isHistoryLong(poll.maxHistoryEvents)) return 'history is long'
  }
  return 'all is read'
}

async function settled(run: OpenRun, carry: () => Promise<void>): Promise<RunReport> {
  const { connection, runId, policy, controls } = run
  try {
    await controls.attach(runId)
    await carry()
    const finish = () =>
      bulk(policy, 'what waited, what was rejected, then the watermark').finishRun({
        connection,
        runId,
        cancelled: false,
      })
    let { report, destinations = [], media = false, enrich = false, paceMs } = await finish()
    while (report === null) {
      if (isHistoryLong(run.poll.maxHistoryEvents)) await continueRun(run)
      ;({ report, destinations = [], media = false, enrich = false, paceMs } = await finish())
    }
    const { outcome, published, waiting, rejected, streams, held = [] } = report
    const read = Object.values(streams).reduce((sum, stream) => sum + stream.read, 0)
    const decide =
      held.length === 0 ? {} : { decide: proposed(`pimflow approvals show ${held[0]}`, { connection }) }
    controls.show({ outcome, read, published, waiting, rejected, ...decide })
    markOutcome(outcome, rejected)
    await startDeliveries(connection, destinations, { published: published > 0 })
    if (media) await startMedia(connection)
    if (enrich) await startEnrichment(connection)
    if (paceMs !== undefined) await pace(policy, connection, paceMs)
    return report
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    await abandon(connection, runId, error)
    throw error
  }
}

const paceAttempts = 3

/** The run is done by then: a worker that may not change schedules costs polls that are not rarer, and nothing else. */
async function pace(policy: ActivityPolicy, connection: string, everyMs: number): Promise<void> {
  try {
    await bulk({ ...policy, maximumAttempts: paceAttempts }, 'how often polls come').pacePolls({
      connection,
      everyMs,
    })
  } catch (error) {
    if (isCancellation(error)) throw error
    log.warn('The schedule of polls keeps its interval', { connection, everyMs, error })
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
