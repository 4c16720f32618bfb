import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import got from 'got'

export interface RewritingProxy {
  url: string
  /** Changes the JSON that Akeneo answered to a GET; undefined leaves it. */
  rewrite: (path: string, body: unknown) => unknown
  close(): Promise<void>
}

/** Stands before the simulator and spoils answers as no simulator would: what a proxy, a bug or a new version may do. */
export async function rewritingProxy(target: string): Promise<RewritingProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { host: _host, 'accept-encoding': _encoding, ...headers } = request.headers
      const answer = await got(`${target}${request.url ?? ''}`, {
        method: request.method as 'GET',
        headers,
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
        throwHttpErrors: false,
        retry: { limit: 0 },
        responseType: 'text',
      })
      const path = new URL(request.url ?? '/', target).pathname
      const changed =
        request.method === 'GET' && answer.statusCode === 200
          ? proxy.rewrite(path, JSON.parse(answer.body))
          : undefined
      const {
        'content-length': _length,
        'transfer-encoding': _transfer,
        connection: _connection,
        ...own
      } = answer.headers
      response.writeHead(answer.statusCode, own)
      response.end(changed === undefined ? answer.body : JSON.stringify(changed))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: RewritingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return proxy
}
