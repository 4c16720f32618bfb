import { TransientError } from '../errors.ts'
import { keptLane, laneForEachCall, type Turn } from '../hub/lane-use.ts'
import type { LaneKind, LaneOwner, Lanes } from '../hub/lanes.ts'
import { createIcecatDoors, type IcecatClient } from './client.ts'
import type { Pace } from './pace.ts'
import type { IcecatConnection, IcecatSettings } from './settings.ts'

export interface IcecatAccess {
  /**
   * Gives `work` a client whose calls for sheets follow each other in one lane of the account, which all workers and connections
   * share. Files and assets are not counted: they are few and long.
   */
  inLane<T>(kind: LaneKind, signal: AbortSignal, work: (icecat: IcecatClient) => Promise<T>): Promise<T>
}

export function createIcecatAccess(connection: IcecatConnection, lanes: Lanes): IcecatAccess {
  const owner = laneOwner(connection.icecat)
  const clientAt = createIcecatDoors(connection)
  return {
    async inLane(kind, signal, work) {
      const lane =
        kind === 'bulk' ? await keptLane(lanes, owner, signal) : laneForEachCall(lanes, owner, signal)
      const pace: Pace = {
        run: (call) => lane.call((turn) => inTurn(turn, call)),
        pause: (ms) => lanes.notBefore(owner.host, ms),
      }
      try {
        return await work(clientAt(pace))
      } finally {
        await lane.end()
      }
    },
  }
}

/** Icecat still works on a call that was given up: its lane stays busy as long as Icecat may be. */
async function inTurn<T>(turn: Turn, call: () => Promise<T>): Promise<T> {
  await turn.start()
  try {
    return await call()
  } catch (error) {
    if (error instanceof TransientError && error.code === 'timeout') turn.abandon()
    throw error
  }
}

/** Icecat counts by account, so an account is what lanes are of: for their number and for their pace. */
function laneOwner({ liveUrl, username, throttle, timeoutMs }: IcecatSettings): LaneOwner {
  const account = accountOf({ liveUrl, username })
  const { concurrency, perSecond } = throttle
  return {
    connection: account,
    host: account,
    concurrency,
    hostConcurrency: concurrency,
    perSecond,
    timeoutMs,
    service: 'Icecat',
  }
}

/** What meters and lanes know an account by; no connection can be called so. */
export const accountOf = ({ liveUrl, username }: Pick<IcecatSettings, 'liveUrl' | 'username'>): string =>
  `${username}@${new URL(liveUrl).host}`
