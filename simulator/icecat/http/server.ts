import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import type { Clock } from '../../clock.ts'
import type { Faults } from '../../akeneo/faults.ts'
import { drawLatencyMs } from '../../latency.ts'
import type { RequestLog } from '../../request-log.ts'
import { errorBody, IcecatError } from '../errors.ts'
import { ENTITY_PAYLOAD, type IcecatFault } from '../faults.ts'
import { renderXmlError } from '../render/xml.ts'
import { json, readQuery, withoutSecrets, xml, type Answer, type Call } from './answer.ts'
import { jsonDoor, profileDoor, sessionDoor, xmlDoor } from './doors.ts'
import { assetDoor, fileDoor, type FileParts } from './files.ts'

export interface ServerParts extends FileParts {
  clock: Clock
  log: RequestLog
  faults: Faults
  revokeTokens(): void
  /** Answers `/_simulator/…`; such calls are neither logged, delayed nor disturbed. */
  control(method: string, path: string, body: string): Answer
}

const XML_DOOR = '/xml_s3/xml_server3.cgi'

export function createServer(parts: ServerParts): Server {
  return createHttpServer((request, response) => {
    handle(parts, request, response).catch(() => response.destroy())
  })
}

async function handle(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path, queryText] = splitOnce(request.url ?? '/', '?')
  const method = request.method ?? 'GET'
  const body = await textOf(request)
  if (path.startsWith('/_simulator/'))
    return send(response, parts.control(method, path, body), [], parts.clock)

  const call: Call = {
    method,
    path,
    query: readQuery(queryText, path === XML_DOOR),
    headers: request.headers,
    origin: `http://${request.headers.host ?? 'localhost'}`,
    address: request.socket.remoteAddress ?? '',
    body,
  }
  const logged = parts.log.start(method, path, withoutSecrets(queryText), parts.clock.now())
  logged.route(routeOf(path))
  const faults = parts.faults.strike({
    method,
    path,
    query: decode(queryText),
    connection: null,
    nowMs: parts.clock.now().getTime(),
    // Rules come back as they were added, and only Icecat's are.
  }) as IcecatFault[]
  let status = 0
  try {
    if (faults.some((fault) => fault.revokeTokens === true)) parts.revokeTokens()
    const delayMs =
      drawLatencyMs(parts.settings.latencyMs) + faults.reduce((sum, fault) => sum + (fault.delayMs ?? 0), 0)
    if (delayMs > 0) await sleep(delayMs)
    if (faults.some((fault) => fault.reset === true)) {
      request.socket.resetAndDestroy()
      return
    }
    const answer = faultAnswer(call, faults) ?? answerOf(parts, call)
    status = answer.status
    await send(response, answer, faults, parts.clock, request)
  } finally {
    logged.finish(status)
  }
}

function answerOf(parts: ServerParts, call: Call): Answer {
  if (call.path === '/api' || call.path === '/api/') return jsonDoor(parts, call)
  if (call.path === XML_DOOR) return xmlDoor(parts, call)
  if (call.path === '/restful/v3/Session') return sessionDoor(parts, call)
  if (call.path === '/rest/user-profile') return profileDoor(parts, call)
  return (
    fileDoor(parts, call) ?? assetDoor(parts, call) ?? { status: 404, type: 'text/plain', body: 'Not Found' }
  )
}

/** One name for all sheets, files and assets, so that counters stay few. */
const routeOf = (path: string): string =>
  path.startsWith('/assets/') ? '/assets' : path.replace(/\/\d+\.xml/, '/{id}.xml')

function faultAnswer({ path }: Call, faults: IcecatFault[]): Answer | undefined {
  for (const fault of faults) {
    if (fault.entities === true) return xml(ENTITY_PAYLOAD)
    if (fault.icecatStatus !== undefined) {
      const error = new IcecatError(fault.icecatStatus, fault.status ?? 400, fault.message ?? 'As asked for.')
      return path === XML_DOOR
        ? xml(renderXmlError(error.message))
        : json(errorBody(error, false), error.code)
    }
    if (fault.status === undefined) continue
    const headers: Record<string, string> =
      fault.retryAfter === undefined
        ? {}
        : {
            'retry-after':
              typeof fault.retryAfter === 'number'
                ? String(fault.retryAfter)
                : new Date(fault.retryAfter).toUTCString(),
          }
    const message = fault.message ?? 'As asked for.'
    if (fault.body === 'empty') return { status: fault.status, type: 'text/plain', headers, body: '' }
    if (fault.body === 'html') {
      return {
        status: fault.status,
        type: 'text/html',
        headers,
        body: `<html><body><h1>${message}</h1></body></html>`,
      }
    }
    return { ...json(errorBody(new IcecatError(null, fault.status, message), false), fault.status), headers }
  }
  return undefined
}

async function send(
  response: ServerResponse,
  answer: Answer,
  faults: IcecatFault[],
  clock: Clock,
  request?: IncomingMessage,
): Promise<void> {
  const find = (has: (fault: IcecatFault) => boolean) => faults.find(has)
  response.statusCode = answer.status
  response.setHeader('date', clock.now().toUTCString())
  response.setHeader(
    'content-type',
    find(({ contentType }) => contentType !== undefined)?.contentType ?? answer.type,
  )
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  const isFile = answer.type === 'application/gzip'
  const encoded =
    !isFile && (request?.headers['accept-encoding'] ?? '').includes('gzip') && isStream(answer.body)

  if (isStream(answer.body) && faults.length === 0) {
    if (encoded) response.setHeader('content-encoding', 'gzip')
    const source = Readable.from(buffers(answer.body), { objectMode: true })
    if (isFile || encoded) await pipeline(source, createGzip({ level: 1 }), response)
    else await pipeline(source, response)
    return
  }

  let body = whole(answer.body)
  if (find(({ malformed }) => malformed === true)) body = body.subarray(0, Math.max(0, body.length - 25))
  if (isFile) body = gzipSync(body)
  if (find(({ truncatedGzip }) => truncatedGzip === true)) {
    if (!isFile) {
      response.setHeader('content-encoding', 'gzip')
      body = gzipSync(body)
    }
    body = body.subarray(0, Math.floor(body.length / 2))
  }
  response.setHeader('content-length', body.length)
  const cut = find(({ cutAfterBytes }) => cutAfterBytes !== undefined)?.cutAfterBytes
  if (cut !== undefined) {
    await new Promise<void>((resolve) => response.write(body.subarray(0, cut), () => resolve()))
    response.socket?.destroy()
    return
  }
  const slowMs = find(({ slowBodyMs }) => slowBodyMs !== undefined)?.slowBodyMs
  if (slowMs !== undefined) {
    const piece = Math.max(1, Math.ceil(body.length / 10))
    for (let at = 0; at < body.length && !response.destroyed; at += piece) {
      response.write(body.subarray(at, at + piece))
      await sleep(slowMs)
    }
    response.end()
    return
  }
  response.end(body)
}

const isStream = (body: Answer['body']): body is Iterable<string> =>
  typeof body !== 'string' && !Buffer.isBuffer(body)

function* buffers(pieces: Iterable<string>): Generator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

const whole = (body: Answer['body']): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : [...body].join(''))

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

function splitOnce(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
