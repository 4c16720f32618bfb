import { randomBytes, randomUUID } from 'node:crypto'
import { MockActivityEnvironment } from '@temporalio/testing'
import type * as builtActivities from '../activities/index.ts'
import type { AkeneoCalls } from '../connectors/akeneo/client.ts'
import type { AkeneoAttribute, AkeneoProduct } from '../connectors/akeneo/schema.ts'
import { countsOf } from '../connectors/hub/enrichment/counts.ts'
import { type LineInput, putLines } from '../connectors/hub/enrichment/lines.ts'
import { setMapping } from '../connectors/hub/enrichment/state.ts'
import { openRun } from '../connectors/hub/runs.ts'
import type { EnrichmentChunkDone } from '../contracts/processes.ts'
import { Secret } from '../domain/secret.ts'
import type { OpenedDependencies } from '../workers/dependencies.ts'
import type * as builtDependencies from '../workers/dependencies.ts'
import { built } from './support/built.ts'
import { loadAverage, machine, round } from './support/machine.ts'
import { gapsBetween, meanMs, quantile, spanOf, underWayInTheMiddle } from './support/request-log.ts'
import type { LoggedRequest } from './support/simulator.ts'
import { openStage } from './support/stage.ts'
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
  /** Calls under way on average between the 5th and the 95th percentile of the time. */
  callsUnderWay: number
  /** From an answer to the call that takes its place, median; unit ms. */
  gapMs: number
  /** From the beginning to the first call; unit ms. */
  firstCallAfterMs: number
  outcomes: Record<string, number>
  cpuMsPerLine: number
  loadAverage: { before: number; after: number }
  versions: Record<string, string>
  cores: number
  cpu: string
}

/**
 * What an enrichment does with lines that are written down: it takes them out of the database, looks for people's edits, sends batches over
 * all lanes, and brings what became of each into the ledger. The activity itself, without Temporal around it.
 */
export async function benchPush(options: PushBenchOptions): Promise<PushNumbers> {
  const { lines: count, shape, latencyMs, onProgress } = options
  const before = loadAverage()
  const stage = await openStage({ shape, products: Math.ceil(count * 1.5), workers: 0, onProgress })
  const { openDependencies } = await built<typeof builtDependencies>('workers/dependencies.js')
  const { createActivities } = await built<typeof builtActivities>('activities/index.js')
  const deps = await openDependencies({
    version: 1,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue: stage.taskQueue },
    database: { url: stage.databaseUrl, poolSize: 10, prepare: true },
    connections: [stage.connection],
  })
  try {
    const { connection, akeneo } = stage
    const { name } = connection
    const run = await beginRun(deps, name)
    const chunk = { connection: name, runId: String(run) }
    const activities = createActivities(deps)
    onProgress('reading the structure')
    // Without an activity's retries, more calls than Akeneo takes in a second would end this.
    await akeneo.setLatency(12)
    await inActivity(() => activities.readStructure({ ...chunk, categories: false }))
    onProgress(`reading products to have ${count} lines`)
    const lines = await inActivity(() =>
      deps
        .connection(name)
        .akeneo.inLane('bulk', new AbortController().signal, (calls) => linesFor(calls, count)),
    )
    await putAll(deps, name, run, lines)
    await akeneo.setLatency(0)
    await akeneo.reset()
    // What Akeneo takes for a batch is all of its time: what the simulator itself needs for 100 lines is part of it.
    const first = lines.slice(0, 100).map(asJson)
    for (let n = 0; n < 3; n++)
      await inActivity(() =>
        deps
          .connection(name)
          .akeneo.inLane('bulk', new AbortController().signal, (calls) => calls.patch('products', first)),
      )
    const ownWork = meanMs((await akeneo.requests()).filter(isBatch))
    await akeneo.setLatency(Math.max(0, Math.round(latencyMs - ownWork)))
    await akeneo.reset()
    onProgress(`${lines.length} lines`)
    const usage = process.cpuUsage()
    const beganAt = Date.now()
    const began = performance.now()
    let push: EnrichmentChunkDone
    do push = await inActivity(() => activities.pushEnrichment(chunk))
    while (push.more)
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(usage)
    const { lines: updated = 0, parked = 0, refused = 0, unanswered = 0 } = await countsOf(deps.sql, run)
    return {
      lines: lines.length,
      latencyMs,
      ...rates(lines.length, seconds, latencyMs, connection.akeneo.throttle.concurrency),
      ...requestNumbers(await akeneo.requests(), beganAt),
      outcomes: { updated, parked, refused, unanswered },
      cpuMsPerLine: round((user + system) / 1000 / lines.length, 3),
      loadAverage: { before, after: loadAverage() },
      versions: versions(),
      ...machine(),
    }
  } finally {
    await deps.close()
    await stage.close()
  }
}

/** What an activity gets from Temporal, without one. */
const inActivity = <T>(work: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment().run<[], T, () => Promise<T>>(work)

/** A run as the first activity of an enrichment opens it. */
async function beginRun({ sql }: OpenedDependencies, connection: string): Promise<bigint> {
  return sql.begin(async (tx) => {
    const text =
      'version: 1\nlanguages: { en_US: [EN] }\nneutral: EN\nchannels: []\nmatch: [{ gtin: [ean] }]\n'
    await setMapping(tx, connection, { name: 'bench.icecat.yaml', version: 1, text, hash: 'bench' })
    const { id } = await openRun(tx, {
      connection,
      process: 'enrich',
      mode: 'daily',
      workflowId: connection,
      workflowRunId: randomUUID(),
    })
    return id
  })
}

/** As judged products leave them behind, a thousand in a transaction. */
async function putAll(
  { sql }: OpenedDependencies,
  connection: string,
  run: bigint,
  lines: readonly LineInput[],
): Promise<void> {
  for (let at = 0; at < lines.length; at += 1000)
    await sql.begin((tx) => putLines(tx, connection, run, lines.slice(at, at + 1000)))
}

const asJson = ({ key, values }: LineInput): string =>
  JSON.stringify({
    uuid: key,
    values: Object.fromEntries(
      values.map(({ attribute, locale, scope, data }) => [attribute, [{ locale, scope, data }]]),
    ),
  })

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

function requestNumbers(requests: LoggedRequest[], beganAt: number) {
  const batches = requests.filter(isBatch)
  const calls = requests.filter((request) => isBatch(request) || isLook(request))
  return {
    batches: batches.length,
    answerMs: round(meanMs(batches), 0),
    checks: calls.length - batches.length,
    callsUnderWay: round(underWayInTheMiddle(calls), 2),
    gapMs: round(quantile(gapsBetween(calls), 0.5), 0),
    firstCallAfterMs: Math.round(spanOf(calls).firstMs - beganAt),
  }
}

const isBatch = ({ method }: LoggedRequest) => method === 'PATCH'
const isLook = ({ method, path }: LoggedRequest) => method === 'GET' && path.includes('/products')

/** One changed value for each product. */
async function linesFor(calls: AkeneoCalls, count: number): Promise<LineInput[]> {
  const texts = new Set<string>()
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof calls.readPage>> = await calls.readPage('attributes', { cursor })
    for (const { code, type, localizable, scopable } of page.items as AkeneoAttribute[])
      if (type === 'pim_catalog_text' && !localizable && !scopable) texts.add(code)
    if (page.next === null) break
    cursor = page.next
  }
  const lines: LineInput[] = []
  const knownUntil = new Date()
  for (let cursor: string | null = null; lines.length < count;) {
    const page: Awaited<ReturnType<typeof calls.readPage>> = await calls.readPage('products', { cursor })
    for (const { uuid = '', parent, values, created } of page.items as AkeneoProduct[]) {
      const code = parent == null ? Object.keys(values).find((one) => texts.has(one)) : undefined
      if (code === undefined || lines.length === count) continue
      lines.push({
        stream: 'products',
        key: uuid,
        createdAt: new Date(created),
        knownUntil,
        values: [
          {
            attribute: code,
            locale: null,
            scope: null,
            data: `pushed ${lines.length}`,
            base: values[code]?.[0]?.data ?? null,
            provenance: null,
          },
        ],
      })
    }
    if (page.next === null) break
    cursor = page.next
  }
  return lines
}
