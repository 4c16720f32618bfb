import type { MediaReport } from '../../contracts/reports.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { type FileFacts, fileKey, type FileName } from '../../domain/media-files.ts'
import { onlyRow, type Queryable, type Transaction } from './database.ts'
import { enqueueEverything } from './waiting.ts'

/** Begins to collect files of a connection, once: what is stored already is made anew by the next run, to learn its files. */
export async function beginMedia(tx: Transaction, connection: string): Promise<void> {
  const begun = await tx`
    insert into media_collection (connection) values (${connection}) on conflict do nothing returning 1`
  if (begun.length > 0) await enqueueEverything(tx, connection, 'mapping')
}

/** From here on nobody notes which files records name. What is in the store stays there, and stays shown. */
export async function endMedia(db: Queryable, connection: string): Promise<void> {
  await db`delete from media_collection where connection = ${connection}`
}

/** Notes which files these records name now, and asks for those that nobody named before. */
export async function noteUses(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  records: { key: string; files: FileName[] }[],
): Promise<void> {
  if (records.length === 0) return
  const rows = records.flatMap(({ key, files }) => files.map((file) => ({ key, ...file })))
  const named = JSON.stringify(rows)
  await tx`
    delete from media_use u
    where connection = ${connection} and stream = ${stream} and key = any(${records.map(({ key }) => key)})
      and not exists (select from json_to_recordset(${named}::text::json) as r (key text, origin text, code text)
        where r.key = u.key and r.origin = u.origin and r.code = u.code)`
  if (rows.length === 0) return
  await tx`
    insert into media_use (connection, stream, key, origin, code)
    select ${connection}, ${stream}, key, origin, code
    from json_to_recordset(${named}::text::json) as r (key text, origin text, code text)
    order by key, origin, code
    on conflict do nothing`
  // A file that nobody named for a while is wanted again before it is forgotten.
  await tx`
    insert into media_file (connection, origin, code)
    select distinct ${connection}, origin, code
    from json_to_recordset(${named}::text::json) as r (origin text, code text)
    order by origin, code
    on conflict (connection, origin, code) do update set orphan_since = null
      where media_file.orphan_since is not null`
}

/**
 * What is known of these files. `hold` keeps it so until the transaction ends: whoever learns more meanwhile waits, and then finds
 * this transaction's records among those that name the file.
 */
export async function factsOf(
  db: Queryable,
  connection: string,
  files: FileName[],
  { hold }: { hold: boolean },
): Promise<Map<string, FileFacts>> {
  if (files.length === 0) return new Map()
  const rows = await db<FileFacts[]>`
    select f.origin, f.code, f.sha256, f.size::float8 as size, f.mime_type as "mimeType", f.reason, f.message
    from media_file f
    join json_to_recordset(${JSON.stringify(files)}::text::json) as r (origin text, code text)
      on f.origin = r.origin and f.code = r.code
    where f.connection = ${connection}
    order by f.origin, f.code ${hold ? db`for share of f` : db``}`
  return new Map(rows.map((row) => [fileKey(row), row]))
}

export interface DueFile extends FileName {
  failures: number
}

/** The next file to ask for; null when none is due. */
export async function nextDueFile(db: Queryable, connection: string): Promise<DueFile | null> {
  const [row] = await db<DueFile[]>`
    select origin, code, failures from media_file
    where connection = ${connection} and due_at <= now() order by due_at, place limit 1`
  return row ?? null
}

/** True when a collection has something to do: a file that is due, records to be told, or the daily look at the store. */
export async function hasMediaWork(db: Queryable, connection: string): Promise<boolean> {
  const { work } = onlyRow(
    await db<{ work: boolean }[]>`
    select exists (select from media_file where connection = ${connection} and due_at <= now())
      or exists (select from media_file where connection = ${connection} and not told)
      or exists (select from media_collection
        where connection = ${connection} and swept_at < now() - make_interval(hours => ${sweepEveryHours})) as work`,
  )
  return work
}

/** The bytes are in the store. Records are told only when that says something new. */
export async function keepFile(
  db: Queryable,
  connection: string,
  { origin, code }: FileName,
  content: { sha256: string; size: number; mimeType: string | null },
): Promise<void> {
  const { sha256, size, mimeType } = content
  await db`
    update media_file set
      told = told and reason is null and sha256 is not distinct from ${sha256}
        and mime_type is not distinct from ${mimeType},
      sha256 = ${sha256}, size = ${size}, mime_type = ${mimeType},
      due_at = null, failures = 0, reason = null, message = null
    where connection = ${connection} and origin = ${origin} and code = ${code}`
}

/** It could not be had; `reason` null: which is not believed yet, and it is asked for once more behind the others. */
export async function noteFailure(
  db: Queryable,
  connection: string,
  { origin, code }: FileName,
  { reason, message, waitMinutes }: { reason: string | null; message: string; waitMinutes: number },
): Promise<void> {
  await db`
    update media_file set
      told = told and reason is not distinct from coalesce(${reason}::text, reason), reason = coalesce(${reason}::text, reason),
      message = ${message}, failures = failures + 1, due_at = now() + make_interval(mins => ${waitMinutes})
    where connection = ${connection} and origin = ${origin} and code = ${code}`
}

/** Makes files that could not be had due now. */
export async function retryFiles(db: Queryable, connection: string): Promise<void> {
  await db`
    update media_file set due_at = now()
    where connection = ${connection} and due_at > now()`
}

/**
 * Files that something became known of, and the records that name them. A record of which another file is still to come is left
 * out: that one's turn brings it, so a record with ten pictures is made anew once.
 */
export async function untold(
  db: Queryable,
  connection: string,
  limit: number,
): Promise<{ files: FileName[]; records: { stream: StreamName; key: string }[] }> {
  const files = await db<FileName[]>`
    select origin, code from media_file where connection = ${connection} and not told order by place limit ${limit}`
  if (files.length === 0) return { files, records: [] }
  const records = await db<{ stream: StreamName; key: string }[]>`
    select distinct u.stream, u.key
    from json_to_recordset(${JSON.stringify(files)}::text::json) as r (origin text, code text)
    join media_use u on u.connection = ${connection} and u.origin = r.origin and u.code = r.code
    where not exists (
      select from media_use other join media_file f using (connection, origin, code)
      where other.connection = u.connection and other.stream = u.stream and other.key = u.key
        and f.due_at is not null and f.reason is null and f.sha256 is null)`
  return { files, records }
}

export async function markTold(tx: Transaction, connection: string, files: FileName[]): Promise<void> {
  await tx`
    update media_file f set told = true
    from json_to_recordset(${JSON.stringify(files)}::text::json) as r (origin text, code text)
    where f.connection = ${connection} and f.origin = r.origin and f.code = r.code`
}

export interface MediaCounts {
  kept: number
  bytes: number
  /** Not asked for yet. */
  due: number
  refused: number
}

/** Null where no file was ever asked for. */
export async function mediaCounts(db: Queryable, connection: string): Promise<MediaCounts | null> {
  const [row] = await db<(MediaCounts & { files: number })[]>`
    select count(*)::int as files, count(sha256)::int as kept, coalesce(sum(size), 0)::float8 as bytes,
      count(*) filter (where sha256 is null and reason is null)::int as due,
      count(*) filter (where reason is not null)::int as refused
    from media_file where connection = ${connection}`
  if (!row || row.files === 0) return null
  const { files: _files, ...counts } = row
  return counts
}

/** Comparing the store with what is known lists all of it: once a day is enough. */
const sweepEveryHours = 24

/** The part of the store that the daily look has come to; null when it is not due. */
export async function sweepPart(db: Queryable, connection: string): Promise<number | null> {
  const [row] = await db<{ part: number }[]>`
    select sweep_part as part from media_collection
    where connection = ${connection} and swept_at < now() - make_interval(hours => ${sweepEveryHours})`
  return row?.part ?? null
}

export async function setSweepPart(db: Queryable, connection: string, part: number): Promise<void> {
  await db`update media_collection set sweep_part = ${part} where connection = ${connection}`
}

export async function endSweep(db: Queryable, connection: string): Promise<void> {
  await db`update media_collection set sweep_part = 0, swept_at = now() where connection = ${connection}`
}

/** Forgets files that no record has named for `keepDays`; their bytes go with the part of the store they are in. */
export async function forgetOrphans(db: Queryable, connection: string, keepDays: number): Promise<void> {
  await db`
    update media_file f set orphan_since = case when f.orphan_since is null then now() end
    where f.connection = ${connection} and (f.orphan_since is null) = (not exists (
      select from media_use u where u.connection = f.connection and u.origin = f.origin and u.code = f.code))`
  await db`
    delete from media_file
    where connection = ${connection} and orphan_since < now() - make_interval(days => ${keepDays})`
}

/** Hashes that are known and begin with these digits. */
export async function knownHashes(db: Queryable, connection: string, prefix: string): Promise<Set<string>> {
  const rows = await db<{ sha256: string }[]>`
    select distinct sha256 from media_file
    where connection = ${connection} and sha256 collate "C" >= ${prefix} and sha256 collate "C" < ${`${prefix}g`}`
  return new Set(rows.map(({ sha256 }) => sha256))
}

/** Files whose bytes are gone from the store are asked for again. */
export async function wantAgain(db: Queryable, connection: string, hashes: string[]): Promise<void> {
  if (hashes.length === 0) return
  await db`
    update media_file set due_at = now() where connection = ${connection} and sha256 = any(${hashes}) and due_at is null`
}

/** What a run did is added up in its row, so that a chunk that dies counts nothing twice. */
export async function countCollected(
  db: Queryable,
  run: bigint,
  counts: Partial<Pick<MediaReport, 'downloaded' | 'bytes' | 'removed'>>,
): Promise<void> {
  const { downloaded = 0, bytes = 0, removed = 0 } = counts
  await db`
    update run set report = report || jsonb_build_object(
      'downloaded', coalesce((report ->> 'downloaded')::bigint, 0) + ${downloaded},
      'bytes', coalesce((report ->> 'bytes')::bigint, 0) + ${bytes},
      'removed', coalesce((report ->> 'removed')::bigint, 0) + ${removed})
    where id = ${run}::bigint`
}

export async function collectedCounts(
  db: Queryable,
  run: bigint,
): Promise<Pick<MediaReport, 'downloaded' | 'bytes' | 'removed'>> {
  const [row] = await db<Pick<MediaReport, 'downloaded' | 'bytes' | 'removed'>[]>`
    select coalesce((report ->> 'downloaded')::float8, 0) as downloaded, coalesce((report ->> 'bytes')::float8, 0) as bytes,
      coalesce((report ->> 'removed')::float8, 0) as removed
    from run where id = ${run}::bigint`
  return row ?? { downloaded: 0, bytes: 0, removed: 0 }
}
