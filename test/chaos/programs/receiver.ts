import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver } from '../../../examples/receiver/receiver.ts'
import { answerParent } from '../rpc.ts'

/** Where changes are delivered to: the example's receiver. `receiver <secret> <journal> <port>`. */
const [secret = '', journal = '', port = '0'] = process.argv.slice(2)
const receiver = createReceiver({ secret, journal })

/** What happens to the next requests: a status instead of an answer, or the answer is lost on its way. */
let trouble: { left: number; what: number | 'lost' } = { left: 0, what: 500 }

const server = createServer((request, response) => {
  void (async () => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const strikes = trouble.left > 0
    if (strikes) trouble.left -= 1
    if (strikes && trouble.what !== 'lost') return response.writeHead(trouble.what).end()
    const answer = receiver.handle(request.headers, Buffer.concat(chunks).toString('utf8'))
    if (strikes) return request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    return response.end(JSON.stringify(answer.body))
  })().catch(() => response.destroy())
})
await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve))

const handlers = {
  port: (_: null): number => (server.address() as AddressInfo).port,
  trouble: (next: { left: number; what: number | 'lost' }): void => {
    trouble = next
  },
}
export type ReceiverHandlers = typeof handlers

answerParent(handlers)
