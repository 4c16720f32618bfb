import type { PatchedStream } from '../../akeneo/patch.ts'
import type { Queryable, Transaction } from '../database.ts'
import type { RecordName } from './record.ts'

export type FindingKind =
  /** A person's value, left as it is; `flagged`: and to be looked at. */
  | 'kept'
  | 'flagged'
  /** Cannot be written. */
  | 'problem'
  /** By Akeneo; not sent again until it is another value. */
  | 'refused'
  /** Akeneo answered that all was well, and shows nothing. */
  | 'dropped'
  /** Akeneo shows something else than was sent. */
  | 'changed-by-akeneo'
  /** A proposal that nobody has approved yet. */
  | 'waiting'
  /** A sheet was taken, and nothing guarded against its being another product's. */
  | 'unchecked'

export interface EnrichmentFinding extends RecordName {
  /** Empty: of the whole record. */
  place: string
  kind: FindingKind
  code: string
  message: string
  /** What was refused (of a file, its asset_key); of a problem, the options that it needs. */
  data?: unknown
  product?: string | null
}

/** Which product it is about: of a model, the one whose sheet it is from, as far as that is known. */
export const productOf = ({
  stream,
  key,
  product = null,
}: RecordName & { product?: string | null }): string | null => (stream === 'products' ? key : product)

/** Adds findings, or brings those up to date that were known. */
export async function keepFindings(
  tx: Transaction,
  connection: string,
  run: bigint,
  findings: readonly EnrichmentFinding[],
): Promise<void> {
  if (findings.length === 0) return
  const byPlace = new Map(
    findings.map((finding) => [
      JSON.stringify([finding.stream, finding.key, finding.place, finding.kind]),
      { ...finding, data: finding.data ?? null },
    ]),
  )
  await tx`
    insert into enrichment_finding (connection, stream, key, place, kind, code, message, data, product, run)
    select ${connection}, stream, key, place, kind, code, message, nullif(data, 'null'), product, ${run}::bigint
    from json_to_recordset(${JSON.stringify([...byPlace.values()])}::text::json)
      as r (stream text, key text, place text, kind text, code text, message text, data jsonb, product text)
    order by stream, key, place, kind
    on conflict (connection, stream, key, place, kind) do update set
      code = excluded.code, message = excluded.message, data = excluded.data,
      product = coalesce(excluded.product, enrichment_finding.product), run = excluded.run, last_seen = now(), is_retried = false`
}

/** Findings of these kinds are made anew for these records: what was found before is forgotten. */
export async function replaceFindings(
  tx: Transaction,
  connection: string,
  run: bigint,
  records: readonly RecordName[],
  kinds: readonly FindingKind[],
  findings: readonly EnrichmentFinding[],
): Promise<void> {
  if (records.length === 0) return
  const still = JSON.stringify(findings.map(({ stream, key, place, kind }) => ({ stream, key, place, kind })))
  // Those that stay keep the day when they were first seen.
  await tx`
    delete from enrichment_finding f
    using unnest(${records.map(({ stream }) => stream)}::text[], ${records.map(({ key }) => key)}::text[]) as r (stream, key)
    where f.connection = ${connection} and f.stream = r.stream and f.key = r.key and f.kind = any(${[...kinds]})
      and not exists (
        select 1 from json_to_recordset(${still}::text::json) as s (stream text, key text, place text, kind text)
        where s.stream = f.stream and s.key = f.key and s.place = f.place and s.kind = f.kind)`
  await keepFindings(tx, connection, run, findings)
}

/** What is known to be otherwise now: the values were written. */
export async function forgetFindings(
  tx: Transaction,
  connection: string,
  kinds: readonly FindingKind[],
  places: readonly (RecordName & { place: string })[],
): Promise<void> {
  if (places.length === 0) return
  await tx`
    delete from enrichment_finding f
    using json_to_recordset(${JSON.stringify(places.map(({ stream, key, place }) => ({ stream, key, place })))}::text::json)
      as r (stream text, key text, place text)
    where f.connection = ${connection} and f.stream = r.stream and f.key = r.key and f.place = r.place
      and f.kind = any(${[...kinds]})`
}

/** Values (of files, the asset_key) that Akeneo has refused, by key and place: they are left out until they are others, or tried again. */
export async function refusedValues(
  db: Queryable,
  connection: string,
  stream: PatchedStream,
  keys: readonly string[],
): Promise<Map<string, Map<string, unknown>>> {
  const refused = new Map<string, Map<string, unknown>>()
  if (keys.length === 0) return refused
  const rows = await db<{ key: string; place: string; data: unknown }[]>`
    select key, place, data from enrichment_finding
    where connection = ${connection} and stream = ${stream} and key = any(${[...keys]}) and kind = 'refused' and not is_retried`
  for (const { key, place, data } of rows) {
    const own = refused.get(key)
    if (own === undefined) refused.set(key, new Map([[place, data]]))
    else own.set(place, data)
  }
  return refused
}
