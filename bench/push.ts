import { pushLines, type PushedLine } from '../activities/push-lines.ts'
import { createAkeneoClient } from '../connectors/akeneo/client.ts'
import type { LineOutcome } from '../connectors/akeneo/patch.ts'
import type { AkeneoAttribute, AkeneoProduct } from '../connectors/akeneo/schema.ts'
import { changedSince } from '../connectors/akeneo/search.ts'
import { createLanes } from '../connectors/hub/lanes.ts'
import { migrate } from '../connectors/hub/migrate.ts'
import { createTokenStore, generateTokenKey } from '../connectors/hub/tokens.ts'
import type { LoggedRequest } from './support/simulator.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { openStage, type Stage } from './support/stage.ts'
import { versions } from './support/versions.ts'

export interface PushBenchOptions {
  /** Wanted; about two thirds of the products of a shape are simple ones that can have a line. */
  lines: number
  shape: string
  /** How long Akeneo takes for a batch, and for each look at what was edited; unit ms. */
  latencyMs: number
  onProgress: (text: string) => void
}

export interface PushNumbers {
  lines: number
  latencyMs: number
  seconds: number
  linesPerSecond: number
  /** 4 calls at once of 100 lines each. Null without latency. */
  ceilingPerSecond: number | null
  ratioToCeiling: number | null
  batches: number
  /** How long Akeneo took for a batch on average; longer than `latencyMs` where the simulator got no processor. */
  answerMs: number
  /** Requests that looked for edits of people. */
  checks: number
  outcomes: Record<string, number>
  cpuMsPerLine: number
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/** The writes of an enrichment without what decides about them: batches through the lanes, with the look for edits before them. */
export async function benchPush(options: PushBenchOptions): Promise<PushNumbers> {
  const { lines: count, shape, latencyMs, onProgress } = options
  const before = loadAverage()
  const stage = await openStage({ shape, products: Math.ceil(count * 1.5), workers: 0, onProgress })
  try {
    await migrate(stage.sql)
    const { connection, akeneo } = stage
    const client = createAkeneoClient({
      connection,
      lanes: createLanes(stage.sql),
      tokens: createTokenStore(stage.sql, [generateTokenKey()]),
    })
    const signal = new AbortController().signal
    onProgress(`reading products to have ${count} lines`)
    const lines = await client.inLane('bulk', signal, (calls) => linesFor(calls, count))
    // What Akeneo takes for a batch is all of its time: what the simulator itself needs for 100 lines is part of it.
    for (let n = 0; n < 3; n++)
      await client.inLane('bulk', signal, (calls) =>
        calls.patch(
          'products',
          lines.slice(0, 100).map(({ json }) => json),
        ),
      )
    const ownWork = answerMs(await akeneo.requests())
    await akeneo.setLatency(Math.max(0, Math.round(latencyMs - ownWork)))
    await akeneo.reset()
    onProgress(`${lines.length} lines`)
    const outcomes: Record<string, number> = {}
    const usage = process.cpuUsage()
    const began = performance.now()
    const edited = new Set<string>()
    await pushLines(client, {
      stream: 'products',
      lines,
      concurrency: connection.akeneo.throttle.concurrency,
      check: {
        // Nobody edits here; our own writes would be found, and are told apart by what was sent.
        search: changedSince('products', new Date(Date.now() + 3_600_000)),
        attributes: [],
        onEdited: (records) => (records as AkeneoProduct[]).forEach(({ uuid }) => edited.add(uuid ?? '')),
        isOvertaken: (key) => edited.has(key),
      },
      onOutcome: (_line, { kind }: LineOutcome) => (outcomes[kind] = (outcomes[kind] ?? 0) + 1),
      signal,
    })
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(usage)
    return {
      lines: lines.length,
      latencyMs,
      ...rates(lines.length, seconds, latencyMs, connection.akeneo.throttle.concurrency),
      ...(await requestsOf(stage)),
      outcomes,
      cpuMsPerLine: round((user + system) / 1000 / lines.length, 3),
      loadAverage: { before, after: loadAverage() },
      versions: versions(),
      ...machine(),
    }
  } finally {
    await stage.close()
  }
}

function rates(lines: number, seconds: number, latencyMs: number, concurrency: number) {
  const ceiling = latencyMs === 0 ? null : (concurrency * 100_000) / latencyMs
  const linesPerSecond = lines / seconds
  return {
    seconds: round(seconds, 2),
    linesPerSecond: round(linesPerSecond, 1),
    ceilingPerSecond: ceiling === null ? null : round(ceiling, 1),
    ratioToCeiling: ceiling === null ? null : round(linesPerSecond / ceiling, 3),
  }
}

async function requestsOf({ akeneo }: Stage) {
  const requests = await akeneo.requests()
  return {
    batches: requests.filter(isBatch).length,
    answerMs: round(answerMs(requests), 0),
    checks: requests.filter(({ method, path }) => method === 'GET' && path.includes('/products')).length,
  }
}

const isBatch = ({ method }: LoggedRequest) => method === 'PATCH'

/** Of a batch, on average. */
function answerMs(requests: LoggedRequest[]): number {
  const batches = requests.filter(isBatch)
  return (
    batches.reduce((sum, { startedAt, finishedAt }) => sum + finishedAt - startedAt, 0) /
    Math.max(1, batches.length)
  )
}

/** One changed value for each product. */
async function linesFor(
  calls: Parameters<Parameters<ReturnType<typeof createAkeneoClient>['inLane']>[2]>[0],
  count: number,
): Promise<PushedLine[]> {
  const texts = new Set<string>()
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof calls.readPage>> = await calls.readPage('attributes', { cursor })
    for (const { code, type, localizable, scopable } of page.items as AkeneoAttribute[])
      if (type === 'pim_catalog_text' && !localizable && !scopable) texts.add(code)
    if (page.next === null) break
    cursor = page.next
  }
  const lines: PushedLine[] = []
  for (let cursor: string | null = null; lines.length < count;) {
    const page: Awaited<ReturnType<typeof calls.readPage>> = await calls.readPage('products', { cursor })
    for (const { uuid = '', parent, values } of page.items as AkeneoProduct[]) {
      const code = parent == null ? Object.keys(values).find((one) => texts.has(one)) : undefined
      if (code === undefined) continue
      const value = [{ locale: null, scope: null, data: `pushed ${lines.length}` }]
      if (lines.length < count)
        lines.push({ key: uuid, json: JSON.stringify({ uuid, values: { [code]: value } }) })
    }
    if (page.next === null) break
    cursor = page.next
  }
  return lines
}
