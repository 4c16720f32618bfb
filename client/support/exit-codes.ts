/** What a script can tell from how a command ended; the only place that knows the numbers. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  rejections: 3,
  approval: 4,
  unreachable: 5,
  /** As shells say it: a person pressed Ctrl-C, and what was followed goes on. */
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const byOutcome: Record<string, ExitCode> = {
  done: exitCodes.done,
  synced: exitCodes.done,
  'already running': exitCodes.done,
  'load started': exitCodes.done,
  loading: exitCodes.done,
  'done with rejections': exitCodes.rejections,
  rejected: exitCodes.rejections,
  'awaiting approval': exitCodes.approval,
  'fair use reached': exitCodes.rejections,
  enriched: exitCodes.done,
  unchanged: exitCodes.done,
  // What a person asked for is not in the hub.
  waiting: exitCodes.failed,
  'not found': exitCodes.failed,
  cancelled: exitCodes.failed,
}

/** How a run's own word for its end maps to an exit code; a word that is not known yet is no success. */
export const exitCodeOfOutcome = (outcome: string): ExitCode => byOutcome[outcome] ?? exitCodes.failed

/** Of several results the one to report: a failure hides rejections, rejections hide success. */
export function worst(codes: ExitCode[]): ExitCode {
  const order = [
    exitCodes.usage,
    exitCodes.unreachable,
    exitCodes.failed,
    exitCodes.interrupted,
    exitCodes.approval,
    exitCodes.rejections,
  ]
  return order.find((code) => codes.includes(code)) ?? exitCodes.done
}
