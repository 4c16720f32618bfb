import { getClient } from '@temporalio/activity'
import { ScheduleNotFoundError } from '@temporalio/client'
import { quietPolls } from '../connectors/hub/runs.ts'
import type { Transaction } from '../connectors/hub/database.ts'
import { scheduleId } from '../contracts/names.ts'
import { nextPace } from '../domain/poll-pace.ts'
import { jitterOf, phaseOf } from '../domain/schedule-phase.ts'
import type { ConnectionRuntime } from './dependencies.ts'

/** The interval that the schedule of polls is to have after this one; null: it stays, as always where no `schedules.pollQuiet` is set. */
export async function paceAfter(
  tx: Transaction,
  { name, config }: ConnectionRuntime,
  published: number,
): Promise<number | null> {
  const { poll, pollQuiet } = config.schedules
  if (poll === null || pollQuiet === null || !('everyMs' in poll) || !('everyMs' in pollQuiet)) return null
  const pace = { everyMs: poll.everyMs, quietestMs: pollQuiet.everyMs }
  return nextPace(pace, await quietPolls(tx, name), published > 0)
}

export const createPaceActivities = () => ({
  /** Gives the schedule of polls its interval; one that is paused stays paused, and none is made where there is none. */
  async pacePolls({ connection, everyMs }: { connection: string; everyMs: number }): Promise<void> {
    const id = scheduleId(connection, 'poll')
    const handle = getClient().schedule.getHandle(id)
    try {
      const { spec } = await handle.describe()
      if (spec.intervals?.[0]?.every === everyMs) return
      await handle.update(({ action, policies, state, typedSearchAttributes }) => ({
        action,
        policies,
        state,
        typedSearchAttributes,
        spec: { intervals: [{ every: everyMs, offset: phaseOf(id, everyMs) }], jitter: jitterOf(everyMs) },
      }))
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
    }
  },
})
