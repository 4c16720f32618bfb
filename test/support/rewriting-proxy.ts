import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import got from 'got'

/** A PATCH that went through: its lines, and when; real time in ms. */
export interface SeenPatch {
  path: string
  lines: { key: string; text: string }[]
  startedAt: number
  finishedAt: number
}

export interface RewritingProxy {
  url: string
  /** What it stands before; may be set once that is there. */
  target: string
  /** Changes a line of a PATCH on its way to Akeneo, as one does that cleans what it is sent. */
  clean: (line: string) => string
  /** Every PATCH of lines, in the order in which they began. */
  patches: SeenPatch[]
  /** Changes the JSON that Akeneo answered to a GET; undefined leaves it. */
  rewrite: (path: string, body: unknown) => unknown
  /** Another status for what Akeneo answered to a GET with 200, without a body; undefined leaves it. */
  failure: (url: URL, body: unknown) => number | undefined
  /** What a GET waits for before it is asked at Akeneo. */
  hold: (url: URL) => Promise<void> | undefined
  close(): Promise<void>
}

/** Stands before the simulator and spoils answers as no simulator would: what a proxy, a bug or a new version may do. */
export async function rewritingProxy(target = ''): Promise<RewritingProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { host: _host, 'accept-encoding': _encoding, ...headers } = request.headers
      const path = request.url ?? '/'
      const isLines = request.method === 'PATCH' && String(headers['content-type']).includes('collection')
      const patch = isLines ? seen(path, Buffer.concat(chunks).toString('utf8')) : null
      const body =
        patch === null ? Buffer.concat(chunks) : patch.lines.map(({ text }) => proxy.clean(text)).join('\n')
      if (patch !== null) delete headers['content-length']
      const url = new URL(path, proxy.target)
      if (request.method === 'GET') await proxy.hold(url)
      const answer = await got(`${proxy.target}${path}`, {
        method: request.method as 'GET',
        headers,
        ...(chunks.length === 0 ? {} : { body }),
        throwHttpErrors: false,
        retry: { limit: 0 },
        responseType: 'text',
      })
      if (patch !== null) patch.finishedAt = Date.now()
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
  const seen = (path: string, text: string): SeenPatch => {
    const lines = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const { uuid, code, identifier } = JSON.parse(line) as Record<string, string | undefined>
        return { key: uuid ?? code ?? identifier ?? '', text: line }
      })
    const patch = { path, lines, startedAt: Date.now(), finishedAt: Infinity }
    proxy.patches.push(patch)
    return patch
  }
  const proxy: RewritingProxy = {
    target,
    clean: (line) => line,
    patches: [],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: () => undefined,
    failure: () => undefined,
    hold: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return proxy
}

/** Asks for products that follow those of a first page: what a load or a list does in its middle. */
export const pagesAfterTheFirst = ({ pathname, searchParams }: URL): boolean =>
  pathname === '/api/rest/v1/products-uuid' && searchParams.has('search_after')

/** What each record was sent, in order. */
export function sentTo({ patches }: RewritingProxy): Map<string, string[]> {
  const sent = new Map<string, string[]>()
  for (const { key, text } of patches.flatMap(({ lines }) => lines))
    sent.set(key, [...(sent.get(key) ?? []), text])
  return sent
}
