import type { Config, ConnectionConfig } from '../../config.ts'
import { checkExitCode, type Checked } from './check-all.ts'
import { explainError, UsageError } from './errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { table } from './format.ts'
import { withHub } from './hub.ts'
import type { Questions } from './questions.ts'
import { type Applied, applySchedules } from './schedules.ts'
import { type TemporalPlace, withTemporal } from './temporal.ts'
import type { Terminal } from './terminal.ts'
import { who } from './who.ts'

/** What became of a new connection's schedules. */
export interface OfferedSchedules {
  applied: { scheduleId: string; state: Applied }[]
  /** Why none was applied, without a full stop; null when they are those of the configuration. */
  notApplied: string | null
}

interface Offer {
  config: Config
  connection: ConnectionConfig
  place: TemporalPlace
  checked: Checked
  /** False while nothing names a database. */
  hasDatabase: boolean
  /** Said by a flag: nobody is asked. */
  agreed: boolean
  /** Null where nobody can be asked. */
  ask: Questions | null
}

/**
 * Applies the schedules of a new connection where what they start can work: the check found nothing wrong, Temporal and the database answer.
 * A person is asked only when it can be done; that it cannot is how the command ends only for who asked for it by the flag.
 */
export async function offerSchedules(offer: Offer): Promise<OfferedSchedules & { exitCode: ExitCode }> {
  const { config, connection, place, agreed, ask } = offer
  if (!agreed && ask === null)
    return notApplied('--apply-schedules was not given, and nobody can be asked here')
  const obstacle = await obstacleTo(offer)
  if (obstacle) return notApplied(obstacle.text, agreed ? obstacle.exitCode : exitCodes.done)
  if (!agreed && !(await agrees(ask, place))) return notApplied('you left it for later')
  const how = { taskQueue: config.temporal.taskQueue, by: who() }
  try {
    const results = await withTemporal(place, (client) => applySchedules(client, connection, how))
    const applied = results.map(({ scheduleId, applied: state }) => ({ scheduleId, state }))
    return { applied, notApplied: null, exitCode: exitCodes.done }
  } catch (error) {
    // What was written before stands, and must be reported all the same.
    const { message, exitCode } = explainError(error)
    return notApplied(message, exitCode)
  }
}

/** Who leaves this question has answered the others: it is a no. */
async function agrees(ask: Questions | null, { address }: TemporalPlace): Promise<boolean> {
  try {
    return (
      ask !== null &&
      (await ask.confirm(
        `Start runs by schedule from now on, on Temporal at ${address}? Polls read Akeneo every few minutes`,
      ))
    )
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

export const schedulesText = ({ applied, notApplied: why }: OfferedSchedules): string =>
  why === null
    ? `Schedules\n${table(
        applied.map(({ scheduleId, state }) => [state, scheduleId]),
        '  ',
      )}`
    : `No schedule was applied: ${why}.\n  To do it later: pimflow schedules apply`

/** The commands that come next, as this person types them: npm says in the environment when it began this one. */
export function nextSteps({ notApplied: why }: OfferedSchedules, { env }: Pick<Terminal, 'env'>): string {
  const pimflow = env['npm_command'] === undefined ? 'pimflow' : 'npx pimflow'
  const verbs =
    why === null ? ['worker', 'sync categories'] : ['up', 'worker', 'sync categories', 'schedules apply']
  return ['Next', ...verbs.map((verb) => `  ${pimflow} ${verb}`)].join('\n')
}

const notApplied = (why: string, exitCode: ExitCode = exitCodes.done) => ({
  applied: [],
  notApplied: why,
  exitCode,
})

/** Search attributes that are missing are found by the check; an empty database is none: a worker makes the tables. */
async function obstacleTo({
  config,
  checked,
  hasDatabase,
}: Offer): Promise<{ text: string; exitCode: ExitCode } | null> {
  const failed = [...checked.connections.flatMap(({ lines }) => lines), ...checked.temporal].find(
    ({ status }) => status === 'failed',
  )
  if (failed) return { text: failed.text, exitCode: checkExitCode(checked) }
  if (!hasDatabase) return { text: 'there is no database yet', exitCode: exitCodes.unreachable }
  try {
    await withHub(config, (sql) => sql.unsafe('select 1'))
    return null
  } catch (error) {
    const { message: text, exitCode } = explainError(error)
    return { text, exitCode }
  }
}
