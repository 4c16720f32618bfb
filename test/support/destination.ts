import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, type Entry, type HubRecord } from '../../examples/receiver/receiver.ts'
import { Secret } from '../../domain/secret.ts'

export const deliverySecret = 'a-secret-of-at-least-32-characters-for-tests'

/** What a request is answered instead of what the receiver says; `lost`: the receiver acts, and its answer never arrives. */
export type Fault = { status: number; headers?: Record<string, string>; body?: string } | 'lost'

export interface Received {
  at: number
  status: number
  /** `idempotency-key` of the request. */
  key: string
  entries: Entry[]
}

/** The example's receiver behind a real port, as a destination of a connection. */
export interface TestDestination {
  url: string
  /** For `destinations` of a connection. */
  settings: { name: string; url: string; secret: Secret; [setting: string]: unknown }
  receiver: () => ReturnType<typeof createReceiver>
  requests: Received[]
  /** Decides what happens to the next request; undefined lets the receiver answer. */
  fault: (entries: Entry[]) => Fault | undefined | Promise<Fault | undefined>
  refuse: (record: HubRecord) => string | undefined
  /** Stops listening. */
  down(): Promise<void>
  /** Listens again at the same address, with what the journal kept. */
  up(): Promise<void>
  close(): Promise<void>
}

export async function startDestination(settings: Record<string, unknown> = {}): Promise<TestDestination> {
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-receiver-'))
  let server: Server | null = null
  const fresh = () =>
    createReceiver({
      secret: deliverySecret,
      journal: join(folder, 'received.ndjson'),
      refuse: (record) => destination.refuse(record),
    })
  let receiver = fresh()

  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      const next = createServer((request, response) => {
        void (async () => {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk as Buffer)
          const body = Buffer.concat(chunks).toString('utf8')
          const { entries } = JSON.parse(body) as { entries: Entry[] }
          const fault = await destination.fault(entries)
          const answer =
            fault === undefined || fault === 'lost' ? receiver.handle(request.headers, body) : null
          const status = answer?.status ?? (fault as Exclude<Fault, 'lost'>).status
          destination.requests.push({
            at: Date.now(),
            status,
            key: String(request.headers['idempotency-key']),
            entries,
          })
          if (fault === 'lost') {
            request.socket.destroy()
            return
          }
          const own = fault === undefined ? {} : (fault.headers ?? {})
          response.writeHead(status, { 'content-type': 'application/json', ...own })
          response.end(fault === undefined ? JSON.stringify(answer?.body) : (fault.body ?? ''))
        })()
      })
      server = next
      next.listen(port, '127.0.0.1', () => resolve((next.address() as AddressInfo).port))
    })
  const stop = async () => {
    const open = server
    server = null
    if (open === null) return
    open.closeAllConnections()
    await new Promise<void>((resolve) => open.close(() => resolve()))
  }

  const destination: TestDestination = {
    url: '',
    settings: { name: 'shop', url: '', secret: new Secret(deliverySecret) },
    receiver: () => receiver,
    requests: [],
    fault: () => undefined,
    refuse: () => undefined,
    down: stop,
    async up() {
      receiver = fresh()
      await listen(Number(new URL(destination.url).port))
    },
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  destination.url = `http://127.0.0.1:${await listen(0)}`
  destination.settings = { ...destination.settings, url: destination.url, ...settings }
  return destination
}
