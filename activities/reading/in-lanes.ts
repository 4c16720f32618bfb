import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { TransientError } from '../../connectors/errors.ts'
import type { LaneKind } from '../../connectors/hub/lanes.ts'
import type { ConnectionRuntime } from '../dependencies.ts'

/**
 * Works in up to `width` lanes at once. The first is needed; further ones are a matter of speed, so that others may have them. The first
 * failure comes when all have ended.
 */
export async function inLanes(
  { connection, lane }: { connection: ConnectionRuntime; lane: LaneKind },
  width: number,
  signal: AbortSignal,
  work: (calls: AkeneoCalls) => Promise<void>,
): Promise<void> {
  const one = () => connection.akeneo.inLane(lane, signal, work)
  const outcomes = await Promise.allSettled([
    one(),
    ...Array.from({ length: width - 1 }, () => one().catch(noLaneIsFine)),
  ])
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
}

function noLaneIsFine(error: unknown): void {
  if (!(error instanceof TransientError && error.code === 'no-lane')) throw error
}
