import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
}

/** An endpoint that events go to: keeps what came and answers as told. */
export interface Listener {
  url: string
  received: Received[]
  answer: { status: number; headers?: Record<string, string>; delayMs?: number }
  /** Settles once that many requests have come, also when they came long ago. */
  until(count: number): Promise<Received[]>
  close(): Promise<void>
}

export async function listen(): Promise<Listener> {
  const received: Received[] = []
  const waiting: { count: number; settle: () => void }[] = []
  const answer: Listener['answer'] = { status: 200 }
  const server = createServer((request, response) => {
    let body = ''
    // Letters of several bytes may stand across two chunks.
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      setTimeout(() => response.writeHead(answer.status, answer.headers).end(), answer.delayMs ?? 0)
      for (const one of waiting) if (received.length >= one.count) one.settle()
    })
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    answer,
    async until(count) {
      if (received.length < count) {
        await new Promise<void>((settle) => waiting.push({ count, settle }))
      }
      return received
    },
    close: () =>
      new Promise((settle) => {
        server.closeAllConnections()
        server.close(() => settle())
      }),
  }
}
