import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow'
import { workflowId } from '../contracts/names.ts'
import type { ApplyMappingInput } from '../contracts/processes.ts'
import type { MappingReport } from '../contracts/reports.ts'
import { proposed } from '../domain/proposals.ts'
import { abandon } from './abandon.ts'
import { bulk, lengthy } from './activities.ts'
import { startDeliveries } from './deliver-changes.ts'
import { input } from './input.ts'
import { markOutcome, markRun, type RunControls, runControls } from './run-controls.ts'

/**
 * Brings a proposed mapping into its output:
 * what it would change of stored records is counted first, without Akeneo; above the guard it waits for a person; then it is
 * applied and what it changes is published.
 */
export async function applyMapping(given: ApplyMappingInput): Promise<MappingReport> {
  const {
    connection,
    change,
    compareOnly = false,
  } = input(given, 'applyMapping', '{"connection":"acme","change":"3"}')
  const controls = runControls(`Mapping m${change} of ${connection}`)
  markRun(connection, 'mapping')
  const { runId, holder, output, policy } = await bulk(undefined, 'the claim').openMapping({
    connection,
    change,
  })
  const none = { change, output, compared: 0, changed: 0, published: 0 }
  if (runId === null) {
    controls.show({ outcome: 'already running', ...(holder === null ? {} : { 'running as': holder }) })
    return ended(connection, controls, { ...none, outcome: 'already running', runId: null })
  }
  try {
    await controls.attach(runId)
    controls.show({ step: 'comparing', output })
    const { compared, changed, held } = await lengthy(policy, 'what it would change').compareMapping({
      connection,
      change,
    })
    if (held || compareOnly) {
      const outcome = held ? ('awaiting approval' as const) : ('done' as const)
      const report = { ...none, outcome, runId, compared, changed }
      await bulk(policy).closeMapping({ connection, runId, report })
      return ended(connection, controls, report)
    }
    const finish = () =>
      bulk(policy, 'applying it, and publishing what it changes').finishMapping({
        connection,
        change,
        runId,
        compared,
        changed,
      })
    let { report, destinations } = await finish()
    while (report === null) ({ report, destinations } = await finish())
    ended(connection, controls, report)
    await startDeliveries(connection, destinations)
    return report
  } catch (error) {
    await abandon(connection, runId, error)
    throw error
  }
}

function ended(connection: string, controls: RunControls, report: MappingReport): MappingReport {
  const { outcome, change, compared, changed, published } = report
  controls.show({
    outcome,
    compared,
    changed,
    published,
    ...(outcome === 'awaiting approval'
      ? { decide: proposed(`pimflow approvals show m${change}`, { connection }) }
      : {}),
  })
  markOutcome(outcome, 0)
  return report
}

/** Mappings that a poll found on its worker's disk, each in a run of its own. */
export async function startMappings(connection: string, changes: readonly string[] = []): Promise<void> {
  for (const change of changes) {
    try {
      await startChild(applyMapping, {
        args: [{ connection, change }],
        workflowId: workflowId(connection, 'mapping', change),
        taskQueue: workflowInfo().taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `mapping m${change} of ${connection}`,
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }
}
