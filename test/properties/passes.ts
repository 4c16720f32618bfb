import { ApplicationFailure } from '@temporalio/common'
import type { ConnectionRuntime, Dependencies } from '../../activities/dependencies.ts'
import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { TransientError } from '../../connectors/errors.ts'

/** What a connection's schedules and people start. */
export interface Passes {
  load(): Promise<string>
  poll(): Promise<void>
  categories(): Promise<void>
  /** What a guard holds is approved, unless it is only to be looked at; answers why it was held. */
  reconcile(how: { content: boolean; approve?: boolean }): Promise<string[]>
  sync(id: string): Promise<void>
  /** The activity at work is taken for dead and tried again, to its end, while it is still at work. */
  overtake(): Promise<void>
}

/** Called around each call of Akeneo: `before` it is sent, `after` its answer came and nothing has been made of it. */
export type AroundCalls = (when: 'before' | 'after') => Promise<void>

/** The time that Temporal lets go by before it tries again what passes by itself. Where none is given, nothing is tried again. */
export type BackOff = () => Promise<void>

/** Who carries out the passes of a scenario's connection, until that is over. */
export type Player = (
  deps: Dependencies,
  connection: string,
  around: AroundCalls,
  backOff?: BackOff,
) => { passes: Passes; end: () => void }

/** A worker's end: the activity that was at work is tried again, as Temporal does. */
export class WorkerDied extends Error {}

/** The end of a whole run, after which its workflow gives back what it holds. */
export class RunLost extends ApplicationFailure {
  constructor() {
    super('This run ends here', runLost, true)
  }
}

const runLost = 'RunLost'

/** Also through Temporal, which hands on what a failure is called, not whose it is. */
export const isRunLost = (error: unknown): boolean =>
  (error instanceof ApplicationFailure && error.type === runLost) ||
  (error instanceof Error && error.cause !== undefined && isRunLost(error.cause))

export const isWorkerDied = (error: unknown): boolean =>
  error instanceof WorkerDied ||
  (error instanceof Error && error.cause !== undefined && isWorkerDied(error.cause))

/** The same connection, with each call of Akeneo seen, and time that goes by after what passes by itself. */
export function watched(
  deps: Dependencies,
  name: string,
  around: AroundCalls,
  backOff?: BackOff,
): Dependencies {
  const { akeneo, ...rest } = deps.connection(name)
  const runtime: ConnectionRuntime = {
    ...rest,
    akeneo: {
      inLane: async (kind, signal, work) => {
        try {
          return await akeneo.inLane(kind, signal, (calls) => work(watchedCalls(calls, around)))
        } catch (error) {
          if (error instanceof TransientError) await backOff?.()
          throw error
        }
      },
    },
  }
  return { ...deps, connection: () => runtime }
}

/** Whatever is asked of Akeneo is seen. */
function watchedCalls(calls: AkeneoCalls, around: AroundCalls): AkeneoCalls {
  return new Proxy(calls, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name)
      if (typeof call !== 'function') return call
      return async (...args: unknown[]): Promise<unknown> => {
        await around('before')
        const answer: unknown = await Reflect.apply(call, target, args)
        await around('after')
        return answer
      }
    },
  })
}
