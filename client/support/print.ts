import { createHash } from 'node:crypto'
import { searchAttributes } from '../../contracts/names.ts'
import type { ScheduleDefinition } from './schedules.ts'
import type { WorkflowStart } from './starts.ts'
import type { TemporalPlace } from './temporal.ts'

type Where = Pick<TemporalPlace, 'address' | 'namespace' | 'taskQueue'>

/** The line that does with Temporal's own program what the verb does. */
export const workflowStartLine = (start: WorkflowStart, where: Where): string =>
  line([
    ['temporal', 'workflow', 'start'],
    ...startedWorkflow(start, where),
    ['--id-conflict-policy', 'UseExisting'],
    ...server(where),
  ])

export const scheduleCreateLine = (schedule: ScheduleDefinition, where: Where): string =>
  line([
    ...scheduleParts(schedule, where),
    // By this `pimflow schedules` knows the schedule for its own.
    ['--memo', `definition=${JSON.stringify(fingerprint(schedule, where.taskQueue))}`],
    ...server(where),
  ])

/** What to do with a schedule that exists. */
export const scheduleLine = (words: string[], scheduleId: string, where: Where): string =>
  line([['temporal', 'schedule', ...words], ['--schedule-id', scheduleId], ...server(where)])

/** All that a schedule is, in the words of Temporal's program; also what tells two definitions apart. */
export function scheduleParts(
  { scheduleId, when, phaseMs, jitterMs, timeZone, catchupMs, executionTimeoutMs, start }: ScheduleDefinition,
  where: Pick<Where, 'taskQueue'>,
): string[][] {
  const times =
    'cron' in when
      ? [
          ['--cron', when.cron],
          ['--time-zone', timeZone],
        ]
      : [['--interval', `${goDuration(when.everyMs)}/${goDuration(phaseMs)}`]]
  return [
    ['temporal', 'schedule', 'create'],
    ['--schedule-id', scheduleId],
    ...times,
    ['--jitter', goDuration(jitterMs)],
    ['--overlap-policy', 'Skip'],
    ['--catchup-window', goDuration(catchupMs)],
    ...startedWorkflow(start, where),
    ['--execution-timeout', goDuration(executionTimeoutMs)],
    ...attributes('--schedule-search-attribute', start),
  ]
}

/** Temporal rewrites what it is given (cron lines become calendars), so what was asked for is kept beside it. */
export const fingerprint = (definition: ScheduleDefinition, taskQueue: string): string =>
  createHash('sha256')
    .update(JSON.stringify(scheduleParts(definition, { taskQueue })))
    .digest('hex')
    .slice(0, 16)

const startedWorkflow = (start: WorkflowStart, { taskQueue }: Pick<Where, 'taskQueue'>): string[][] => [
  ['--type', start.type],
  ['--task-queue', taskQueue],
  ['--workflow-id', start.workflowId],
  ['--input', JSON.stringify(start.input)],
  ['--static-summary', start.summary],
  ...attributes('--search-attribute', start),
]

const attributes = (flag: string, { connection, process }: WorkflowStart): string[][] => [
  [flag, `${searchAttributes.connection}=${JSON.stringify(connection)}`],
  [flag, `${searchAttributes.process}=${JSON.stringify(process)}`],
]

/** Always said: the program that is given this line does not read our configuration, `.env` or local state. */
const server = ({ address, namespace }: Where): string[][] => [
  ['--address', address],
  ['--namespace', namespace],
]

const line = (parts: string[][]): string => parts.flat().map(shellWord).join(' ')

/** As a POSIX shell reads it. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** As Go reads durations: hours are its largest unit. */
export function goDuration(ms: number): string {
  const [unit, size] = (
    [
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1000],
    ] as const
  ).find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
