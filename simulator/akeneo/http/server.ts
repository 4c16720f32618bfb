import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { ApiError, badRequest, forbidden } from '../errors.ts'
import { faultAnswer, type FaultRule, type Faults } from '../faults.ts'
import { isObject, type Json } from '../json.ts'
import { drawLatencyMs } from '../../latency.ts'
import type { Settings } from '../options.ts'
import type { LoggedCall, RequestLog } from '../../request-log.ts'
import { readLines, readText } from './body.ts'
import type { Limits } from './limits.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import type { Router } from './router.ts'
import { checkHeaders, readForm } from './incoming.ts'
import { send } from './send.ts'
import type { Tokens } from './tokens.ts'

export interface ServerParts {
  settings: Settings
  clock: Clock
  log: RequestLog
  faults: Faults
  limits: Limits
  tokens: Tokens
  router: Router
  /** Answers `/_simulator/...`; such calls are neither logged, delayed nor disturbed. */
  control: (method: string, path: string, query: URLSearchParams, body: string) => ApiResponse
}

const MAX_UPLOAD_BYTES = 64 * 1024 * 1024

/** One handler takes every call: Akeneo's own rules for paths, verbs and headers decide, not the framework's. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = Fastify({ rewriteUrl: () => '/', forceCloseConnections: true, keepAliveTimeout: 60_000 })
  app.removeAllContentTypeParsers()
  await app.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES } })
  // Bodies are read by the handlers, as a stream where Akeneo streams.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  const toAkeneo = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack()
    await answer(parts, request, reply)
  }
  app.all('/', toAkeneo)
  // What the framework refuses before that, a Content-Type that it cannot read, is Akeneo's to refuse as well.
  app.setErrorHandler((_error, request, reply) => toAkeneo(request, reply))
  return app
}

async function answer(parts: ServerParts, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const method = request.method
  const url = request.originalUrl
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const queryText = mark < 0 ? '' : url.slice(mark + 1)
  const query = phpQuery(queryText)

  if (path.startsWith('/_simulator/')) {
    let response: ApiResponse
    try {
      // Browsers name the page that calls; no page has business here, and one of the calls writes files.
      if (request.headers.origin !== undefined) throw forbidden('Web pages may not control the simulator.')
      response = parts.control(method, path, query, await readText(request.raw))
    } catch (error) {
      response = errorResponse(error)
    }
    return send(parts, reply, method, response, [])
  }

  const call = parts.log.start(method, path, queryText, parts.clock.now())
  let status = 0
  try {
    const { response, faults } = await process(parts, request, { method, path, query }, call)
    status = faults.some((fault) => fault.reset === true) ? 0 : response.status
    await send(parts, reply, method, response, faults)
  } catch {
    // The client went away while the answer was on its way: the call still counts until here.
    reply.raw.destroy()
  } finally {
    call.finish(status)
  }
}

/** PHP keeps the last of several parameters with one name, where browsers' tools would hand out the first. */
function phpQuery(text: string): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(text)) query.set(name, value)
  return query
}

interface Target {
  method: string
  path: string
  query: URLSearchParams
}

async function process(
  parts: ServerParts,
  request: FastifyRequest,
  { method, path, query }: Target,
  call: LoggedCall,
): Promise<{ response: ApiResponse; faults: FaultRule[] }> {
  const origin = `http://${request.headers.host ?? 'localhost'}`
  let connection: string | undefined
  let denied: ApiError | undefined
  try {
    connection = parts.tokens.connectionOf(request.headers)
    call.connection(connection)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    denied = error
  }

  const faults = parts.faults.strike({
    method,
    path,
    query: [...query].map(([name, value]) => `${name}=${value}`).join('&'),
    connection: connection ?? null,
    nowMs: parts.clock.now().getTime(),
  })
  if (faults.some((fault) => fault.revokeTokens === true)) {
    parts.tokens.revokeAll()
    denied = new ApiError(401, 'The access token provided is invalid.')
  }
  const latency =
    drawLatencyMs(parts.settings.latencyMs) + faults.reduce((sum, fault) => sum + (fault.delayMs ?? 0), 0)
  if (latency > 0) await sleep(latency)
  if (faults.some((fault) => fault.reset === true)) return { response: { status: 0 }, faults }
  for (const fault of faults) {
    if (fault.status !== undefined) return { response: faultAnswer(fault, fault.status), faults }
    if (fault.maxBodyBytes !== undefined && bodyBytes(request) > fault.maxBodyBytes) {
      return { response: faultAnswer(fault, 403), faults }
    }
  }

  try {
    const { route, params } = parts.router.match(method, path, origin)
    call.route(route.template)
    // A call without a token is open to nothing but the routes that say so; Akeneo looks here before headers.
    if (route.open !== true && denied !== undefined) throw denied
    if (connection !== undefined) parts.limits.check(connection, method, route.template)
    // PHP makes arrays of such parameters; Akeneo refuses them behind its firewall (ValidateApiRequestQueryParametersSubscriber).
    if (route.open !== true && [...query.keys()].some((name) => /.\[.*\]/.test(name))) {
      throw badRequest('Bracket syntax is not supported in query parameters.')
    }
    checkHeaders(request, route)
    const apiRequest: ApiRequest = {
      method,
      path,
      origin,
      query,
      headers: request.headers,
      params,
      connection: connection ?? '',
      text: () => readText(request.raw),
      lines: () =>
        parts.settings.logLines ? call.keepLines(readLines(request.raw)) : readLines(request.raw),
      form: () => readForm(request),
    }
    if (connection !== undefined) parts.limits.allow(connection, route.acl)
    const response = disturb(await route.handler(apiRequest), faults)
    const items = itemLatencyMs(parts.settings, response)
    if (items > 0) await sleep(items)
    return { response, faults }
  } catch (error) {
    return { response: errorResponse(error), faults }
  }
}

/** What the items of a list take together; lines of a collection are delayed one by one as they are answered. */
function itemLatencyMs({ itemLatencyMs: latency }: Settings, { json }: ApiResponse): number {
  const embedded = latency === 0 || !isObject(json) ? undefined : json['_embedded']
  const items = isObject(embedded) && Array.isArray(embedded['items']) ? embedded['items'] : []
  return items.reduce<number>((sum) => sum + drawLatencyMs(latency), 0)
}

function bodyBytes(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0)
}

function errorResponse(error: unknown): ApiResponse {
  if (error instanceof ApiError) {
    return { status: error.status, headers: error.headers, json: error.body() }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { status: 500, json: { code: 500, message: `The simulator failed: ${message}` } }
}

/** Faults that change a good answer's content. */
function disturb(response: ApiResponse, faults: FaultRule[]): ApiResponse {
  const moving = faults.find((fault) => fault.page !== undefined)
  const { json } = response
  if (moving === undefined || !isObject(json)) return response
  const embedded = json['_embedded']
  const items = isObject(embedded) && Array.isArray(embedded['items']) ? embedded['items'] : []
  const last = items.at(-1)
  if (last === undefined) return response
  const moved: Json[] = moving.page === 'duplicate' ? [...items.slice(0, -1), last, last] : items.slice(1)
  return { ...response, json: { ...json, _embedded: { items: moved } } }
}
