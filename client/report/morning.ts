import type { ConnectionConfig } from '../../config.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import {
  type DriftRun,
  driftRuns,
  type PendingGroup,
  pendingGroups,
  type RejectionGroup,
  rejectionGroups,
  runsSince,
  type RunWork,
  type Volume,
  volumesSince,
} from '../../connectors/hub/morning.ts'
import { type EnrichmentCounts, enrichmentCounts } from '../../connectors/hub/enrichment/kept-counts.ts'
import { type GroupedOutcomes, grouped } from '../support/enrichment-overview.ts'
import { type ConnectionStatus, readStanding, type TemporalStatus } from '../support/connection-status.ts'
import { type EnrichmentStanding, standingOf } from '../support/enrichment-standing.ts'
import { countedActions } from '../support/run-actions.ts'
import { type TemporalPlace, workflowUrl } from '../support/temporal.ts'
import { evenStep } from './scale.ts'

/** All that the morning page says. */
export interface Morning {
  at: Date
  since: Date
  temporal: { address: string; webUrl: string; problem: string | null; worker: boolean | null }
  connections: ConnectionMorning[]
}

export interface ConnectionMorning extends ConnectionStatus {
  /** Runs since then that a person may want to see, the newest first. */
  shownRuns: (RunWork & { webUrl: string })[]
  /** Those not shown: polls that found nothing, and others beyond the list's length. */
  quietRuns: number
  furtherRuns: number
  /** Runs that read enough for their speed to mean something, the oldest first. */
  speeds: RunSpeed[]
  volumes: Volume[]
  stretchMs: number
  rejectionGroups: RejectionGroup[]
  pending: PendingGroup[]
  drift: DriftRun[]
  /** How far Icecat's content reaches, the largest families first; empty without Icecat. */
  icecatFamilies: FamilyCoverage[]
  /** When that and `enrichment` were counted; null: there is no Icecat. */
  icecatCounted: Date | 'under way' | null
}

/** What a connection with Icecat is asked, which takes seconds where there are a million products. */
export interface IcecatSight {
  /** When counting began. */
  at: Date
  standing: EnrichmentStanding
  families: FamilyCoverage[]
}

export interface FamilyCoverage extends GroupedOutcomes {
  /** Products whose sheet gave a value, by locale; '' stands for values without. */
  locales: Record<string, number>
}

export interface RunSpeed {
  process: string
  startedAt: Date
  read: number
  seconds: number
  /** Records a second. */
  rate: number
}

/** Lists are as long as a person reads, and bound the page: with 20 connections at these lengths it is below 300 kB. */
const limits = {
  runs: 15,
  speeds: 30,
  bars: 48,
  rejections: { groups: 7, examples: 2 },
  pending: 8,
  drift: 5,
  families: 12,
  /** Looked at, to choose from: three polls every five minutes for a day and more. */
  candidates: 1000,
}

/** A page of records: below it a run's speed is that of its first answers. */
const meaningfulRead = 100

export interface MorningQuestion {
  place: TemporalPlace
  temporal: TemporalStatus
  at: Date
  since: Date
  /** Null: it is still being counted. Absent: where no counts are kept, it is counted now, however long that takes. */
  icecatOf?: (connection: string) => Promise<IcecatSight | null>
}

export async function readMorning(
  sql: Sql,
  connections: ConnectionConfig[],
  { place, temporal, at, since, icecatOf }: MorningQuestion,
): Promise<Morning> {
  const read = []
  for (const connection of connections) {
    const { name, icecat } = connection
    const counted =
      icecat === undefined
        ? undefined
        : icecatOf === undefined
          ? await readIcecat(sql, name, icecat)
          : await icecatOf(name)
    read.push({
      ...(await readOne(sql, connection, { place, at, since })),
      enrichment: counted?.standing ?? null,
      icecatFamilies: counted?.families ?? [],
      icecatCounted: counted === undefined ? null : (counted?.at ?? ('under way' as const)),
      schedules: temporal.schedules.get(connection.name) ?? null,
    })
  }
  const { problem, worker } = temporal
  const shown = problem === null ? read.flatMap(({ runs, shownRuns }) => [...runs, ...shownRuns]) : []
  const counted = await countedActions(sql, place, shown)
  return {
    at,
    since,
    temporal: { address: place.address, webUrl: place.webUrl, problem, worker },
    connections: read.map((one) => ({
      ...one,
      runs: one.runs.map(counted),
      shownRuns: one.shownRuns.map(counted),
    })),
  }
}

async function readOne(
  sql: Sql,
  connection: ConnectionConfig,
  { place, at, since }: { place: TemporalPlace; at: Date; since: Date },
): Promise<Omit<ConnectionMorning, 'schedules' | 'enrichment' | 'icecatFamilies' | 'icecatCounted'>> {
  const { name } = connection
  const runs = await runsSince(sql, name, since, limits.candidates)
  const stretchMs = evenStep(at.getTime() - since.getTime(), limits.bars)
  return {
    ...(await readStanding(sql, connection, place)),
    ...chosenRuns(runs, place),
    speeds: speedsOf(runs, at),
    volumes: await volumesSince(sql, name, since, stretchMs / 1000),
    stretchMs,
    rejectionGroups: await rejectionGroups(sql, name, limits.rejections),
    pending: await pendingGroups(sql, name, limits.pending),
    drift: await driftRuns(sql, name, limits.drift),
  }
}

export async function readIcecat(
  sql: Sql,
  connection: string,
  icecat: NonNullable<ConnectionConfig['icecat']>,
): Promise<IcecatSight> {
  const { at, counts } = await enrichmentCounts(sql, connection)
  return {
    at,
    standing: await standingOf(sql, counts.sight, icecat),
    families: icecatFamilies(counts),
  }
}

function icecatFamilies({ families, coverage }: EnrichmentCounts): FamilyCoverage[] {
  return grouped(families)
    .slice(0, limits.families)
    .map((group) => ({
      ...group,
      locales: Object.fromEntries(
        coverage.flatMap(({ family, locale, products }) =>
          family === group.name ? [[locale, products]] : [],
        ),
      ),
    }))
}

function chosenRuns(runs: RunWork[], place: TemporalPlace) {
  const telling = runs.filter((run) => !isQuiet(run))
  const shown = telling.slice(0, limits.runs)
  return {
    shownRuns: shown.map((run) => ({ ...run, webUrl: workflowUrl(place, run.workflowId) })),
    quietRuns: runs.length - telling.length,
    furtherRuns: telling.length - shown.length,
  }
}

const quietKinds = new Set(['poll-products', 'deliver', 'enrich', 'recheck-requests'])

/** A run of those that start by themselves that ended well and had nothing to do. */
export function isQuiet({ process, outcome, report, changed }: RunWork): boolean {
  if (!quietKinds.has(process)) return false
  const did = [
    changed,
    ...['published', 'delivered', 'refused', 'enriched', 'lines', 'sheets', 'checked'].map(
      (name) => report[name],
    ),
  ]
  return outcome?.startsWith('done') === true && did.every((count) => count === 0 || count === undefined)
}

/** Records that a run read a second, until its end or until now. */
export function speedsOf(runs: RunWork[], now: Date): RunSpeed[] {
  return runs
    .filter(({ read, finishedAt, holds }) => read >= meaningfulRead && (finishedAt !== null || holds))
    .slice(0, limits.speeds)
    .toReversed()
    .map(({ process, startedAt, finishedAt, read }) => {
      const seconds = Math.max(0.001, ((finishedAt ?? now).getTime() - startedAt.getTime()) / 1000)
      return { process, startedAt, read, seconds, rate: read / seconds }
    })
}
