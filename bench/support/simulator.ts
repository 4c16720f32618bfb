import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgram } from './program.ts'
import { quantile } from './request-log.ts'

/** What the simulator wrote down of one call. */
export interface LoggedRequest {
  method: string
  path: string
  query: string
  status: number
  startedAt: number
  finishedAt: number
}

export interface SimulatedAkeneo {
  pid: number
  url: string
  /** Calls since the start or the last reset. */
  requests(): Promise<LoggedRequest[]>
  peakConcurrent(): Promise<number>
  reset(): Promise<unknown>
  edit(edits: object[]): Promise<unknown>
  /** Through the API, as a person's tool would. */
  deleteProducts(codes: string[]): Promise<void>
  /** A call of the API that writes structure; `path` below `/api/rest/v1`. */
  patch(path: string, body: object): Promise<void>
  /** A list of the API, page by page; `path` below `/api/rest/v1`. */
  list(path: string): AsyncGenerator<unknown[]>
  /** From now on each call takes so much longer; 0: as long as it takes to make the answer. */
  setLatency(latencyMs: number): Promise<void>
  /**
   * From now on a page of 100 products takes so long in all: what the simulator needs to make one, measured just now, is part of it. Other
   * calls take as much longer as a page does.
   */
  setPageTime(pageMs: number): Promise<void>
  stop(): Promise<void>
}

export const simulatorCredentials = {
  clientId: 'bench-client',
  clientSecret: 'bench-secret',
  username: 'bench',
  password: 'bench-password',
}

/** Those of its n-th connection: Akeneo counts calls by connection, so each needs its own. */
export const credentialsOf = (n: number): typeof simulatorCredentials =>
  n === 0
    ? simulatorCredentials
    : {
        ...simulatorCredentials,
        clientId: `${simulatorCredentials.clientId}-${n}`,
        username: `${simulatorCredentials.username}-${n}`,
      }

const main = new URL('../../dist/simulator/akeneo/main.js', import.meta.url).pathname

export interface SimulatedOptions {
  shape: string
  products: number
  /** All products and models were created, and last changed, in one second, as after an import. */
  oneSecond?: boolean | undefined
  /** With credentials of their own each; default 1. */
  connections?: number | undefined
}

/** A catalogue of `products` products in a process of its own, with Akeneo's limits enforced; without latency to begin with. */
export async function simulateAkeneo({
  shape,
  products,
  oneSecond = false,
  connections = 1,
}: SimulatedOptions): Promise<SimulatedAkeneo> {
  const { clientId, clientSecret, username, password } = simulatorCredentials
  const folder = await mkdtemp(join(tmpdir(), 'pimflow-bench-akeneo-'))
  const file = join(folder, 'connections.json')
  const further = Array.from({ length: connections - 1 }, (_, n) => ({
    code: `bench-${n + 1}`,
    ...credentialsOf(n + 1),
  }))
  await writeFile(file, JSON.stringify(further))
  const program = await startProgram(
    main,
    [
      ...['--shape', `${shape}:${products}`, '--limits', '--connections', file],
      ...(oneSecond ? ['--created-per-second', String(products * 2)] : []),
      ...['--client-id', clientId, '--client-secret', clientSecret],
      ...['--username', username, '--password', password],
    ],
    { ready: /control +http/ },
  ).finally(() => rm(folder, { recursive: true, force: true }))
  const url = /on (http:\/\/\S+)/.exec(program.printed)?.[1] ?? ''
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`The simulator answered ${answer.status} to ${method} ${path}`)
    return answer.json()
  }
  const requests = async () => (await ask('GET', 'requests')) as LoggedRequest[]
  const reset = () => ask('POST', 'requests/reset')
  const setLatency = async (latencyMs: number) => {
    await ask('DELETE', 'faults')
    if (latencyMs > 0) await ask('POST', 'faults', { delayMs: latencyMs })
  }
  return {
    pid: program.pid,
    url,
    requests,
    peakConcurrent: async () => ((await ask('GET', 'counters')) as { peakConcurrent: number }).peakConcurrent,
    reset,
    setLatency,
    setPageTime: async (pageMs) => {
      if (pageMs === 0) return setLatency(0)
      await setLatency(0)
      await reset()
      await readPages(url, warmUpPages)
      // The first ones are made while the simulator's code is still being compiled.
      const made = (await requests())
        .filter(({ path }) => path.endsWith('/products-uuid'))
        .slice(warmUpPages / 2)
      // The median: one page that waits for the processor says nothing of the others.
      const ownMs = quantile(
        made.map(({ startedAt, finishedAt }) => finishedAt - startedAt),
        0.5,
      )
      await setLatency(Math.max(1, Math.round(pageMs - ownMs)))
      await reset()
    },
    edit: (edits) => ask('POST', 'edits', edits),
    deleteProducts: async (codes) => {
      const call = await withToken(url)
      for (const code of codes) await call('DELETE', `/products/${code}`)
    },
    patch: async (path, body) => {
      const call = await withToken(url)
      await call('PATCH', path, body)
    },
    async *list(path) {
      yield* listed(await withToken(url), path)
    },
    stop: () => program.stop(),
  }
}

/** Pages that are read to see how long the simulator needs for one. */
const warmUpPages = 20

/** Product pages one after the other, the first again where the catalogue has fewer. */
async function readPages(url: string, count: number): Promise<void> {
  const ask = await withToken(url)
  for (let left = count; left > 0;) {
    for await (const _page of listed(ask, '/products-uuid?pagination_type=search_after&limit=100')) {
      if (--left === 0) return
    }
  }
}

type Ask = (method: string, path: string, body?: object) => Promise<Response>

/** Calls of the API with a token of their own; `path` below `/api/rest/v1`, or a link that was answered. */
async function withToken(url: string): Promise<Ask> {
  const { clientId, clientSecret, username, password } = simulatorCredentials
  const granted = await fetch(`${url}/api/oauth/v1/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
    body: JSON.stringify({ grant_type: 'password', username, password }),
  })
  const { access_token: token } = (await granted.json()) as { access_token: string }
  return async (method, path, body) => {
    for (;;) {
      const answer = await fetch(new URL(path.startsWith('/') ? `/api/rest/v1${path}` : path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (answer.ok) return answer
      if (answer.status !== 429)
        throw new Error(`The simulator answered ${answer.status} to ${method} ${path}`)
      await sleep(Number(answer.headers.get('retry-after') ?? '1') * 1000)
    }
  }
}

async function* listed(ask: Ask, path: string): AsyncGenerator<unknown[]> {
  for (let next: string | undefined = path; next !== undefined;) {
    const page = (await (await ask('GET', next)).json()) as {
      _links: { next?: { href: string } }
      _embedded: { items: unknown[] }
    }
    yield page._embedded.items
    next = page._links.next?.href
  }
}
