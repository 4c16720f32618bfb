import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MockActivityEnvironment } from '@temporalio/testing'
import { onTestFinished } from 'vitest'
import { createOptionActivities } from '../../activities/enrichment/create-options.ts'
import { createPushActivities } from '../../activities/enrichment/push.ts'
import { createReadBackActivities } from '../../activities/enrichment/read-back.ts'
import { createUploadActivities } from '../../activities/enrichment/upload-files.ts'
import { openWriting, readRecords, type Writing } from '../../activities/enrichment/writing.ts'
import { createStructureActivities } from '../../activities/read-structure.ts'
import { type Config, connectionConfig } from '../../config.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { countsOf } from '../../connectors/hub/enrichment/counts.ts'
import { type LineInput, type LineValue, putLines } from '../../connectors/hub/enrichment/lines.ts'
import { ledgerOf } from '../../connectors/hub/enrichment/values.ts'
import { setMapping } from '../../connectors/hub/enrichment/state.ts'
import { readIcecatMappingFile } from '../../connectors/mapping-file.ts'
import { openRun } from '../../connectors/hub/runs.ts'
import type { EnrichmentChunk, EnrichmentChunkDone } from '../../contracts/processes.ts'
import { shownAt } from '../../domain/enrichment/plan-writes.ts'
import { Secret } from '../../domain/secret.ts'
import { type AkeneoOptions, type AkeneoSimulator, startAkeneo } from '../../simulator/akeneo/index.ts'
import { FULL_API_TOKEN, type IcecatSimulator } from '../../simulator/icecat/index.ts'
import { openDependencies, type OpenedDependencies } from '../../workers/dependencies.ts'
import { clientOf, connectionTo, once } from '../connectors/akeneo/helpers.ts'
import { type FreshDatabase, freshDatabase } from './database.ts'

type Credentials = AkeneoSimulator['credentials']

/** What writes an enrichment, called by hand: a hub that has read a simulator's catalogue, and no Temporal. */
export interface Enriching {
  akeneo: AkeneoSimulator
  deps: OpenedDependencies
  sql: Sql
  connection: string
  runId: string
  writing: Writing
  push(chunk?: Partial<EnrichmentChunk>): Promise<EnrichmentChunkDone>
  readBack(): Promise<EnrichmentChunkDone>
  createOptions(): Promise<EnrichmentChunkDone>
  upload(): Promise<EnrichmentChunkDone>
  inActivity<T>(work: () => Promise<T>): Promise<T>
  /** The stored record of a product, by its SKU, or of a model. */
  product(sku: string): Promise<AkeneoProduct & { uuid: string }>
  model(code: string): Promise<AkeneoProductModel>
  /** Puts lines as a run does, by the record as the hub knows it. */
  put(...lines: LineInput[]): Promise<void>
  counts(): Promise<Record<string, number>>
  close(): Promise<void>
}

export interface EnrichingOptions {
  akeneo?: AkeneoOptions
  /** Who asks; absent: the simulator's own connection. */
  credentials?: Credentials
  settings?: Record<string, unknown>
  mapping?: (text: string) => string
  /** Whose files are to be had. */
  icecat?: Pick<IcecatSimulator, 'url'> & { contentToken?: string }
}

/** One that is closed when the test has ended. */
export async function enriching(options?: EnrichingOptions): Promise<Enriching> {
  const one = await openEnriching(options)
  onTestFinished(() => one.close())
  return one
}

export async function openEnriching(options: EnrichingOptions = {}): Promise<Enriching> {
  const akeneo = await startAkeneo({ catalog: 'examples/catalog', ...options.akeneo })
  const database: FreshDatabase = await freshDatabase()
  const connection = `test-${randomBytes(5).toString('hex')}`
  const text = readFileSync('examples/mapping/northlamp.icecat.yaml', 'utf8')
  const file = { name: 'northlamp.icecat.yaml', text: options.mapping?.(text) ?? text }
  const config: Config = {
    version: 1,
    tokenKeys: [new Secret(randomBytes(32).toString('base64'))],
    temporal: { taskQueue: connection },
    database: { url: database.url, poolSize: 10, prepare: true },
    connections: [
      connectionConfig({
        name: connection,
        akeneo: { url: akeneo.url, ...(options.credentials ?? akeneo.credentials), ...options.settings },
        ...(options.icecat ? { icecat: icecatSection(options.icecat) } : {}),
      }),
    ],
  }
  const { mapping } = readIcecatMappingFile(file)
  if (mapping === null) throw new Error('The mapping of this test cannot be read')
  const deps = await openDependencies(config, [], [{ connection, file, mapping }])
  const { sql } = deps
  const { id } = await sql.begin(async (tx) => {
    await setMapping(tx, connection, {
      ...file,
      version: 1,
      hash: 'of this test',
    })
    return openRun(tx, {
      connection,
      process: 'enrich',
      mode: 'daily',
      workflowId: connection,
      workflowRunId: randomUUID(),
    })
  })
  const runId = String(id)
  const inActivity = <T>(work: () => Promise<T>): Promise<T> =>
    // What an activity gets from Temporal, without one.
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work)
  const chunk = { connection, runId }
  await inActivity(() => createStructureActivities(deps).readStructure({ ...chunk, categories: true }))
  const writing = await openWriting(deps, chunk)
  await inActivity(() =>
    writing.connection.akeneo.inLane('bulk', new AbortController().signal, async (calls) => {
      for (const stream of ['product-models', 'products'] as const)
        await readRecords(writing, calls, stream, [{}])
    }),
  )
  akeneo.resetRequests()

  return {
    akeneo,
    deps,
    sql,
    connection,
    runId,
    writing,
    inActivity,
    push: (more = {}) => inActivity(() => createPushActivities(deps).pushEnrichment({ ...chunk, ...more })),
    readBack: () => inActivity(() => createReadBackActivities(deps).readBackEnrichment(chunk)),
    upload: () => inActivity(() => createUploadActivities(deps).uploadFiles(chunk)),
    createOptions: () => inActivity(() => createOptionActivities(deps).createOptions(chunk)),
    product: async (sku) => (await stored(sku, 'products')) as AkeneoProduct & { uuid: string },
    model: async (code) => (await stored(code, 'product-models')) as AkeneoProductModel,
    put: async (...lines) => {
      await sql.begin((tx) => putLines(tx, connection, id, lines))
    },
    counts: () => countsOf(sql, id),
    close: async () => {
      await deps.close()
      await akeneo.close()
      await database.drop()
    },
  }

  async function stored(code: string, stream: string): Promise<unknown> {
    const [row] = await sql<{ source: unknown }[]>`
      select source from source_record where connection = ${connection} and stream = ${stream} and code = ${code}`
    if (!row) throw new Error(`${code} was not read`)
    return row.source
  }
}

const icecatSection = ({ url, contentToken }: NonNullable<EnrichingOptions['icecat']>) => ({
  url,
  username: 'full-shop',
  apiToken: FULL_API_TOKEN,
  ...(contentToken === undefined ? {} : { contentToken }),
  subscription: 'full',
  mapping: 'northlamp.icecat.yaml',
})

export const provenance = {
  product: 'p',
  icecatId: '1',
  from: 'title',
  language: 'EN',
  sheetUpdated: '20261101000000',
  fetchedAt: '2026-11-02T00:00:00.000Z',
}

/** A line for a stored record, as a run makes it of values by attribute, or by attribute, locale and scope. */
export function lineFor(
  record: AkeneoProduct | AkeneoProductModel,
  values: Record<string, unknown> | Omit<LineValue, 'base' | 'provenance'>[],
): LineInput {
  const written = Array.isArray(values)
    ? values
    : Object.entries(values).map(([attribute, data]) => ({ attribute, locale: null, scope: null, data }))
  const isProduct = 'uuid' in record
  return {
    stream: isProduct ? 'products' : 'product-models',
    // A record without uuid is a model's.
    key: isProduct ? (record as AkeneoProduct & { uuid: string }).uuid : (record as AkeneoProductModel).code,
    createdAt: new Date(record.created),
    knownUntil: new Date(),
    values: written.map((value) => ({ ...value, base: shownAt(record.values, value) ?? null, provenance })),
  }
}

export const patches = ({ akeneo }: Enriching) => akeneo.requests().filter(({ method }) => method === 'PATCH')
/** What the hub remembers of a value it wrote: `attribute locale scope`. */
export const entryOf = async ({ sql, connection }: Enriching, key: string, place: string) =>
  (await ledgerOf(sql, connection, 'products', [key])).get(key)?.get(place)
export const findingsOf = ({ sql, connection }: Enriching) =>
  sql<{ key: string; place: string; kind: string; code: string; message: string; data: unknown }[]>`
    select key, place, kind, code, message, data from enrichment_finding where connection = ${connection} order by key, place, kind`
/** What a person sees in Akeneo, by its own call. */
export const shown = async ({ akeneo, deps }: Enriching, uuid: string) => {
  const client = clientOf(
    deps.sql,
    connectionTo(akeneo.url, { credentials: akeneo.credentials, name: 'person' }),
  )
  const { item } = await once(client, (calls) => calls.readOne('products', uuid))
  // Held to its schema when it was read.
  return item as {
    values: Record<string, { data: unknown; locale: string | null }[]>
    updated: string
  } | null
}
/** The time that lines are held for is over, as if it had been waited for. */
export const letLeasesEnd = ({ sql, connection }: Enriching) =>
  sql`update enrichment_line set held_until = clock_timestamp() where connection = ${connection} and holder is not null`
