import { startProgram } from './program.ts'

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
  /** From now on each call takes so much longer; 0: as long as it takes to make the answer. */
  setLatency(latencyMs: number): Promise<void>
  stop(): Promise<void>
}

export const simulatorCredentials = {
  clientId: 'bench-client',
  clientSecret: 'bench-secret',
  username: 'bench',
  password: 'bench-password',
}

const main = new URL('../../dist/simulator/akeneo/main.js', import.meta.url).pathname

/** A catalogue of `products` products in a process of its own, with Akeneo's limits enforced; without latency to begin with. */
export async function simulateAkeneo({
  shape,
  products,
}: {
  shape: string
  products: number
}): Promise<SimulatedAkeneo> {
  const { clientId, clientSecret, username, password } = simulatorCredentials
  const program = await startProgram(
    main,
    [
      ...['--shape', `${shape}:${products}`, '--limits'],
      ...['--client-id', clientId, '--client-secret', clientSecret],
      ...['--username', username, '--password', password],
    ],
    { ready: /control +http/ },
  )
  const url = /on (http:\/\/\S+)/.exec(program.printed)?.[1] ?? ''
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`The simulator answered ${answer.status} to ${method} ${path}`)
    return answer.json()
  }
  return {
    pid: program.pid,
    url,
    requests: async () => (await ask('GET', 'requests')) as LoggedRequest[],
    peakConcurrent: async () => ((await ask('GET', 'counters')) as { peakConcurrent: number }).peakConcurrent,
    reset: () => ask('POST', 'requests/reset'),
    setLatency: async (latencyMs) => {
      await ask('DELETE', 'faults')
      if (latencyMs > 0) await ask('POST', 'faults', { delayMs: latencyMs })
    },
    edit: (edits) => ask('POST', 'edits', edits),
    stop: () => program.stop(),
  }
}
