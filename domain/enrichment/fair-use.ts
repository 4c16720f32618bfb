/** How much of a month's sheets an account may take before Icecat charges for more. */
export interface FairUse {
  /** Sheets a month, for one language. */
  limit: number
  /** Parts of the limit, such as 0.8. */
  slowAt: number
  stopAt: number
}

/** Icecat's fair use policy names 1,000,000 sheets a month for one language or country. */
export const defaultFairUse: FairUse = { limit: 1_000_000, slowAt: 0.8, stopAt: 1 }

export type FairUseVerdict =
  | { kind: 'go' }
  /** Go on, this many times slower, so that what is left lasts for the days that are left. */
  | { kind: 'slow'; factor: number }
  | { kind: 'stop'; untilMonth: string }

/** The month that a sheet counts for, in UTC: `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7)

/** Whether `wanted` further sheets of a language may be fetched this month. */
export function judgeFairUse(
  fetched: number,
  wanted: number,
  now: Date,
  { limit, slowAt, stopAt }: FairUse,
): FairUseVerdict {
  const after = fetched + wanted
  if (after > limit * stopAt) return { kind: 'stop', untilMonth: nextMonth(now) }
  if (after <= limit * slowAt) return { kind: 'go' }
  const left = Math.max(1, limit * stopAt - fetched)
  const passed = (now.getTime() - Date.parse(`${monthOf(now)}-01T00:00:00Z`)) / monthMs(now)
  const share = Math.max(0.01, 1 - passed)
  // As much as the rest of the month would get at an even pace, against what the limit leaves.
  return { kind: 'slow', factor: Math.min(20, Math.max(1, (limit * stopAt * share) / left)) }
}

function nextMonth(now: Date): string {
  return monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)))
}

const monthMs = (now: Date): number =>
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) -
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
