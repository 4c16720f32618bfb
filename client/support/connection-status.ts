import { emptiedReasons, emptiedWould } from './emptied-approvals.ts'
import { counted } from './format.ts'
import type { Client } from '@temporalio/client'
import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { heldEmptied } from '../../connectors/hub/emptied-plans.ts'
import { findingCounts } from '../../connectors/hub/findings.ts'
import { type MediaCounts, mediaCounts } from '../../connectors/hub/media-files.ts'
import { changeName, mappingChangesOf } from '../../connectors/hub/mapping-changes.ts'
import { plansOf } from '../../connectors/hub/plans.ts'
import { watermarkOf } from '../../connectors/hub/runs.ts'
import { type LoginRefusal, loginRefusalOf } from '../../connectors/hub/tokens.ts'
import {
  type DeliverySight,
  deliverySights,
  lastRuns,
  outputsOf,
  type ReasonCount,
  type RecordCount,
  recordCounts,
  rejectionCounts,
  type RunRow,
  waitingCounts,
} from '../../connectors/hub/sights.ts'
import { type EnrichmentStanding, enrichmentStanding } from './enrichment-standing.ts'
import { heldReasons } from './mapping-approvals.ts'
import { askedOptions, optionsReason, optionsWould } from './option-approvals.ts'
import { explainError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { type ScheduleSight, scheduleSights } from './schedule-sights.ts'
import { hasWorkers } from './serving-workers.ts'
import { type TemporalPlace, withTemporal, workflowUrl } from './temporal.ts'

/** How one connection stands: what `status` shows, and what the morning page begins with. */
export interface ConnectionStatus {
  connection: string
  /** Changes up to here are in the hub; null before the first load. */
  watermark: Date | null
  load: 'running' | 'done' | null
  /** Akeneo refuses to log the connection in: until somebody mends that, nothing of it goes on. Null: it does not. */
  login: LoginRefusal | null
  outputs: { output: string; seq: bigint }[]
  records: RecordCount[]
  waiting: ReasonCount[]
  rejections: ReasonCount[]
  /** Records that went out without something, by what was found. */
  findings: ReasonCount[]
  /** Files that records name; null where none was ever asked for. */
  files: MediaCounts | null
  /** How enrichment stands; null where the connection has no Icecat. */
  enrichment: EnrichmentStanding | null
  /** What waits for a person's word. */
  approvals: Approval[]
  /** In the order of the configuration. */
  destinations: string[]
  /** Of those to which something was delivered once. */
  deliveries: DeliverySight[]
  runs: (RunRow & { webUrl: string })[]
  /** Null when Temporal does not answer. */
  schedules: ScheduleSight[] | null
}

export interface TemporalStatus {
  /** Null when Temporal answered. */
  problem: string | null
  /** Whether somebody takes work; null when Temporal did not answer. */
  worker: boolean | null
  schedules: Map<string, ScheduleSight[]>
}

/** What the hub knows is worth showing also while Temporal is down: that it is down is part of the status. */
export async function readTemporal(
  place: TemporalPlace,
  connections: ConnectionConfig[],
): Promise<TemporalStatus> {
  const ask = async (client: Client): Promise<TemporalStatus> => {
    const sights = connections.map(
      async (one) => [one.name, await scheduleSights(client, one, place.taskQueue)] as const,
    )
    return {
      problem: null,
      worker: await hasWorkers(client, place),
      schedules: new Map(await Promise.all(sights)),
    }
  }
  try {
    return await withTemporal(place, ask)
  } catch (error) {
    const { message, exitCode } = explainError(error)
    if (exitCode !== exitCodes.unreachable) throw error
    return { problem: message, worker: null, schedules: new Map() }
  }
}

/** What waits for a person's word. */
export interface Approval {
  /** As `pimflow approvals` takes it. */
  id: string
  /** What would happen: `3 records would be retired`. */
  would: string
  reasons: string[]
  createdAt: Date
}

async function approvalsOf(sql: Sql, connection: string): Promise<Approval[]> {
  const plans = (await plansOf(sql, connection, ['held'])).map(({ id, streams, reasons, createdAt }) => ({
    id: id.toString(),
    would: `${counted(
      Object.values(streams).reduce((sum, n) => sum + n, 0),
      'record',
    )} would be retired`,
    reasons: reasons.map(({ text }) => text),
    createdAt,
  }))
  const mappings = (await mappingChangesOf(sql, connection, 'held')).map(
    ({ id, output, createdAt, ...change }) => ({
      id: `m${id}`,
      would: `${changeName(change)} would change ${counted(change.diff?.changed ?? 0, 'record')} of ${output}`,
      reasons: heldReasons(change),
      createdAt,
    }),
  )
  const emptied = (await heldEmptied(sql, connection)).map((plan) => ({
    id: `e${plan.id}`,
    would: emptiedWould(plan),
    reasons: emptiedReasons(plan),
    createdAt: plan.createdAt,
  }))
  const options = (await askedOptions(sql, connection)).map((asked) => ({
    id: `o:${asked.attribute}`,
    would: optionsWould(asked),
    reasons: [optionsReason(asked)],
    createdAt: new Date(Math.min(...asked.options.map(({ askedAt }) => askedAt.getTime()))),
  }))
  return [...plans, ...mappings, ...emptied, ...options]
}

export type HubStatus = Omit<ConnectionStatus, 'schedules'>

/** All but how enrichment stands. */
export async function readStanding(
  sql: Sql,
  { name, destinations }: ConnectionConfig,
  place: TemporalPlace,
): Promise<Omit<HubStatus, 'enrichment'>> {
  const watermark = await watermarkOf(sql, name)
  const runs = await lastRuns(sql, name)
  return {
    connection: name,
    watermark: watermark?.at ?? null,
    load: watermark?.load ?? null,
    login: await loginRefusalOf(sql, name),
    outputs: await outputsOf(sql, name),
    records: await recordCounts(sql, name),
    waiting: await waitingCounts(sql, name),
    rejections: await rejectionCounts(sql, name),
    findings: await findingCounts(sql, name),
    files: await mediaCounts(sql, name),
    approvals: await approvalsOf(sql, name),
    destinations: destinations.map((destination) => destination.name),
    deliveries: await deliverySights(sql, name),
    runs: runs.map((run) => ({ ...run, webUrl: workflowUrl(place, run.workflowId) })),
  }
}

export async function readConnection(
  sql: Sql,
  connection: ConnectionConfig,
  place: TemporalPlace,
): Promise<HubStatus> {
  const { name, icecat } = connection
  return {
    ...(await readStanding(sql, connection, place)),
    enrichment: icecat === undefined ? null : await enrichmentStanding(sql, name, icecat),
  }
}
