import type { FastifyReply } from 'fastify'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultRule } from '../faults.ts'
import { withEmptyMapsAsLists } from '../json.ts'
import { drawLatencyMs } from '../../latency.ts'
import type { ApiResponse } from './request.ts'
import { JSON_TYPE } from './router.ts'
import type { ServerParts } from './server.ts'

/** Writes an answer, disturbed by the faults that struck. */
export async function send(
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
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    raw.setHeader(name, name === 'content-type' ? withCharset(value) : value)
  }

  if (response.stream !== undefined) {
    raw.flushHeaders()
    await sendLines(parts, raw, response.stream, faults)
    raw.end()
    return
  }

  let body = bodyOf(response, parts.settings.emptyMapsAsLists)
  if (response.json !== undefined && !raw.hasHeader('content-type')) raw.setHeader('content-type', JSON_TYPE)
  if (find((fault) => fault.malformed === true)) body = Buffer.from(noJson(body.toString()))

  if (response.status !== 204) raw.setHeader('content-length', body.length)
  if (method === 'HEAD' || response.status === 204) {
    raw.end()
    return
  }
  const cut = find((fault) => fault.cutAfterBytes !== undefined)?.cutAfterBytes
  if (cut !== undefined) {
    await written(raw, body.subarray(0, cut))
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

/**
 * Writes the lines of a collection as they come. The work of the lines behind a cut still happens: PHP does not notice
 * that nobody listens.
 */
async function sendLines(
  parts: ServerParts,
  raw: ServerResponse,
  stream: AsyncIterable<string>,
  faults: FaultRule[],
): Promise<void> {
  const find = (has: (fault: FaultRule) => boolean) => faults.find(has)
  const cutAfterLine = find((fault) => fault.cutAfterLine !== undefined)?.cutAfterLine ?? Infinity
  const slow = find((fault) => fault.slowBodyMs !== undefined)?.slowBodyMs ?? 0
  const isMalformed = find((fault) => fault.malformed === true) !== undefined
  let bytesLeft = find((fault) => fault.cutAfterBytes !== undefined)?.cutAfterBytes ?? Infinity
  let lines = 0
  for await (const line of stream) {
    lines++
    const pause = drawLatencyMs(parts.settings.itemLatencyMs) + slow
    if (pause > 0) await sleep(pause)
    if (lines > cutAfterLine && !raw.destroyed) raw.destroy()
    if (raw.destroyed) continue
    const bytes = Buffer.from(isMalformed ? noJson(line) : line)
    const isCut = bytes.length > bytesLeft
    const piece = isCut ? bytes.subarray(0, bytesLeft) : bytes
    bytesLeft -= piece.length
    // What comes before a cut is on its way when the connection breaks.
    if (isCut || lines === cutAfterLine) await written(raw, piece)
    else raw.write(piece)
    if (isCut) raw.destroy()
  }
}

const written = (raw: ServerResponse, piece: Uint8Array) =>
  new Promise<void>((resolve) => raw.write(piece, () => resolve()))

/** As PHP answers that prints a notice where JSON should end. */
const noJson = (text: string) => `${text.slice(0, -1)}<br/>`

/** Symfony names the charset of every text, a downloaded file too, where the answer does not. */
const withCharset = (type: string) =>
  /^text\//i.test(type) && !/charset/i.test(type) ? `${type}; charset=UTF-8` : type

function bodyOf({ bytes, json, text }: ApiResponse, emptyMapsAsLists: boolean): Buffer {
  if (bytes !== undefined) return bytes
  if (json !== undefined)
    return Buffer.from(JSON.stringify(emptyMapsAsLists ? withEmptyMapsAsLists(json) : json))
  return Buffer.from(text ?? '')
}
