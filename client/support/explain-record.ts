import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { enrichmentRecords } from '../../connectors/hub/enrichment/records.ts'
import { type EnrichedRecord, enrichedRecord } from '../../connectors/hub/enrichment/sights.ts'
import { findingsOf, type StoredFinding } from '../../connectors/hub/findings.ts'
import { findRecords } from '../../connectors/hub/records.ts'
import { rejectionsOf, type StoredRejection } from '../../connectors/hub/rejections.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { idsOf } from '../../connectors/hub/sources.ts'
import { type Waiting, waitingOf } from '../../connectors/hub/waiting.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { type ExplainedValue, explainValues } from './explain-values.ts'
import {
  deliveriesOfRecord,
  type FeedLine,
  feedOfRecord,
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
  records: Pick<
    HubRecord & { output: string },
    'output' | 'kind' | 'version' | 'status' | 'reasons' | 'source'
  >[]
  pending: { output: string; field: string; code: string; why: string }[]
  rejection: StoredRejection | null
  waiting: Waiting | null
  feed: FeedLine[]
  /** What was left out of it, and why. */
  findings: StoredFinding[]
  /** Of a product: where each value comes from. */
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
  const rejections = await rejectionsOf(sql, connection)
  const hits = await findHits(sql, connection, asked, rejections)
  if (hits.length === 0) {
    // Asked by the hub's own id: its source has the name.
    const [record] = await findRecords(sql, connection, asked)
    const name = record?.source.uuid ?? record?.source.code
    if (name != null) hits.push(...(await findHits(sql, connection, name, rejections)))
  }
  for (const hit of hits) {
    const { stream, key, id } = hit
    if (stream !== 'products' || id === null) continue
    const models = (await enrichmentRecords(sql, connection, key)).filter((one) => one.stream !== 'products')
    hit.enrichment = await enrichedRecord(
      sql,
      connection,
      key,
      models.map((model) => model.key),
    )
    hit.values = await explainValues(sql, config, {
      key,
      id,
      heldBy: hit.records.map(({ output }) => output),
    })
  }
  const watermark = await watermarkOf(sql, connection)
  return { asked, connection, hits, load: watermark?.load ?? 'none' }
}

async function findHits(
  sql: Sql,
  connection: string,
  name: string,
  rejections: StoredRejection[],
): Promise<Hit[]> {
  const hits: Hit[] = []
  for (const stream of streams) {
    const known = await idsOf(sql, connection, stream, [name])
    const source = known.get(name.toLowerCase())
    const rejection =
      rejections.find(
        (row) => row.stream === stream && (source ? row.key === source.key : isCalled(row, name)),
      ) ?? null
    if (source) {
      const { id, key, code, parent } = source
      hits.push({
        stream,
        key,
        code,
        parent,
        id,
        rejection,
        ...(await standing(sql, connection, stream, key, id)),
      })
    } else if (rejection) {
      const { key, code } = rejection
      hits.push({ stream, key, code, parent: null, id: null, rejection, ...nowhere })
    }
  }
  return hits
}

const isCalled = ({ key, code }: StoredRejection, name: string) =>
  [key, code ?? ''].some((known) => known.toLowerCase() === name.toLowerCase())

const nowhere = {
  records: [],
  pending: [],
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
    pending: records.flatMap((record) =>
      'pending' in record && record.pending
        ? record.pending.map((link) => ({ output: record.output, ...link }))
        : [],
    ),
    waiting: await waitingOf(sql, connection, stream, key),
    feed: await feedOfRecord(sql, connection, id, feedLines),
    deliveries: await deliveriesOfRecord(sql, connection, id),
    findings: await findingsOf(sql, connection, stream, key),
    values: [] as ExplainedValue[],
    enrichment: null,
  }
}
