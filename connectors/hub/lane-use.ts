import type { Lane, LaneOwner, Lanes } from './lanes.ts'

/** What a call has of its lane. */
export type Turn = Pick<Lane, 'start' | 'abandon'>

/** Calls one after the other, each inside a lane. */
export interface LaneUse {
  call<T>(send: (turn: Turn) => Promise<T>): Promise<T>
  /** Waits for the last call and gives back what is held. */
  end(): Promise<void>
}

/** Bulk: one lane for all calls of a chunk of work. */
export async function keptLane(lanes: Lanes, owner: LaneOwner, signal: AbortSignal): Promise<LaneUse> {
  const lane = await lanes.take('bulk', owner, signal)
  const inTurn = createTurns()
  return {
    call: (send) => inTurn(() => send(turnOf(lane, signal))),
    end: () => inTurn(() => lane.release()),
  }
}

/** Live: a lane for each call, so that a person's next call never keeps a load from going on. */
export function laneForEachCall(lanes: Lanes, owner: LaneOwner, signal: AbortSignal): LaneUse {
  const inTurn = createTurns()
  return {
    call: (send) =>
      inTurn(async () => {
        const lane = await lanes.take('live', owner, signal)
        try {
          return await send(turnOf(lane, signal))
        } finally {
          await lane.release()
        }
      }),
    end: () => inTurn(() => Promise.resolve()),
  }
}

const turnOf = (lane: Lane, signal: AbortSignal): Turn => ({
  start: () => lane.start(signal),
  abandon: () => lane.abandon(),
})

/** Runs what it is given one after the other, whatever becomes of it. */
function createTurns(): <T>(turn: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (turn) => {
    const next = last.then(turn)
    last = next.catch(() => undefined)
    return next
  }
}
