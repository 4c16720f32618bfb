import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { ApiError, badRequest } from '../errors.ts'
import { faultAnswer, type FaultRule, type Faults } from '../faults.ts'
import { isObject, type Json } from '../json.ts'
import { drawLatencyMs } from '../latency.ts'
import type { Settings } from '../options.ts'
import type { LoggedCall, RequestLog } from '../request-log.ts'
import { readLines, readText } from './body.ts'
import type { Limits } from './limits.ts'
import type { ApiRequest, ApiResponse, FormData } from './request.ts'
import { JSON_TYPE, type Route, type Router } from './router.ts'
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
  app.all('/', async (request, reply) => {
    reply.hijack()
    await answer(parts, request, reply)
  })
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
      lines: () => readLines(request.raw),
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

/** Accept matters for GET only, parameters of a Content-Type not at all (CheckHeadersRequestSubscriber). */
function checkHeaders(request: FastifyRequest, route: Route): void {
  if (route.method === 'GET') {
    const accept = request.headers.accept
    if (accept !== undefined && route.anyAccept !== true && accept !== JSON_TYPE && !accept.includes('*/*')) {
      throw new ApiError(406, `"${accept}" in "Accept" header is not valid. Only "${JSON_TYPE}" is allowed.`)
    }
    return
  }
  if (route.method === 'DELETE' || route.contentTypes?.length === 0) return
  const allowed = route.contentTypes ?? [JSON_TYPE]
  const sent = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const list = allowed.map((type) => `"${type}"`).join(' or ')
  if (sent === '') {
    throw new ApiError(415, `The "Content-Type" header is missing. ${list} has to be specified as value.`)
  }
  if (!allowed.includes(sent)) {
    const verb = allowed.length > 1 ? 'are' : 'is'
    throw new ApiError(415, `"${sent}" in "Content-Type" header is not valid. Only ${list} ${verb} allowed.`)
  }
}

async function readForm(request: FastifyRequest): Promise<FormData> {
  const form: FormData = { fields: new Map(), files: new Map() }
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      form.files.set(part.fieldname, {
        filename: part.filename,
        mimeType: part.mimetype,
        content: await part.toBuffer(),
      })
    } else form.fields.set(part.fieldname, String(part.value))
  }
  return form
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

async function send(
  parts: ServerParts,
  reply: FastifyReply,
  method: string,
  response: ApiResponse,
  faults: FaultRule[],
): Promise<void> {
  const raw = reply.raw
  const find = (has: (fault: FaultRule) => boolean) => faults.find(has)
  if (find((fault) => fault.reset === true || fault.resetAfterWork === true)) {
    if (response.stream !== undefined) for await (const _line of response.stream);
    raw.socket?.resetAndDestroy()
    return
  }

  raw.statusCode = response.status
  raw.setHeader('date', parts.clock.now().toUTCString())
  for (const [name, value] of Object.entries(response.headers ?? {})) raw.setHeader(name, value)

  if (response.stream !== undefined) {
    const cutAfterLine = find((fault) => fault.cutAfterLine !== undefined)?.cutAfterLine ?? Infinity
    raw.flushHeaders()
    let lines = 0
    for await (const line of response.stream) {
      lines++
      const latency = drawLatencyMs(parts.settings.itemLatencyMs)
      if (latency > 0) await sleep(latency)
      // The work of the lines behind a cut still happens: PHP does not notice that nobody listens.
      if (lines <= cutAfterLine) raw.write(line)
      else if (!raw.destroyed) raw.destroy()
    }
    raw.end()
    return
  }

  let body = bodyOf(response)
  if (response.json !== undefined && !raw.hasHeader('content-type')) raw.setHeader('content-type', JSON_TYPE)
  if (find((fault) => fault.malformed === true)) body = Buffer.from(body.toString().slice(0, -1) + '<br/>')

  if (response.status !== 204) raw.setHeader('content-length', body.length)
  if (method === 'HEAD' || response.status === 204) {
    raw.end()
    return
  }
  const cut = find((fault) => fault.cutAfterBytes !== undefined)?.cutAfterBytes
  if (cut !== undefined) {
    await new Promise<void>((resolve) => raw.write(body.subarray(0, cut), () => resolve()))
    raw.socket?.destroy()
    return
  }
  const slow = find((fault) => fault.slowBodyMs !== undefined)?.slowBodyMs
  if (slow !== undefined) {
    const piece = Math.max(1, Math.ceil(body.length / 10))
    for (let at = 0; at < body.length; at += piece) {
      raw.write(body.subarray(at, at + piece))
      await sleep(slow)
    }
  }
  raw.end(slow === undefined ? body : undefined)
}

function bodyOf(response: ApiResponse): Buffer {
  if (response.bytes !== undefined) return response.bytes
  if (response.json !== undefined) return Buffer.from(JSON.stringify(response.json))
  return Buffer.from(response.text ?? '')
}
