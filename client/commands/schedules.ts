import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, ScheduleDescription } from '@temporalio/client'
import { ScheduleOverlapPolicy } from '@temporalio/client'
import { type Command, Option } from 'commander'
import type { Config, ConnectionConfig } from '../../config.ts'
import { scheduleId } from '../../contracts/names.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { table } from '../support/format.ts'
import { scheduleCreateLine, scheduleLine } from '../support/print.ts'
import { chosenConnection, chosenConnections, readConfig } from '../support/project.ts'
import { scheduleSight, scheduleSights, sightCells } from '../support/schedule-sights.ts'
import {
  applySchedules,
  deleteSchedule,
  describeSchedule,
  type ScheduleName,
  scheduleNames,
  schedulesOf,
} from '../support/schedules.ts'
import { temporalPlace, type TemporalPlace, withTemporal, workflowUrl } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type CommonOptions, type Session } from '../support/verb.ts'
import { who } from '../support/who.ts'
import { reportWork } from '../support/work.ts'

interface ScheduleFlags {
  all?: boolean
  print?: boolean
  detach?: boolean
}

export function registerSchedules(program: Command, session: Session): void {
  const schedules = program
    .command('schedules')
    .description('list, apply, pause, resume, trigger and delete what starts by itself')
    .addHelpText('after', '\nExample:\n  pimflow schedules apply')

  const on = (
    usage: string,
    summary: string,
    examples: string[],
    handle: (at: At) => Promise<Answer>,
    isDefault = false,
  ) => {
    const command = addVerb(schedules, { usage, summary, examples, isDefault })
    return command.action(
      answering<ScheduleFlags>(session, async ({ terminal, options, args }) => {
        const config = await readConfig(options, terminal)
        const place = await temporalPlace(config, terminal)
        return handle({ config, place, options, names: scheduleNamesIn(args), terminal })
      }),
    )
  }
  const all = new Option('--all', 'those of all connections')
  const print = new Option('--print', 'print the lines for the `temporal` program instead of doing anything')
  on(
    'list',
    'what there is, when it starts next, how it stands (the default)',
    ['pimflow schedules'],
    list,
    true,
  )
  on('apply', 'make the schedules those of the configuration', ['pimflow schedules apply'], apply).addOption(
    print,
  )
  on(
    'pause [name...]',
    'start nothing by schedule until `resume`; what runs goes on',
    ['pimflow schedules pause --all', 'pimflow schedules pause poll'],
    (at) => toggle(at, true),
  )
    .addOption(all)
    .addOption(print)
  on(
    'resume [name...]',
    'let paused schedules start again',
    ['pimflow schedules resume --all', 'pimflow schedules resume poll'],
    (at) => toggle(at, false),
  )
    .addOption(all)
    .addOption(print)
  on(
    'trigger <name>',
    'start now what the schedule starts, unless it is running',
    ['pimflow schedules trigger poll'],
    trigger,
  )
    .addOption(print)
    .option('--detach', 'do not wait for its end')
  on(
    'delete [name...]',
    'take schedules away; `apply` brings them back',
    ['pimflow schedules delete', 'pimflow schedules delete full'],
    remove,
  ).addOption(print)
}

interface At {
  config: Config
  place: TemporalPlace
  options: ScheduleFlags & CommonOptions
  names: ScheduleName[]
  terminal: Session['terminal']
}

async function list({ config, place, options }: At): Promise<Answer> {
  const sights = await withTemporal(place, async (client) => {
    const connections = chosenConnections(config, options)
    return (await Promise.all(connections.map((one) => scheduleSights(client, one, place.taskQueue)))).flat()
  })
  const now = new Date()
  return {
    value: sights,
    text: table([
      ['connection', 'schedule', 'starts', 'next', 'last', 'state'],
      ...sights.map((sight) => [sight.connection, ...sightCells(sight, now)]),
    ]),
  }
}

async function apply({ config, place, options }: At): Promise<Answer> {
  const connections = chosenConnections(config, options)
  if (options.print === true) {
    return printed(connections.flatMap(schedulesOf).map((schedule) => scheduleCreateLine(schedule, place)))
  }
  return withTemporal(place, async (client) => {
    const results = []
    for (const connection of connections) {
      results.push(...(await applySchedules(client, connection, { taskQueue: place.taskQueue, by: who() })))
    }
    return answerPerSchedule(
      results.map(({ scheduleId: id, applied }) => ({ scheduleId: id, state: applied })),
    )
  })
}

async function toggle({ config, place, options, names }: At, pause: boolean): Promise<Answer> {
  const note = `${pause ? 'paused' : 'resumed'} by ${who()} with pimflow`
  const ids = targets(config, options, names)
  if (options.print === true) {
    const words = ['toggle', pause ? '--pause' : '--unpause', '--reason', note]
    return printed(ids.filter(isMeant).map(({ id }) => scheduleLine(words, id, place)))
  }
  return each(place, ids, async (client, id) => {
    const handle = client.schedule.getHandle(id)
    await (pause ? handle.pause(note) : handle.unpause(note))
    return pause ? 'paused' : 'resumed'
  })
}

async function remove({ config, place, options, names }: At): Promise<Answer> {
  const ids = targets(config, options, names)
  if (options.print === true) {
    return printed(ids.filter(isMeant).map(({ id }) => scheduleLine(['delete'], id, place)))
  }
  return each(place, ids, async (client, id) => {
    await deleteSchedule(client, id)
    return 'deleted'
  })
}

async function trigger({ config, place, options, names, terminal }: At): Promise<Answer> {
  const connection = chosenConnection(config, options)
  const id = scheduleId(connection.name, names[0] ?? '')
  if (options.print === true) return printed([scheduleLine(['trigger'], id, place)])
  return withTemporal(place, async (client) => {
    const before = await describeSchedule(client, id)
    if (before === null) throw new UsageError(`There is no schedule ${id} yet: pimflow schedules apply`)
    await client.schedule.getHandle(id).trigger(ScheduleOverlapPolicy.SKIP)
    const started = await startedSince(client, id, before)
    if (started === 'skipped') {
      const { running } = scheduleSight(connection.name, before)
      return {
        value: { scheduleId: id, state: 'already running', running },
        text: `Nothing was started: ${running ?? 'what it starts'} is still running`,
      }
    }
    const work = { ...started, webUrl: workflowUrl(place, started.workflowId) }
    return reportWork(client, place, work, terminal, options)
  })
}

/** The server acts a moment after it was asked; unit ms. */
const actsWithinMs = 10_000
const askEveryMs = 100

async function startedSince(
  client: Client,
  id: string,
  before: ScheduleDescription,
): Promise<{ workflowId: string; runId: string } | 'skipped'> {
  const end = performance.now() + actsWithinMs
  while (performance.now() < end) {
    const { info } = await client.schedule.getHandle(id).describe()
    const started = info.recentActions.at(-1)
    if (info.numActionsTaken > before.info.numActionsTaken && started) {
      const { workflowId, firstExecutionRunId: runId } = started.action.workflow
      return { workflowId, runId }
    }
    if (info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap) return 'skipped'
    await sleep(askEveryMs)
  }
  throw new Error(
    `Temporal took the trigger of ${id} and started nothing for ${actsWithinMs / 1000} s: look at it there`,
  )
}

/** Those that are named of one connection, or all of one or of every connection. */
function targets(config: Config, options: At['options'], names: ScheduleName[]): Target[] {
  if (options.all === true && options.connection !== undefined) {
    throw new UsageError('Either --all or --connection, not both')
  }
  const connections: ConnectionConfig[] =
    options.all === true ? config.connections : [chosenConnection(config, options)]
  const wanted = names.length > 0 ? names : scheduleNames
  return connections.flatMap((connection) => {
    const configured = schedulesOf(connection).map(({ name }) => name)
    return wanted.map((schedule) => ({
      id: scheduleId(connection.name, schedule),
      isMeant: names.length > 0 || configured.includes(schedule),
    }))
  })
}

interface Target {
  id: string
  /** False for one that nobody named and the configuration has switched off: it may be there still, from before. */
  isMeant: boolean
}

const isMeant = (target: Target) => target.isMeant

/** Does it to those that exist; that one is missing is said, and is a failure only when all are. */
async function each(
  place: TemporalPlace,
  targets: Target[],
  act: (client: Client, id: string) => Promise<string>,
): Promise<Answer> {
  return withTemporal(place, async (client) => {
    const results = []
    for (const { id, isMeant: meant } of targets) {
      const exists = (await describeSchedule(client, id)) !== null
      if (exists || meant)
        results.push({ scheduleId: id, state: exists ? await act(client, id) : 'not there' })
    }
    return answerPerSchedule(results)
  })
}

function answerPerSchedule(results: { scheduleId: string; state: string }[]): Answer {
  const nothing = results.every(({ state }) => state === 'not there')
  return {
    value: results,
    text: table(results.map(({ scheduleId: id, state }) => [id, state])),
    exitCode: nothing && results.length > 0 ? exitCodes.failed : exitCodes.done,
  }
}

const printed = (lines: string[]): Answer => ({ value: lines, text: lines.join('\n') })

function scheduleNamesIn(words: string[]): ScheduleName[] {
  return words.map((word) => {
    const name = scheduleNames.find((known) => known === word)
    if (name) return name
    throw new UsageError(`There is no schedule ${word}; these exist: ${scheduleNames.join(', ')}`)
  })
}
