import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleSpec,
} from '@temporalio/client'
import { ScheduleOverlapPolicy } from '@temporalio/client'
import type { ConnectionConfig } from '../../config.ts'
import { scheduleId } from '../../contracts/names.ts'
import { jitterOf, phaseOf } from '../../domain/schedule-phase.ts'
import { fingerprint } from './print.ts'
import {
  searchAttributesOf,
  startCategories,
  startDelivery,
  startEnrichment,
  startFullLoad,
  startNotifications,
  startPoll,
  startRecheckRequests,
  startReconcile,
  startTaxonomy,
  type WorkflowStart,
} from './starts.ts'

type When = NonNullable<ConnectionConfig['schedules']['poll']>

export interface ScheduleDefinition {
  /** Last part of its id, and what a person calls it. */
  name: ScheduleName
  scheduleId: string
  when: When
  timeZone: string
  /** Of an interval: how long after its beginning a run starts. Each schedule has its own, so that those of many connections are spread. */
  phaseMs: number
  /** A start may be so much later; it spreads what begins at a time of day. */
  jitterMs: number
  /** Starts that were missed because Temporal was down are made up for when they are not older than this. */
  catchupMs: number
  /** A run that hangs would, with overlaps skipped, end all further ticks. */
  executionTimeoutMs: number
  start: WorkflowStart
}

const minutes = 60_000
const hours = 60 * minutes

interface ScheduleRule {
  /** Which setting of the configuration says when. */
  setting: 'poll' | 'nightly' | 'weekly' | 'deliver' | 'enrich' | 'recheckRequests' | 'taxonomy' | 'notify'
  /** Section of the configuration without which there is nothing to do. */
  needs?: 'icecat' | 'notifications'
  start: (connection: string) => WorkflowStart
  catchupMs: number
  executionTimeoutMs: number
}

const rules = {
  // A missed tick needs no catching up: the next one reads from the same watermark.
  poll: { setting: 'poll', start: startPoll, catchupMs: 10 * minutes, executionTimeoutMs: 2 * hours },
  // These come round rarely, so a night in which Temporal was down is made up for in the morning.
  categories: {
    setting: 'nightly',
    start: startCategories,
    catchupMs: 12 * hours,
    executionTimeoutMs: 6 * hours,
  },
  reconcile: {
    setting: 'nightly',
    start: startReconcile,
    catchupMs: 12 * hours,
    executionTimeoutMs: 12 * hours,
  },
  full: { setting: 'weekly', start: startFullLoad, catchupMs: 24 * hours, executionTimeoutMs: 72 * hours },
  // Runs that publish start deliveries themselves; this one brings what a destination refused and is due again, or what it was
  // down for. Missed, the next one does the same. A first delivery of a large catalogue takes as long as its destination does.
  deliver: {
    setting: 'deliver',
    start: (connection) => startDelivery(connection),
    catchupMs: 10 * minutes,
    executionTimeoutMs: 72 * hours,
  },
  // A first run takes as long as Icecat's pace lets it: a million sheets at 3 a second are four days.
  enrich: {
    setting: 'enrich',
    needs: 'icecat',
    start: startEnrichment,
    catchupMs: 12 * hours,
    executionTimeoutMs: 240 * hours,
  },
  requests: {
    setting: 'recheckRequests',
    needs: 'icecat',
    start: startRecheckRequests,
    catchupMs: 12 * hours,
    executionTimeoutMs: 24 * hours,
  },
  taxonomy: {
    setting: 'taxonomy',
    needs: 'icecat',
    start: startTaxonomy,
    catchupMs: 24 * hours,
    executionTimeoutMs: 24 * hours,
  },
  // A missed look needs no catching up: the next one tells of the same.
  notify: {
    setting: 'notify',
    needs: 'notifications',
    start: startNotifications,
    catchupMs: 10 * minutes,
    executionTimeoutMs: hours,
  },
} satisfies Record<string, ScheduleRule>

export type ScheduleName = keyof typeof rules
export const scheduleNames = Object.keys(rules) as ScheduleName[]

/**
 * A namespace starts some 30 scheduled runs a second, and what is beyond waits: the nightly runs of 5,000 connections, three each, take this
 * long in any case.
 */
const nightlyJitterMs = 10 * minutes

/** The schedules that the configuration asks for; a setting that is off asks for none. */
export function schedulesOf(config: ConnectionConfig): ScheduleDefinition[] {
  const { name: connection, schedules } = config
  return scheduleNames.flatMap((name) => {
    const { setting, start, catchupMs, executionTimeoutMs } = rules[name]
    const when = schedules[setting]
    if (when === null || !hasUseFor(config, name)) return []
    return [
      {
        name,
        scheduleId: scheduleId(connection, name),
        when,
        timeZone: schedules.timeZone,
        phaseMs: 'cron' in when ? 0 : phaseOf(scheduleId(connection, name), when.everyMs),
        jitterMs: 'cron' in when ? nightlyJitterMs : jitterOf(when.everyMs),
        catchupMs,
        executionTimeoutMs,
        start: start(connection),
      },
    ]
  })
}

/** False where the connection lacks the section that the schedule is about. */
export function hasUseFor(config: ConnectionConfig, name: ScheduleName): boolean {
  const { needs }: ScheduleRule = rules[name]
  return needs === undefined || config[needs] !== undefined
}

/** The schedule as Temporal shall have it. `by` is who applies it; a memo of its runs says so. */
export function scheduleOptions(
  definition: ScheduleDefinition,
  { taskQueue, by }: { taskQueue: string; by: string },
): ScheduleOptions {
  const { when, phaseMs, jitterMs, timeZone, catchupMs, executionTimeoutMs, start } = definition
  const spec: ScheduleSpec =
    'cron' in when
      ? { cronExpressions: [when.cron], timezone: timeZone, jitter: jitterMs }
      : { intervals: [{ every: when.everyMs, offset: phaseMs }], jitter: jitterMs }
  return {
    scheduleId: definition.scheduleId,
    spec,
    action: {
      type: 'startWorkflow',
      workflowType: start.type,
      taskQueue,
      workflowId: start.workflowId,
      args: [start.input],
      workflowExecutionTimeout: executionTimeoutMs,
      typedSearchAttributes: searchAttributesOf(start),
      staticSummary: start.summary,
      memo: { startedBy: `schedule, applied by ${by}`, definition: fingerprint(definition, taskQueue) },
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchupMs },
    typedSearchAttributes: searchAttributesOf(start),
  }
}

export type Applied = 'created' | 'updated' | 'unchanged' | 'removed'

/** Makes Temporal's schedules of a connection those of its configuration; one that is paused stays paused. */
export async function applySchedules(
  client: Client,
  connection: ConnectionConfig,
  how: { taskQueue: string; by: string },
): Promise<{ name: ScheduleName; scheduleId: string; applied: Applied }[]> {
  const wanted = schedulesOf(connection)
  const results: { name: ScheduleName; scheduleId: string; applied: Applied }[] = []
  for (const name of scheduleNames) {
    const definition = wanted.find((schedule) => schedule.name === name)
    const id = scheduleId(connection.name, name)
    if (definition)
      results.push({ name, scheduleId: id, applied: await applySchedule(client, definition, how) })
    else if (await deleteSchedule(client, id)) results.push({ name, scheduleId: id, applied: 'removed' })
  }
  return results
}

export async function applySchedule(
  client: Client,
  definition: ScheduleDefinition,
  how: { taskQueue: string; by: string },
): Promise<Applied> {
  const options = scheduleOptions(definition, how)
  const existing = await describeSchedule(client, definition.scheduleId)
  if (existing === null) {
    await client.schedule.create(options)
    return 'created'
  }
  if (isAsDefined(existing, definition, how.taskQueue)) return 'unchanged'
  const { spec, action, policies, typedSearchAttributes } = options
  await client.schedule.getHandle(definition.scheduleId).update(({ state }) => ({
    spec,
    action,
    state,
    ...(policies ? { policies } : {}),
    ...(typedSearchAttributes ? { typedSearchAttributes } : {}),
  }))
  return 'updated'
}

export const isAsDefined = (
  { action }: ScheduleDescription,
  definition: ScheduleDefinition,
  taskQueue: string,
): boolean => action.memo?.['definition'] === fingerprint(definition, taskQueue)

export const describeSchedule = (client: Client, id: string): Promise<ScheduleDescription | null> =>
  unlessMissing(() => client.schedule.getHandle(id).describe(), null)

/** False when there was none. */
export const deleteSchedule = (client: Client, id: string): Promise<boolean> =>
  unlessMissing(async () => {
    await client.schedule.getHandle(id).delete()
    return true
  }, false)

export async function unlessMissing<T, Otherwise>(
  ask: () => Promise<T>,
  otherwise: Otherwise,
): Promise<T | Otherwise> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return otherwise
    throw error
  }
}
