import type { ConnectionConfig } from '../config.ts'
import { activityInfo, getClient } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { WorkflowNotFoundError } from '@temporalio/client'
import {
  beginWatermark,
  claimOf,
  closeRun,
  finishLoad,
  moveRun,
  type ControlState,
  type Holder,
  moveWatermark,
  openRun,
  releaseClaim,
  type Run,
  setControl,
  takeClaim,
  takeOverClaim,
  runById,
} from '../connectors/hub/runs.ts'
import { add } from '../connectors/telemetry/metrics.ts'
import type { Transaction } from '../connectors/hub/database.ts'
import type { ProcessName } from '../contracts/names.ts'
import type { ActivityPolicy } from '../contracts/processes.ts'
import type { Dependencies } from './dependencies.ts'
import { destinationsBehind } from './destinations.ts'
import { type FailureReason, shownReason, toFailure } from './failures.ts'
import { activityPolicy } from './policy.ts'

export interface OpenedRun {
  /** Null when another run of this process holds the connection. */
  run: Run | null
  /** Workflow id of who holds it then. */
  holder: string | null
}

/** This workflow execution, as the claim and the run table know it. */
export function thisExecution(): Holder {
  const { workflowExecution } = activityInfo()
  if (!workflowExecution) throw new Error('A run can be opened by a workflow only')
  return { workflowId: workflowExecution.workflowId, workflowRunId: workflowExecution.runId }
}

/**
 * Claims (connection, process) for this execution and opens its run. A claim whose holder Temporal says is closed is taken
 * over: scheduled ids differ from manual ones, so Temporal's own uniqueness cannot keep two runs apart.
 */
export async function claimAndOpen(
  { sql }: Dependencies,
  connection: string,
  process: ProcessName,
  mode: string,
): Promise<OpenedRun> {
  const holder = thisExecution()
  let other = await sql.begin((tx) => takeClaim(tx, connection, process, holder))
  if (other && !(await isRunning(other)) && (await takeOverClaim(sql, connection, process, other, holder)))
    other = null
  if (other) return { run: null, holder: other.workflowId }
  const run = await sql.begin((tx) => openRun(tx, { connection, process, mode, ...holder }))
  return { run, holder: null }
}

/**
 * What a run does before its workflow knows its number. What no later attempt would do better, such as a refused password, ends the run here:
 * nobody else could.
 */
export async function opening<T>(
  { sql }: Pick<Dependencies, 'sql'>,
  run: Run,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = toFailure(error)
    if (failure instanceof ApplicationFailure && failure.nonRetryable === true) {
      const why = shownReason({ type: failure.type ?? '', message: failure.message })
      await sql.begin((tx) => endRun(tx, run, 'failed', why === null ? {} : { why }, false))
    }
    throw error
  }
}

/** True while some execution is at the first full load; a load that failed leaves its claim to nobody. */
export async function isLoadRunning({ sql }: Dependencies, connection: string): Promise<boolean> {
  const holder = await claimOf(sql, connection, 'load-products')
  return holder !== null && (await isRunning(holder))
}

/** Whether Temporal knows this execution, or the one that it goes on as, as running. */
export async function isRunning({ workflowId, workflowRunId }: Holder): Promise<boolean> {
  try {
    const { workflow } = getClient()
    const { status, raw } = await workflow.getHandle(workflowId, workflowRunId).describe()
    if (status.name !== 'CONTINUED_AS_NEW') return status.name === 'RUNNING'
    const latest = await workflow.getHandle(workflowId).describe()
    // Under the same id another run may have been started since.
    const isSame = latest.raw.workflowExecutionInfo?.firstRunId === raw.workflowExecutionInfo?.firstRunId
    return isSame && latest.status.name === 'RUNNING'
  } catch (error) {
    // Past its retention an execution is gone, and so is its claim.
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** Ends a run in one transaction: outcome kept, claim given back, and only now the watermark moves. */
export async function endRun(
  tx: Transaction,
  run: Run,
  outcome: string,
  report: object,
  complete: boolean,
): Promise<void> {
  if (complete && run.t0) {
    if (run.mode === 'full') {
      await beginWatermark(tx, run.connection, run.t0)
      await finishLoad(tx, run.connection)
    }
    const overlapHours = (run.overlapSeconds ?? 0) / 3600
    const everything = run.mode === 'full'
    await moveWatermark(tx, run.connection, run.t0, {
      hourly: everything || overlapHours >= 3,
      nightly: everything || overlapHours >= 36,
    })
  }
  await closeRun(tx, run.id, outcome, report)
  add('runs', { connection: run.connection, process: run.process, outcome })
  await releaseClaim(tx, run.connection, run.process, thisExecution().workflowRunId)
}

export const createRunActivities = ({ sql, connection }: Pick<Dependencies, 'sql' | 'connection'>) => {
  /** A run whose connection was taken out of the configuration meanwhile must end all the same. */
  const configured = (name: string): ConnectionConfig | undefined => {
    try {
      return connection(name).config
    } catch {
      return undefined
    }
  }
  return {
    /** Goes on with a run that another execution of this workflow began. Null: a third one has taken it over meanwhile. */
    async resumeRun(input: {
      connection: string
      runId: string
    }): Promise<{ policy: ActivityPolicy } | null> {
      const policy = activityPolicy(connection(input.connection).config)
      const isOurs = await sql.begin(async (tx) =>
        moveRun(tx, await runById(tx, BigInt(input.runId)), thisExecution()),
      )
      return isOurs ? { policy } : null
    },

    /** Written by a run's signal handlers; each page's transaction reads it. */
    async setControl(input: { runId: string; state: ControlState }): Promise<void> {
      await setControl(sql, BigInt(input.runId), input.state)
    },

    /**
     * Gives back what a run holds when its workflow fails or is cancelled: the watermark stays where it was. Answers who is to be told of what it
     * published by then.
     */
    async abandonRun(input: {
      connection: string
      runId: string
      outcome: string
      why?: FailureReason
    }): Promise<{ destinations: string[] } | undefined> {
      const why = shownReason(input.why)
      await sql.begin(async (tx) => {
        const run = await runById(tx, BigInt(input.runId))
        await endRun(tx, run, input.outcome, why === null ? {} : { why }, false)
      })
      const config = configured(input.connection)
      return config && { destinations: await destinationsBehind(sql, config) }
    },
  }
}
