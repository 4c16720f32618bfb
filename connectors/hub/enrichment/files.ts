import type { Asset } from '../../../domain/enrichment/sheet.ts'
import type { PatchedStream } from '../../akeneo/patch.ts'
import type { Queryable, Sql, Transaction } from '../database.ts'
import { interval, lockTaking, type RecordName } from './record.ts'
import type { PutOutcome } from './lines.ts'

export interface FileInput extends RecordName {
  place: string
  attribute: string
  locale: string | null
  scope: string | null
  /** Which content it is; see domain/enrichment/plan-media.ts. */
  assetKey: string
  /** Null: the file is to be taken away. */
  asset: Asset | null
  /** What stood there when that was decided: code of a file, or null. */
  base: string | null
  product: string
  icecatId: string
}

export interface HeldFile extends FileInput {
  stream: PatchedStream
  /** How often it was tried before, perhaps with effect. */
  attempts: number
}

/** Writes down which files are to be fetched and uploaded, one for each place. */
export async function putFiles(
  tx: Transaction,
  connection: string,
  run: bigint,
  files: readonly FileInput[],
): Promise<Map<string, Exclude<PutOutcome, 'parked'>>> {
  if (files.length === 0) return new Map()
  const rows = await tx<{ stream: string; key: string; place: string }[]>`
    insert into enrichment_file (connection, stream, key, place, attribute, locale, scope, asset_key, asset, base, product, icecat_id, run)
    select ${connection}, stream, key, place, attribute, locale, scope, "assetKey", nullif(asset, 'null'), base, product, "icecatId",
      ${run}::bigint
    from json_to_recordset(${JSON.stringify(files)}::text::json) as r (stream text, key text, place text, attribute text, locale text,
      scope text, "assetKey" text, asset jsonb, base text, product text, "icecatId" text)
    order by stream, key, place
    on conflict (connection, stream, key, place) do update set
      asset_key = excluded.asset_key, asset = excluded.asset, base = excluded.base, product = excluded.product,
      icecat_id = excluded.icecat_id, run = excluded.run,
      -- Tried with another content before: nothing is known of this one.
      attempts = case when enrichment_file.asset_key = excluded.asset_key then enrichment_file.attempts else 0 end,
      next_attempt = case when enrichment_file.asset_key = excluded.asset_key then enrichment_file.next_attempt else '-infinity' end
      where enrichment_file.held_until <= clock_timestamp()
    returning stream, key, place`
  const put = new Set(rows.map((row) => fileName(row)))
  return new Map(files.map((file) => [fileName(file), put.has(fileName(file)) ? 'put' : 'held']))
}

export const fileName = ({ stream, key, place }: { stream: string; key: string; place: string }): string =>
  `${stream} ${key} ${place}`

export interface TakeFiles {
  holder: string
  leaseMs: number
  most: number
  only?: readonly RecordName[] | undefined
}

/**
 * Takes the next files that nobody holds: none of a record that somebody else writes to, and none of a content that somebody else is
 * uploading.
 */
export async function takeFiles(sql: Sql, connection: string, take: TakeFiles): Promise<HeldFile[]> {
  const { holder, leaseMs, most, only } = take
  return sql.begin(async (tx) => {
    await lockTaking(tx, connection)
    return tx<HeldFile[]>`
      with free as materialized (
        select stream, key, place from enrichment_file f
        where connection = ${connection} and held_until <= clock_timestamp() and next_attempt <= clock_timestamp()
          ${only ? tx`and (stream, key) in (select * from ${names(tx, only)})` : tx``}
          and not exists (
            select 1 from enrichment_line l
            where l.connection = f.connection and l.stream = f.stream and l.key = f.key and l.held_until > clock_timestamp())
          and not exists (
            select 1 from enrichment_file o
            where o.connection = f.connection and o.held_until > clock_timestamp()
              and (o.asset_key = f.asset_key or (o.stream = f.stream and o.key = f.key)))
        order by stream, key, place limit ${most} for update skip locked
      )
      update enrichment_file f set holder = ${holder}, held_until = clock_timestamp() + ${interval(leaseMs)}::interval
      from free
      where f.connection = ${connection} and f.stream = free.stream and f.key = free.key and f.place = free.place
      returning f.stream, f.key, f.place, f.attribute, f.locale, f.scope, f.asset_key as "assetKey", f.asset, f.base, f.product,
        f.icecat_id as "icecatId", f.attempts`
  })
}

/** How long until a file can be tried (again); null: there is none. */
export async function nextFileMs(
  db: Queryable,
  connection: string,
  only?: readonly RecordName[],
): Promise<number | null> {
  const [row] = await db<{ ms: number | null }[]>`
    select extract(epoch from min(greatest(held_until, next_attempt, clock_timestamp())) - clock_timestamp())::float8 * 1000 as ms
    from enrichment_file
    where connection = ${connection} ${only ? db`and (stream, key) in (select * from ${names(db, only)})` : db``}`
  return row?.ms == null ? null : Math.max(0, Math.ceil(row.ms))
}

const names = (db: Queryable, records: readonly RecordName[]) =>
  db`unnest(${records.map(({ stream }) => stream)}::text[], ${records.map(({ key }) => key)}::text[])`

type HeldPlace = Pick<HeldFile, 'stream' | 'key' | 'place'>

/** Right before a call that sets the value: it may have been done from here on. False when `holder` has it no longer. */
export async function markFileTried(
  db: Queryable,
  connection: string,
  { stream, key, place }: HeldPlace,
  { holder, leaseMs }: { holder: string; leaseMs: number },
): Promise<boolean> {
  const rows = await db`
    update enrichment_file set attempts = attempts + 1, held_until = clock_timestamp() + ${interval(leaseMs)}::interval
    where connection = ${connection} and stream = ${stream} and key = ${key} and place = ${place} and holder = ${holder}
    returning 1`
  return rows.length === 1
}

/** Done, or given up. False when `holder` has it no longer. */
export async function dropFile(
  db: Queryable,
  connection: string,
  { stream, key, place }: HeldPlace,
  holder: string,
): Promise<boolean> {
  const rows = await db`
    delete from enrichment_file
    where connection = ${connection} and stream = ${stream} and key = ${key} and place = ${place} and holder = ${holder}
    returning 1`
  return rows.length === 1
}

/** Tried again later. */
export async function postponeFile(
  db: Queryable,
  connection: string,
  { stream, key, place, attempts }: HeldPlace & { attempts: number },
  { holder, waitMs, message }: { holder: string; waitMs: number; message: string },
): Promise<void> {
  await db`
    update enrichment_file set holder = null, held_until = '-infinity', attempts = ${attempts}, message = ${message},
      next_attempt = clock_timestamp() + ${interval(waitMs)}::interval
    where connection = ${connection} and stream = ${stream} and key = ${key} and place = ${place} and holder = ${holder}`
}

/** Untouched: for whoever comes next. */
export async function releaseFiles(db: Queryable, connection: string, holder: string): Promise<void> {
  await db`
    update enrichment_file set holder = null, held_until = '-infinity'
    where connection = ${connection} and holder = ${holder}`
}
