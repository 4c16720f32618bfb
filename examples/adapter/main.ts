import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Destination } from './destination.ts'
import { openFolder } from './folder-destination.ts'
import { type Answer, createIntake } from './intake.ts'
import { type Memory, openMemory } from './memory.ts'

export interface AdapterOptions {
  secret: string
  destination: Destination
  memory: Memory
  /** Answers `GET /records/<hub id>` to anybody who can reach it: for `pimflow conformance --look`, not for production. */
  inspect: boolean
}

export function createAdapter({ secret, destination, memory, inspect }: AdapterOptions): Server {
  const intake = createIntake({ secret, destination, memory })

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const [, id] = /^\/records\/([^/]+)$/.exec(request.url ?? '') ?? []
    if (inspect && request.method === 'GET' && id !== undefined) {
      const known = memory.known(id)
      return known ? { status: 200, body: known } : { status: 404, body: {} }
    }
    if (request.method !== 'POST') return { status: 405, body: { error: 'POST only' } }
    const body = await bodyOf(request)
    if (body === null) return { status: 413, body: { error: `at most ${largestBody} bytes` } }
    return intake.handle(request.headers, body)
  }

  return createServer((request, response) => {
    answerTo(request)
      .catch((error: unknown): Answer => {
        // Pimflow tries again without an end; what is wrong is said here, not there.
        console.error(error)
        return { status: 500, body: { error: 'see the log of the adapter' } }
      })
      .then(({ status, headers, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(JSON.stringify(body))
      })
      .catch(() => response.destroy())
  })
}

/** Larger requests are answered with 413, and come again in parts; unit bytes. */
const largestBody = 10 * 1024 * 1024

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read to its end all the same: a sender that is cut off sees a broken connection, not the answer.
    if (size <= largestBody) chunks.push(chunk)
  }
  return size > largestBody ? null : Buffer.concat(chunks).toString('utf8')
}

async function main(): Promise<void> {
  const { RECEIVER_SECRET: secret = '', PORT = '8086', INSPECT = '' } = process.env
  const { SHOP_FOLDER = 'shop', ADAPTER_JOURNAL = 'adapter.ndjson' } = process.env
  if (secret === '') throw new Error('Set RECEIVER_SECRET to the secret of the destination')
  const server = createAdapter({
    secret,
    destination: await openFolder(SHOP_FOLDER),
    memory: await openMemory(ADAPTER_JOURNAL),
    inspect: INSPECT !== '',
  })
  server.listen(Number(PORT), '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    console.log(`Takes deliveries at http://127.0.0.1:${port} and writes them into ${SHOP_FOLDER}/`)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
