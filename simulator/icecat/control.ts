import { json, type Answer } from './http/answer.ts'
import type { IcecatSimulator } from './simulator.ts'

type Handles = Omit<IcecatSimulator, 'url' | 'close' | 'credentials'>

/** The library's own handles over HTTP, for rehearsals in another process. Loopback only, like everything here. */
export function controlApi(simulator: Handles, state: () => object) {
  const routes: Record<string, (body: Record<string, unknown>) => unknown> = {
    'GET /_simulator/state': state,
    'GET /_simulator/clock': () => ({ now: simulator.clock.now().toISOString() }),
    'POST /_simulator/clock': ({ advanceMs, set }) => {
      if (typeof advanceMs === 'number') simulator.clock.advance(advanceMs)
      else if (typeof set === 'string') simulator.clock.set(instant(set))
      else throw new Error('Either advanceMs (a number) or set (an ISO instant) is expected.')
      return { now: simulator.clock.now().toISOString() }
    },
    'POST /_simulator/edits': ({ edits }) => {
      if (!Array.isArray(edits)) throw new Error('{"edits": [{"id", …}]} is expected.')
      for (const edit of edits) simulator.edit(edit as Parameters<Handles['edit']>[0])
      return { applied: edits.length }
    },
    'POST /_simulator/describe': ({ id }) => {
      simulator.describe(text(id, 'id'))
      return { done: true }
    },
    'POST /_simulator/remove': ({ id }) => {
      simulator.remove(text(id, 'id'))
      return { done: true }
    },
    'POST /_simulator/subscription': ({ account, subscription }) => {
      if (subscription !== 'open' && subscription !== 'full')
        throw new Error('subscription is "open" or "full".')
      simulator.subscribe(text(account, 'account'), subscription)
      return { done: true }
    },
    'POST /_simulator/index': ({ frozen }) => {
      if (typeof frozen === 'boolean') simulator.freezeIndex(frozen)
      else simulator.generateIndex()
      return { generatedAt: simulator.indexGeneratedAt().toISOString() }
    },
    'POST /_simulator/tokens/revoke': () => {
      simulator.revokeTokens()
      return { done: true }
    },
    'POST /_simulator/faults': (body) => {
      simulator.fault(body)
      return { done: true }
    },
    'DELETE /_simulator/faults': () => {
      simulator.clearFaults()
      return { done: true }
    },
    'GET /_simulator/requests': () => simulator.requests(),
    'GET /_simulator/counters': () => simulator.counters(),
    'POST /_simulator/requests/reset': () => {
      simulator.resetRequests()
      return { done: true }
    },
  }
  return (method: string, path: string, body: string): Answer => {
    const route = routes[`${method} ${path}`]
    if (route === undefined) {
      return json(
        { message: `There is no "${method} ${path}". There are: ${Object.keys(routes).join(', ')}.` },
        404,
      )
    }
    try {
      return json(route(body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)))
    } catch (error) {
      return json({ message: error instanceof Error ? error.message : String(error) }, 400)
    }
  }
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw new Error(`${name} is expected, as text.`)
}

function instant(value: string): Date {
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) throw new Error(`"${value}" is not an instant like 2026-01-31T08:00:00Z.`)
  return at
}
