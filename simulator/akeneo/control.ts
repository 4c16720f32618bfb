import { z } from 'zod'
import { ApiError, badRequest, unprocessable } from './errors.ts'
import { akeneoFault } from '../fault-rules.ts'
import { asGiven } from '../given.ts'
import { ok, type ApiResponse } from './http/request.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import type { AkeneoSimulator, Edit } from './simulator.ts'

/** The library's own handles over HTTP, for rehearsals in another process. Loopback only, like everything here. */
export function controlApi(simulator: Omit<AkeneoSimulator, 'url' | 'close'>, state: () => JsonObject) {
  const exportTo = (folder: string) => {
    try {
      return simulator.exportTo(folder)
    } catch (error) {
      // A folder that cannot be written is the caller's affair, anything else ours.
      if (error instanceof Error && 'syscall' in error) throw badRequest(error.message)
      throw error
    }
  }
  const routes: Record<string, (body: Json) => Json> = {
    'POST /_simulator/edits': (body) => {
      const wrapped = isObject(body) ? body : { edits: body }
      const { edits, at } = wrapped
      if (!Array.isArray(edits)) throw badRequest('A list of edits is expected: [{resource, code, patch}].')
      const given = edits.map((edit) => orBadRequest(() => asGiven('edit', editForm, edit)))
      if (at !== undefined && typeof at !== 'string') throw badRequest('"at" is an instant as text.')
      try {
        simulator.edit(given, at === undefined ? undefined : instant(at))
      } catch (error) {
        // A refused edit is the caller's affair, anything else ours.
        if (error instanceof Error && error.cause instanceof ApiError) throw unprocessable(error.message)
        throw error
      }
      return { applied: edits.length }
    },
    'POST /_simulator/clock': (body) => {
      const { advanceMs, set } = isObject(body) ? body : {}
      if (typeof advanceMs === 'number') simulator.clock.advance(advanceMs)
      else if (typeof set === 'string') simulator.clock.set(instant(set))
      else throw badRequest('Either advanceMs (a number) or set (an ISO instant) is expected.')
      return { now: simulator.clock.now().toISOString() }
    },
    'GET /_simulator/clock': () => ({ now: simulator.clock.now().toISOString() }),
    'POST /_simulator/snapshots': (body) => {
      simulator.snapshot(nameIn(body))
      return { snapshots: simulator.snapshots() }
    },
    'GET /_simulator/snapshots': () => ({ snapshots: simulator.snapshots() }),
    'POST /_simulator/snapshots/restore': (body) => {
      const name = nameIn(body)
      if (!simulator.snapshots().includes(name)) {
        throw new ApiError(404, `There is no snapshot "${name}".`)
      }
      simulator.restore(name)
      return { restored: name }
    },
    'POST /_simulator/export': (body) => {
      const { folder } = isObject(body) ? body : {}
      if (typeof folder !== 'string' || folder === '') throw badRequest('A folder to write to is expected.')
      return { folder, rows: exportTo(folder) }
    },
    // Plain records of texts and numbers, whose interface has no index signature.
    'GET /_simulator/requests': () => simulator.requests() as unknown as Json,
    'GET /_simulator/counters': () => simulator.counters() as unknown as Json,
    'POST /_simulator/requests/reset': () => {
      simulator.resetRequests()
      return { done: true }
    },
    'POST /_simulator/faults': (body) => {
      // A list is taken whole or not at all.
      const rules = (Array.isArray(body) ? body : [body]).map((rule) => orBadRequest(() => akeneoFault(rule)))
      for (const rule of rules) simulator.fault(rule)
      return { done: true }
    },
    'DELETE /_simulator/faults': () => {
      simulator.clearFaults()
      return { done: true }
    },
    'POST /_simulator/tokens/revoke': () => {
      simulator.revokeTokens()
      return { done: true }
    },
    'GET /_simulator/state': state,
    ...Object.fromEntries(
      Object.entries(simulator.backOffice).map(([name, act]) => [
        `POST /_simulator/back-office/${name}`,
        (body: Json) => act(isObject(body) ? body : {}),
      ]),
    ),
  }
  return (method: string, path: string, _query: URLSearchParams, text: string): ApiResponse => {
    const handler = routes[`${method} ${path}`]
    if (handler === undefined) {
      throw new ApiError(
        404,
        `The simulator has no "${method} ${path}". It has: ${Object.keys(routes).join(', ')}.`,
      )
    }
    let body: Json
    try {
      body = text === '' ? null : (JSON.parse(text) as Json)
    } catch {
      throw badRequest('The body is not JSON.')
    }
    return ok(handler(body))
  }
}

const editForm: z.ZodType<Edit> = z.strictObject({
  resource: z.enum(['product', 'product-model', 'category']),
  code: z.string(),
  patch: z.record(z.string(), z.unknown()),
})

/** What somebody asked for and cannot have is no failure of the simulator. */
function orBadRequest<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}

function nameIn(body: Json): string {
  const { name = 'default' } = isObject(body) ? body : {}
  if (typeof name !== 'string' || name === '') throw badRequest('The name of a snapshot is text.')
  return name
}

function instant(text: string): Date {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw badRequest(`"${text}" is not an instant like 2026-01-31T08:00:00Z.`)
  return at
}
