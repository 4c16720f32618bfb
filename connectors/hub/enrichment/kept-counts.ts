import { onlyRow, type Sql } from '../database.ts'
import {
  coverageByFamily,
  type EnrichmentSight,
  enrichmentSight,
  type LocaleCoverage,
  outcomesBy,
} from './sights.ts'

/** What is counted over all products of a connection: tens of seconds where there are a million. */
export interface EnrichmentCounts {
  sight: EnrichmentSight
  families: Awaited<ReturnType<typeof outcomesBy>>
  coverage: LocaleCoverage[]
}

export interface CountedAt {
  at: Date
  counts: EnrichmentCounts
}

/** What takes no longer is counted whenever somebody asks. Unit ms. */
const keptFromMs = 1000

/** Counting takes no more than this part of the time, however often somebody asks. */
const share = 1 / 20

/** The schedule of a day, and an hour for the run. */
const oldHours = 25

export interface CountsAsked {
  /** A daily run that is about to end: what was counted before it began is old. */
  ending?: bigint
  /** Counting that took so long is kept. Unit ms. */
  longMs?: number
}

/**
 * The counts that are kept; new ones where none are, where a daily enrichment has ended since, or where they are older than a day. What was
 * counted so lately that counting anew would take more than a twentieth of the time stands in any case.
 */
export async function enrichmentCounts(
  sql: Sql,
  connection: string,
  { ending, longMs = keptFromMs }: CountsAsked = {},
): Promise<CountedAt> {
  const [kept] = await sql<CountedAt[]>`
    select counted_at as at, counts from enrichment_kept_counts k
    where connection = ${connection} and (
      counted_at + make_interval(secs => took_ms / 1000.0 / ${share}::float8) > now()
      or counted_at > now() - make_interval(hours => ${oldHours}) and not exists (
        select from run r
        where r.connection = k.connection and r.process = 'enrich' and r.mode = 'daily' and r.started_at > k.counted_at
          and (r.finished_at is not null or r.id = ${ending ?? null}::bigint)))`
  return kept ?? countNow(sql, connection, longMs)
}

async function countNow(sql: Sql, connection: string, longMs: number): Promise<CountedAt> {
  const { at } = onlyRow(await sql<{ at: Date }[]>`select clock_timestamp() as at`)
  const began = performance.now()
  const counts = {
    sight: await enrichmentSight(sql, connection),
    families: await outcomesBy(sql, connection, 'family'),
    coverage: await coverageByFamily(sql, connection),
  }
  const tookMs = Math.round(performance.now() - began)
  if (tookMs < longMs) await sql`delete from enrichment_kept_counts where connection = ${connection}`
  else
    await sql`
      insert into enrichment_kept_counts (connection, counted_at, took_ms, counts)
      values (${connection}, ${at}, ${tookMs}, ${JSON.stringify(counts)}::text::jsonb)
      on conflict (connection) do update
        set counted_at = excluded.counted_at, took_ms = excluded.took_ms, counts = excluded.counts
        where enrichment_kept_counts.counted_at < excluded.counted_at`
  return { at, counts }
}
