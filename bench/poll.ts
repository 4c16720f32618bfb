import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleHandle } from '@temporalio/client'
import { costOf } from '../client/support/actions.ts'
import { scheduleOptions, schedulesOf } from '../client/support/schedules.ts'
import { startCategories, startFullLoad } from '../client/support/starts.ts'
import type { RunReport } from '../contracts/reports.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { openStage, type Stage } from './support/stage.ts'
import { meter } from './support/usage.ts'
import { versions } from './support/versions.ts'

export interface PollOptions {
  products: number
  shape: string
  latencyMs: number
  /** Products that are changed in Akeneo between two polls. */
  edits: number
  onProgress: (text: string) => void
}

/** One scheduled poll. */
export interface TickNumbers {
  edits: number
  published: number
  /** From the workflow's start to its end. */
  seconds: number
  requests: number
  /** The schedule's own included. */
  actions: number
  events: number
  workerCpuMs: number
}

export interface PollNumbers {
  products: number
  shape: string
  latencyMs: number
  /** Nothing had changed. */
  quiet: TickNumbers
  changed: TickNumbers
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/** Polls of a loaded hub, started by the schedule that an operator has: one that finds nothing, one that carries edits. */
export async function benchPoll(options: PollOptions): Promise<PollNumbers> {
  const { products, shape, latencyMs, edits, onProgress } = options
  const before = loadAverage()
  const stage = await openStage({ shape, products, workers: 1, onProgress })
  try {
    onProgress(`structure, categories and ${products} products`)
    await stage.run(startCategories(stage.connection.name))
    await stage.run(startFullLoad(stage.connection.name))
    await stage.akeneo.setPageTime(latencyMs)
    const schedule = await createPollSchedule(stage)
    try {
      onProgress('a poll that finds nothing')
      const quiet = await tick(stage, schedule, 0)
      onProgress(`${edits} edits, and the poll that carries them`)
      await stage.akeneo.edit(editsOf(products, edits))
      const changed = await tick(stage, schedule, edits)
      return {
        products,
        shape,
        latencyMs,
        quiet,
        changed,
        loadAverage: { before, after: loadAverage() },
        versions: versions(),
        ...machine(),
      }
    } finally {
      await schedule.delete()
    }
  } finally {
    await stage.close()
  }
}

async function createPollSchedule({ client, connection, taskQueue }: Stage): Promise<ScheduleHandle> {
  const poll = schedulesOf(connection).find(({ name }) => name === 'poll')
  if (!poll) throw new Error('Polls are switched off')
  return client.schedule.create({
    ...scheduleOptions(poll, { taskQueue, by: 'a benchmark' }),
    // Only when it is told to.
    state: { paused: true },
  })
}

const lookEveryMs = 20

async function tick(stage: Stage, schedule: ScheduleHandle, edits: number): Promise<TickNumbers> {
  const { akeneo, client, workers } = stage
  await akeneo.reset()
  const before = (await schedule.describe()).info.numActionsTaken
  const usage = meter(workers.map(({ pid }) => pid))
  try {
    await schedule.trigger('SKIP')
    const execution = await startedBy(schedule, before)
    const handle = client.workflow.getHandle(execution.workflowId, execution.runId)
    const report = (await handle.result()) as RunReport
    const { startTime, closeTime } = await handle.describe()
    if (report.published !== edits) {
      throw new Error(
        `The poll published ${report.published} records after ${edits} edits (${report.outcome})`,
      )
    }
    const { actions, events } = await costOf(client, execution)
    const endMs = closeTime?.getTime() ?? Date.now()
    return {
      edits,
      published: report.published,
      seconds: round((endMs - startTime.getTime()) / 1000, 2),
      requests: (await akeneo.requests()).length,
      actions,
      events,
      workerCpuMs: Math.round(usage.cpuBetween(startTime.getTime(), endMs)),
    }
  } finally {
    usage.stop()
  }
}

async function startedBy(schedule: ScheduleHandle, before: number) {
  for (;;) {
    const { numActionsTaken, recentActions } = (await schedule.describe()).info
    const action = recentActions.at(-1)?.action
    if (numActionsTaken > before && action) {
      const { workflowId, firstExecutionRunId: runId } = action.workflow
      return { workflowId, runId }
    }
    await sleep(lookEveryMs)
  }
}

/** Spread over the catalogue; none of them stands in the root alone, so each edit changes one record. */
const editsOf = (products: number, edits: number): object[] =>
  Array.from({ length: edits }, (_, n) => ({
    resource: 'product',
    code: `P${String(Math.floor((n * products) / edits)).padStart(7, '0')}`,
    patch: { categories: ['master'] },
  }))
