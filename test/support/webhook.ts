import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { signatureHeaders, verifySignature } from '../../domain/signature.ts'

export const webhookSecret = 'a-secret-of-at-least-32-characters-for-a-webhook'

export interface WebhookDesk {
  url: string
  /** Every POST, in the order in which they came. */
  posts: { body: string; key: string | undefined; signature: string; status: number }[]
  /** Statuses of the next answers; then 204. */
  answers: number[]
}

/** Takes signed POSTs until the test ends. */
export async function webhookDesk(): Promise<WebhookDesk> {
  const posts: WebhookDesk['posts'] = []
  const answers: number[] = []
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks).toString('utf8')
      // Headers that are signed come once each.
      const headers = request.headers as Record<string, string | undefined>
      const signed = {
        body,
        timestamp: headers[signatureHeaders.timestamp],
        signature: headers[signatureHeaders.signature],
      }
      const status = answers.shift() ?? 204
      posts.push({
        body,
        key: headers['idempotency-key'],
        signature: verifySignature(webhookSecret, signed, Date.now() / 1000),
        status,
      })
      response.writeHead(status).end()
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts, answers }
}
