import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import {
  checkConformance,
  type ConformanceLine,
  type ConformanceReport,
} from '../../../connectors/delivery/conformance/suite.ts'
import { Secret } from '../../../domain/secret.ts'
import { signatureOf, verifySignature } from '../../../domain/signature.ts'
import { openFolder } from '../../../examples/adapter/folder-destination.ts'
import { createAdapter } from '../../../examples/adapter/main.ts'
import { openMemory } from '../../../examples/adapter/memory.ts'
import { type Answer, createReceiver, type Entry, type Result } from '../../../examples/receiver/receiver.ts'
import { deliverySecret } from '../../support/destination.ts'

type Receiver = ReturnType<typeof createReceiver>
type Handle = (headers: IncomingHttpHeaders, body: string) => Answer | Promise<Answer>
export type Break = (receiver: Receiver) => Handle

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    cleanUps.push(() => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    })
  })

/** The example's receiver with one rule broken, and what the suite says of it. */
export async function conformanceOf(
  breaks: Break,
  onLine?: (line: ConformanceLine) => void,
  headers: Record<string, string> = { 'retry-after': '0' },
): Promise<ConformanceReport> {
  const receiver = createReceiver({ secret: deliverySecret })
  const handle = breaks(receiver)
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { status, body } = await handle(request.headers, Buffer.concat(chunks).toString('utf8'))
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    })()
  })
  const { shop } = receiver
  return checkConformance(
    {
      url: await listen(server),
      secret: new Secret(deliverySecret),
      look: (id) => {
        const item = shop.items.get(id)
        const writes = shop.effects.filter((effect) => effect.startsWith(`${id} `)).length
        const { version = 0, status } = item?.record ?? {}
        return Promise.resolve(item ? { version, active: status === 'active', writes } : null)
      },
      signal: AbortSignal.timeout(60_000),
    },
    onLine,
  )
}

export const failedOf = ({ lines }: ConformanceReport) =>
  lines.filter(({ status }) => status === 'failed').map(({ name }) => name)

export async function startAdapter(): Promise<{ url: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-adapter-'))
  const memory = await openMemory(join(folder, 'adapter.ndjson'))
  const destination = await openFolder(join(folder, 'shop'))
  const url = await listen(createAdapter({ secret: deliverySecret, destination, memory, inspect: true }))
  cleanUps.push(
    () => memory.close(),
    () => rm(folder, { recursive: true, force: true }),
  )
  return { url, folder }
}

/** Signs a body as pimflow does, whatever it came with. */
export const signed = (body: string) => {
  const now = Math.floor(Date.now() / 1000)
  return {
    'pimflow-timestamp': String(now),
    'pimflow-signature': signatureOf(deliverySecret, now, body),
  }
}
export const entriesIn = (body: string) => (JSON.parse(body) as { entries: Entry[] }).entries
export const resultsIn = ({ body }: Answer) => (body as { results?: Result[] }).results ?? []
/** Changes each result of an answer. */
export const withResults = (answer: Answer, change: (result: Result) => Result | undefined): Answer =>
  answer.status === 200
    ? { status: 200, body: { results: resultsIn(answer).flatMap((result) => change(result) ?? []) } }
    : answer
/** Shows the receiver other entries than came, where it would have taken the request. */
export const seeing =
  (change: (entry: Entry, receiver: Receiver) => Entry): Break =>
  (receiver) =>
  (headers, body) => {
    if (!isTrue(headers, body)) return receiver.handle(headers, body)
    const delivery = JSON.parse(body) as { entries: Entry[] }
    const other = { ...delivery, entries: delivery.entries.map((entry) => change(entry, receiver)) }
    const text = JSON.stringify(other)
    return receiver.handle(signed(text), text)
  }
export const isTrue = (headers: IncomingHttpHeaders, body: string, now = Date.now() / 1000) =>
  verifySignature(
    deliverySecret,
    {
      timestamp: String(headers['pimflow-timestamp']),
      signature: String(headers['pimflow-signature']),
      body,
    },
    now,
  ) === 'valid'
/** Answers otherwise than the receiver does. */
export const answering =
  (change: (result: Result, entry: Entry | undefined) => Result | undefined): Break =>
  (receiver) =>
  (headers, body) => {
    const answer = receiver.handle(headers, body)
    const entries = new Map(entriesIn(body).map((entry) => [entry.seq, entry]))
    return withResults(answer, (result) => change(result, entries.get(result.seq)))
  }
/** Refuses whole requests. */
export const refusing =
  (status: number, when: (body: string) => boolean): Break =>
  (receiver) =>
  (headers, body) =>
    isTrue(headers, body) && when(body) ? { status, body: {} } : receiver.handle(headers, body)

export const ageOf = (headers: IncomingHttpHeaders) =>
  Math.abs(Date.now() / 1000 - Number(headers['pimflow-timestamp']))
