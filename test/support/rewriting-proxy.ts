import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import got from 'got'

export interface RewritingProxy {
  url: string
  /** Changes the JSON that Akeneo answered to a GET; undefined leaves it. */
  rewrite: (path: string, body: unknown) => unknown
  /** Another status for what Akeneo answered to a GET with 200, without a body; undefined leaves it. */
  failure: (url: URL, body: unknown) => number | undefined
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
      const url = new URL(request.url ?? '/', target)
      const read = request.method === 'GET' && answer.statusCode === 200
      const failure = read ? proxy.failure(url, JSON.parse(answer.body)) : undefined
      if (failure !== undefined) return response.writeHead(failure).end()
      const changed = read ? proxy.rewrite(url.pathname, JSON.parse(answer.body)) : undefined
      const {
        'content-length': _length,
        'transfer-encoding': _transfer,
        connection: _connection,
        ...own
      } = answer.headers
      response.writeHead(answer.statusCode, own)
      return response.end(changed === undefined ? answer.body : JSON.stringify(changed))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: RewritingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: () => undefined,
    failure: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return proxy
}
