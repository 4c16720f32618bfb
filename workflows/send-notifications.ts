import type { SendNotificationsInput } from '../contracts/processes.ts'
import type { NotificationsReport } from '../contracts/reports.ts'
import { forOthers } from './activities.ts'
import { input } from './input.ts'
import { markOutcome, markRun, runControls } from './run-controls.ts'

/**
 * Looks what of a connection failed, is late or waits for a person, and tells its webhook what is new since the last message. By its own
 * schedule and not at the end of runs: that none ends is one of the things to tell.
 */
export async function sendNotifications(given: SendNotificationsInput): Promise<NotificationsReport> {
  const { connection } = input(given, 'sendNotifications', '{"connection":"acme"}')
  const controls = runControls(`Notifications of ${connection}`)
  markRun(connection, 'notify')
  const counts = await forOthers(`what changed at ${connection}, to its webhook`).notify({ connection })
  controls.show({ ...counts })
  markOutcome('done', 0)
  return { outcome: 'done', runId: null, ...counts }
}
