import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { holdsOf, type RecordHold } from '../../connectors/hub/emptied-plans.ts'
import { enrichmentRecords } from '../../connectors/hub/enrichment/records.ts'
import { type EnrichedRecord, enrichedRecord } from '../../connectors/hub/enrichment/sights.ts'
import { findingsOf, type StoredFinding } from '../../connectors/hub/findings.ts'
import { readingsOf, type RecordReading } from '../../connectors/hub/readings.ts'
import { findRecords } from '../../connectors/hub/records.ts'
import { rejectionsNamed, type StoredRejection } from '../../connectors/hub/rejections.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { idsOf } from '../../connectors/hub/sources.ts'
import { type Waiting, waitingOf } from '../../connectors/hub/waiting.ts'
import type { HubRecord, RecordKind } from '../../contracts/hub.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import { type ExplainedValue, explainValues } from './explain-values.ts'
import {
  deliveriesOfRecord,
  type FeedLine,
  feedOfRecord,
  leftRecords,
  type RecordDelivery,
} from '../../connectors/hub/sights.ts'

/** One record of Akeneo that answers to the name, and how it stands in the hub. */
export interface Hit {
  stream: StreamName
  /** What the hub keeps it by: the uuid of a product, the code of anything else. */
  key: string
  code: string | null
  parent: string | null
  /** The hub's own id; null for what was rejected before it was ever stored. */
  id: string | null
  /** When it left the store, and by which run; null for what is there. */
  left: { at: Date | null; workflowId: string | null } | null
  records: Pick<
    HubRecord & { output: string },
    'output' | 'kind' | 'version' | 'status' | 'reasons' | 'source'
  >[]
  /** By which page of which run it came into the store, and was read last. */
  readings: RecordReading[]
  pending: { output: string; field: string; code: string; why: string }[]
  /** Outputs that keep it as it is, until a person has decided. */
  held: RecordHold[]
  rejection: StoredRejection | null
  waiting: Waiting | null
  feed: FeedLine[]
  /** What was left out of it, and why. */
  findings: StoredFinding[]
  /** Of a product, a group or a category: where each value comes from. */
  values: ExplainedValue[]
  /** Of a product that enrichment has chosen: how it stands with Icecat. */
  enrichment: EnrichedRecord | null
  /** How it stands at each destination; none for what was never published. */
  deliveries: RecordDelivery[]
}

export interface RecordExplanation {
  asked: string
  connection: string
  hits: Hit[]
  /** How far the first full load is: an unknown record may only not have been read yet. */
  load: 'none' | 'running' | 'done'
}

/** Kinds of records that a person may ask for by name. */
const streams: StreamName[] = ['products', 'product-models', 'categories', 'attributes']
const feedLines = 5

export async function explainRecord(
  sql: Sql,
  config: ConnectionConfig,
  asked: string,
): Promise<RecordExplanation> {
  const { name: connection } = config
  const hits = await findHits(sql, connection, asked)
  for (const hit of hits) {
    const { stream, key, id, left } = hit
    if (id === null || left !== null) continue
    if (stream === 'products') {
      const models = (await enrichmentRecords(sql, connection, key)).filter(
        (one) => one.stream !== 'products',
      )
      hit.enrichment = await enrichedRecord(
        sql,
        connection,
        key,
        models.map((model) => model.key),
      )
    }
    if (stream === 'attributes') continue
    const heldBy = hit.records.map(({ output }) => output)
    hit.values = await explainValues(sql, config, { stream, key, id, heldBy })
  }
  const watermark = await watermarkOf(sql, connection)
  return { asked, connection, hits, load: watermark?.load ?? 'none' }
}

/** What is stored or rejected under the name, what the hub holds under it, and what left. */
async function findHits(sql: Sql, connection: string, asked: string): Promise<Hit[]> {
  const hits = await storedHits(sql, connection, [asked])
  const isNew = ({ id }: { id: string }) => !hits.some((hit) => hit.id === id)
  const published = (await findRecords(sql, connection, asked)).filter(isNew)
  for (const { id, source } of published) {
    // Asked by the hub's own id: its source has the names.
    const names = [source.uuid, source.code].filter((name) => name !== null)
    const stored = await storedHits(sql, connection, names)
    hits.push(...stored.filter((hit) => hit.id === id && isNew({ id })))
  }
  const left = await leftRecords(sql, connection, streams, {
    name: asked,
    ids: published.map(({ id }) => id),
  })
  const gone = [...left, ...published.filter(({ status }) => status === 'retired').map(unknownLeaving)]
  for (const { id, stream, key, code, at, workflowId } of gone) {
    if (!isNew({ id })) continue
    const readSince = hits.findIndex((hit) => hit.id === null && hit.stream === stream && hit.key === key)
    const [again] = readSince < 0 ? [] : hits.splice(readSince, 1)
    hits.push({
      stream,
      key,
      code,
      parent: null,
      id,
      left: { at, workflowId },
      rejection: again?.rejection ?? null,
      ...(await standing(sql, connection, stream, key, id)),
    })
  }
  return hits
}

const streamOf: Record<RecordKind, StreamName> = {
  product: 'products',
  group: 'product-models',
  category: 'categories',
  attribute: 'attributes',
}

/** A tombstone of which nothing else is known any more. */
const unknownLeaving = ({ id, kind, source: { uuid, code } }: HubRecord) => ({
  id,
  stream: streamOf[kind],
  key: uuid ?? code ?? id,
  code,
  at: null,
  workflowId: null,
})

async function storedHits(sql: Sql, connection: string, names: string[]): Promise<Hit[]> {
  const hits: Hit[] = []
  for (const stream of streams) {
    const known = await idsOf(sql, connection, stream, names)
    const [source] = names.flatMap((name) => known.get(foldCase(name)) ?? [])
    const called = await rejectionsNamed(sql, connection, stream, source ? [source.key] : names)
    const rejection = called.find(({ key }) => !source || key === source.key) ?? null
    if (source) {
      const { id, key, code, parent } = source
      hits.push({
        stream,
        key,
        code,
        parent,
        id,
        left: null,
        rejection,
        ...(await standing(sql, connection, stream, key, id)),
      })
    } else if (rejection) {
      const { key, code } = rejection
      hits.push({ stream, key, code, parent: null, id: null, left: null, rejection, ...nowhere })
    }
  }
  return hits
}

const nowhere = {
  records: [],
  readings: [],
  pending: [],
  held: [],
  waiting: null,
  feed: [],
  deliveries: [],
  findings: [],
  values: [],
  enrichment: null,
}

async function standing(sql: Sql, connection: string, stream: StreamName, key: string, id: string) {
  const records = await findRecords(sql, connection, id)
  return {
    records: records.map(({ output, kind, version, status, reasons, source }) => ({
      output,
      kind,
      version,
      status,
      ...(reasons ? { reasons } : {}),
      source,
    })),
    readings: await readingsOf(sql, connection, stream, key),
    pending: records.flatMap((record) =>
      'pending' in record && record.pending
        ? record.pending.map((link) => ({ output: record.output, ...link }))
        : [],
    ),
    held: await holdsOf(sql, connection, stream, key),
    waiting: await waitingOf(sql, connection, stream, key),
    feed: await feedOfRecord(sql, connection, id, feedLines),
    deliveries: await deliveriesOfRecord(sql, connection, id),
    findings: await findingsOf(sql, connection, stream, key),
    values: [] as ExplainedValue[],
    enrichment: null,
  }
}
