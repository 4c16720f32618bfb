/** How far polls look back behind the watermark, and how often each width is due. */
const minute = 60_000
const hour = 60 * minute
const overlaps = {
  // Akeneo's search shows most edits within seconds; five minutes cover its slow days.
  poll: 5 * minute,
  hourly: 3 * hour,
  nightly: 36 * hour,
}

/** A local clock may lag Akeneo's by this much before its word counts more than Akeneo's `Date`. */
const clockAllowance = 90_000

export interface KnownWatermark {
  at: Date
  hourlyAt: Date
  nightlyAt: Date
}

export interface PollWindow {
  /** Read what changed after this; null when there is no watermark yet. */
  since: Date | null
  /** The next watermark, once everything up to it is in the hub. */
  t0: Date
  /** How far before the watermark that is; null when there is none. */
  overlapSeconds: number | null
  /** Why the watermark will not move, for the operator. */
  warning: string | null
}

/**
 * The window of one poll. T0 is the earlier of Akeneo's clock and ours plus 90 s: a clock that runs ahead must not move the
 * watermark past edits that are still to come. A clock that went back moves nothing.
 */
export function pollWindow({
  watermark,
  akeneoDate,
  localNow,
}: {
  watermark: KnownWatermark | null
  akeneoDate: Date | null
  localNow: Date
}): PollWindow {
  const latest = new Date(localNow.getTime() + clockAllowance)
  const t0 = akeneoDate && akeneoDate < latest ? akeneoDate : latest
  if (!watermark) return { since: null, t0, overlapSeconds: null, warning: null }
  const overlap = dueOverlap(watermark, t0)
  const overlapSeconds = overlap / 1000
  const since = new Date(watermark.at.getTime() - overlap)
  if (t0 < watermark.at) {
    return {
      since: new Date(Math.min(since.getTime(), t0.getTime() - overlap)),
      t0: watermark.at,
      overlapSeconds,
      warning: `Akeneo's clock says ${t0.toISOString()}, which is before the watermark ${watermark.at.toISOString()}: the watermark stays. Check the clocks of Akeneo and of the workers.`,
    }
  }
  return { since, t0, overlapSeconds, warning: null }
}

function dueOverlap({ hourlyAt, nightlyAt }: KnownWatermark, t0: Date): number {
  if (t0.getTime() - nightlyAt.getTime() >= 24 * hour) return overlaps.nightly
  return t0.getTime() - hourlyAt.getTime() >= hour ? overlaps.hourly : overlaps.poll
}
