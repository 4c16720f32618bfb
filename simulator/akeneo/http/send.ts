import type { FastifyReply } from 'fastify'
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
    const cutAfterLine = find((fault) => fault.cutAfterLine !== undefined)?.cutAfterLine ?? Infinity
    raw.flushHeaders()
    let lines = 0
    for await (const line of response.stream) {
      lines++
      const latency = drawLatencyMs(parts.settings.itemLatencyMs)
      if (latency > 0) await sleep(latency)
      // The work of the lines behind a cut still happens: PHP does not notice that nobody listens.
      // The last one before it is on its way when the connection breaks.
      if (lines === cutAfterLine) await new Promise<void>((resolve) => raw.write(line, () => resolve()))
      else if (lines < cutAfterLine) raw.write(line)
      else if (!raw.destroyed) raw.destroy()
    }
    raw.end()
    return
  }

  let body = bodyOf(response, parts.settings.emptyMapsAsLists)
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

/** Symfony names the charset of every text, a downloaded file too, where the answer does not. */
const withCharset = (type: string) =>
  /^text\//i.test(type) && !/charset/i.test(type) ? `${type}; charset=UTF-8` : type

function bodyOf({ bytes, json, text }: ApiResponse, emptyMapsAsLists: boolean): Buffer {
  if (bytes !== undefined) return bytes
  if (json !== undefined)
    return Buffer.from(JSON.stringify(emptyMapsAsLists ? withEmptyMapsAsLists(json) : json))
  return Buffer.from(text ?? '')
}
