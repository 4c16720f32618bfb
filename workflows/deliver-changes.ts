import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  CancellationScope,
  continueAsNew,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { DeliveryRun } from '../activities/deliver.ts'
import { workflowId } from '../contracts/names.ts'
import type { ActivityPolicy, DeliverChangesInput } from '../contracts/processes.ts'
import type { DeliveryReport } from '../contracts/reports.ts'
import { bulk, quick } from './activities.ts'
import { input } from './input.ts'
import { reasonOf } from './reason.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/** There is more in the feed: a delivery that is about to end looks once more. */
export const more = defineSignal('more')

/**
 * Brings an output's feed to a destination, in order: what was refused and is due, then what is new, until nothing is left.
 * Without a destination: to each of the connection, side by side.
 */
export async function deliverChanges(given: DeliverChangesInput): Promise<DeliveryReport> {
  const checked = input(given, 'deliverChanges', '{"connection":"acme","destination":"shop"}')
  const { connection, destination } = checked
  markRun(connection, 'deliver')
  return destination === undefined ? deliverToAll(connection) : deliverTo({ ...checked, destination })
}

async function deliverToAll(connection: string): Promise<DeliveryReport> {
  const controls = runControls(`Deliveries of ${connection}`)
  const { destinations } = await quick().destinationsOf({ connection })
  const reports = await Promise.all(
    destinations.map((destination) => deliverAsChild(connection, destination)),
  )
  const report: DeliveryReport = { ...sum(reports), destinations }
  return shown(controls, report)
}

/** Under its own id, which a person or a poll may be using: then that run does it. */
async function deliverAsChild(connection: string, destination: string): Promise<DeliveryReport> {
  try {
    return await executeChild(deliverChanges, {
      args: [{ connection, destination }],
      workflowId: workflowId(connection, 'deliver', destination),
      taskQueue: workflowInfo().taskQueue,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `changes of ${connection} to ${destination}`,
    })
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return nothing('already running', destination)
    throw error
  }
}

/** Looks for what was published meanwhile this often; then the next poll or schedule goes on. */
const looks = 10

async function deliverTo(given: DeliverChangesInput & { destination: string }): Promise<DeliveryReport> {
  const { connection, destination, counted = { delivered: 0, refused: 0 } } = given
  const controls = runControls(`Changes of ${connection} to ${destination}`)
  let asked = 0
  setHandler(more, () => {
    asked++
  })
  const { runId, output, holder, policy } = await bulk(undefined, 'the claim').openDelivery(given)
  if (runId === null) {
    return shown(controls, nothing(holder === null ? 'done' : 'already running', destination), holder)
  }
  const run: DeliveryRun = { connection, output, destination, runId }
  let report: DeliveryReport | null = null
  let seen = asked
  try {
    await controls.attach(runId)
    for (let look = 1; report === null; look++) {
      seen = asked
      await deliverAll(run, policy, controls)
      const anyway = look === looks || workflowInfo().continueAsNewSuggested
      ;({ report } = await bulk(policy, 'a last look, and counts').closeDelivery({ ...run, anyway }))
    }
  } catch (error) {
    const outcome = isCancellation(error) ? 'cancelled' : 'failed'
    await CancellationScope.nonCancellable(() =>
      quick().abandonDelivery({ ...run, outcome, ...reasonOf(error) }),
    )
    throw error
  }
  const total = {
    delivered: counted.delivered + report.delivered,
    refused: counted.refused + report.refused,
  }
  // A history that grew long ends here. And what was published after the last look has asked for more while this run was ending.
  if (asked > seen || workflowInfo().continueAsNewSuggested) {
    await continueAsNew<typeof deliverChanges>({ connection, destination, counted: total })
  }
  return shown(controls, { ...report, ...total })
}

async function deliverAll(run: DeliveryRun, policy: ActivityPolicy, controls: RunControls): Promise<void> {
  const { connection, output, destination } = run
  const counts = { delivered: 0, refused: 0 }
  for (let goesOn = true; goesOn && !workflowInfo().continueAsNewSuggested;) {
    await controls.whileRunning()
    const chunk = await bulk(policy, `${output} of ${connection} to ${destination}`).deliverEntries(run)
    counts.delivered += chunk.delivered
    counts.refused += chunk.refused
    controls.show(counts)
    goesOn = chunk.more
  }
}

/** Tries to find the running delivery, or to start one, this often: it may end between two of them. */
const startAttempts = 3

/**
 * Starts a delivery to each destination, beside the caller, which does not wait. One that runs is told that there is more, if the caller `published`:
 * else it knows, and each poll of an outage would fill its history.
 */
export async function startDeliveries(
  connection: string,
  destinations: string[] = [],
  { published = true } = {},
): Promise<void> {
  await Promise.all(destinations.map((destination) => startDelivery(connection, destination, published)))
}

async function startDelivery(connection: string, destination: string, published: boolean): Promise<void> {
  const id = workflowId(connection, 'deliver', destination)
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    try {
      await startChild(deliverChanges, {
        args: [{ connection, destination }],
        workflowId: id,
        taskQueue: workflowInfo().taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `changes of ${connection} to ${destination}`,
      })
      return
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      if (!published) return
    }
    try {
      await getExternalWorkflowHandle(id).signal(more)
      return
    } catch (error) {
      // It ended in between: then one can be started.
      if (isCancellation(error)) throw error
    }
  }
}

const nothing = (outcome: 'done' | 'already running', destination: string): DeliveryReport => ({
  outcome,
  runId: null,
  destinations: [destination],
  delivered: 0,
  refused: 0,
  parked: 0,
})

function sum(reports: DeliveryReport[]): Omit<DeliveryReport, 'destinations'> {
  const of = (count: 'delivered' | 'refused' | 'parked') =>
    reports.reduce((total, report) => total + report[count], 0)
  const parked = of('parked')
  return {
    outcome: parked > 0 ? 'done with rejections' : 'done',
    runId: null,
    delivered: of('delivered'),
    refused: of('refused'),
    parked,
  }
}

function shown(controls: RunControls, report: DeliveryReport, holder: string | null = null): DeliveryReport {
  const { outcome, delivered, refused, parked } = report
  controls.show({ outcome, delivered, refused, parked, ...(holder === null ? {} : { 'running as': holder }) })
  markOutcome(outcome, parked)
  return report
}
