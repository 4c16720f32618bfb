import type { Client, ScheduleDescription } from '@temporalio/client'
import type { ConnectionConfig } from '../../config.ts'
import { scheduleId } from '../../contracts/names.ts'
import { proposed } from '../../domain/proposals.ts'
import { ago, duration, until } from './format.ts'
import {
  describeSchedule,
  hasUseFor,
  isAsDefined,
  type ScheduleDefinition,
  scheduleNames,
  schedulesOf,
} from './schedules.ts'

export type ScheduleState = 'on' | 'paused' | 'not applied' | 'differs from the configuration' | 'off'

/** One schedule as configured and as Temporal has it. */
export interface ScheduleSight {
  connection: string
  name: string
  scheduleId: string
  /** In the configuration's words; null when it is off there. */
  starts: string | null
  state: ScheduleState
  note: string | null
  next: string | null
  last: { at: string; workflowId: string } | null
  /** Workflow id of a run that it started and that is not over. */
  running: string | null
}

export async function scheduleSights(
  client: Client,
  connection: ConnectionConfig,
  taskQueue: string,
): Promise<ScheduleSight[]> {
  const wanted = schedulesOf(connection)
  const sights = await Promise.all(
    scheduleNames.map(async (name) => {
      const definition = wanted.find((schedule) => schedule.name === name)
      const id = scheduleId(connection.name, name)
      const description = await describeSchedule(client, id)
      if (description === null && !hasUseFor(connection, name)) return null
      const seen = description === null ? nothing : scheduleSight(connection.name, description)
      return {
        ...seen,
        connection: connection.name,
        name,
        scheduleId: id,
        starts: definition ? startsText(definition, description) : null,
        state: stateOf(description, definition, taskQueue),
      }
    }),
  )
  return sights.filter((sight) => sight !== null)
}

const nothing = { note: null, next: null, last: null, running: null }

export function scheduleSight(connection: string, { info, state }: ScheduleDescription) {
  const last = info.recentActions.at(-1)
  return {
    connection,
    note: state.note ?? null,
    next: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
    last: last ? { at: last.takenAt.toISOString(), workflowId: last.action.workflow.workflowId } : null,
    running: info.runningActions[0]?.workflow.workflowId ?? null,
  }
}

function stateOf(
  description: ScheduleDescription | null,
  definition: ScheduleDefinition | undefined,
  taskQueue: string,
): ScheduleState {
  if (description === null) return definition ? 'not applied' : 'off'
  if (description.state.paused) return 'paused'
  if (definition && isAsDefined(description, definition, taskQueue)) return 'on'
  return 'differs from the configuration'
}

/** Polls that find nothing are given a longer interval than the configuration's. */
function startsText(definition: ScheduleDefinition, description: ScheduleDescription | null): string {
  const everyMs = description?.spec.intervals?.[0]?.every
  const isLonger = everyMs !== undefined && 'everyMs' in definition.when && everyMs > definition.when.everyMs
  const text = whenText(definition)
  return isLonger && definition.name === 'poll'
    ? `every ${duration(everyMs)} while quiet, else ${text}`
    : text
}

export const whenText = ({ when, timeZone }: Pick<ScheduleDefinition, 'when' | 'timeZone'>): string =>
  'cron' in when ? `${when.cron} ${timeZone}` : `every ${duration(when.everyMs)}`

/** name, starts, next, last, state. */
export function sightCells(
  { connection, name, starts, next, last, state, note, running }: ScheduleSight,
  now: Date,
): string[] {
  const remedy = state === 'not applied' || state === 'differs from the configuration'
  return [
    name,
    starts ?? 'off',
    next === null ? '' : until(new Date(next), now),
    running !== null ? 'running' : last === null ? 'never' : ago(new Date(last.at), now),
    `${state}${state === 'paused' && note ? `: ${note}` : ''}${remedy ? `: ${proposed('pimflow schedules apply', { connection })}` : ''}`,
  ]
}
