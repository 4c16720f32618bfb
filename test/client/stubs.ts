import type { OpenedPoll } from '../../activities/polls.ts'
import type { TransferResult } from '../../activities/transfers.ts'
import type { ActivityPolicy } from '../../contracts/processes.ts'
import type { ReconcileReport, RunReport } from '../../contracts/reports.ts'

/** Answers of activities, for runs whose work is not what a test is about. */

export const policy: ActivityPolicy = {
  heartbeatTimeoutMs: 30_000,
  initialIntervalMs: 10,
  maximumIntervalMs: 100,
  backoffCoefficient: 2,
  maximumAttempts: 0,
}

export const openedPoll: OpenedPoll = {
  runId: '7',
  outcome: null,
  holder: null,
  loadNeeded: false,
  warning: null,
  policy,
}

export const chunk: TransferResult = { more: false, state: 'running', read: 5, changed: 3, rejected: 0 }

export const pollReport: RunReport = {
  outcome: 'done',
  runId: '7',
  streams: { products: { read: 5, changed: 3, rejected: 0 } },
  published: 3,
  waiting: 0,
  rejected: 0,
}

export const reconcileReport: ReconcileReport = {
  outcome: 'done',
  runId: '7',
  listed: 5,
  absent: 1,
  plan: '3',
  held: [],
  retired: 1,
  kept: 0,
  drift: { changed: 0, unknown: 0, missing: 1 },
}

/** A door that a stub waits at until the test opens it. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
