import type { PatchedStream } from '../../akeneo/patch.ts'
import { onlyRow, type Queryable, type Transaction } from '../database.ts'

/** A product or model whose stored content has changed since enrichment looked at it last. */
export interface ChangedSource {
  stream: PatchedStream
  key: string
  /** As PostgreSQL writes it: only compared. */
  at: string
}

/**
 * In the transaction that stores them. A row that is being looked at is touched, so that it is looked at once more. Nothing before the
 * first enrichment, which looks at all that is stored.
 */
export async function noteChanged(
  tx: Transaction,
  connection: string,
  stream: PatchedStream,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  await tx`
    insert into enrichment_changed (connection, stream, key)
    select ${connection}, ${stream}, key from unnest(${[...keys].sort()}::text[]) as key
    where exists (select 1 from enrichment_state where connection = ${connection})
    on conflict (connection, stream, key) do update set at = clock_timestamp()`
}

export async function nextChanged(
  db: Queryable,
  connection: string,
  limit: number,
): Promise<ChangedSource[]> {
  return db<ChangedSource[]>`
    select stream, key, at::text as at from enrichment_changed
    where connection = ${connection} order by stream, key limit ${limit}`
}

/** Those that have not changed once more meanwhile. */
export async function forgetChanged(
  tx: Transaction,
  connection: string,
  seen: readonly ChangedSource[],
): Promise<void> {
  if (seen.length === 0) return
  await tx`
    delete from enrichment_changed c
    using unnest(${seen.map(({ stream }) => stream)}::text[], ${seen.map(({ key }) => key)}::text[],
      ${seen.map(({ at }) => at)}::text[]) as s (stream, key, at)
    where c.connection = ${connection} and c.stream = s.stream and c.key = s.key and c.at::text = s.at`
}

/** All of them: a look at every product is about to begin. */
export async function forgetAllChanged(tx: Transaction, connection: string): Promise<void> {
  await tx`delete from enrichment_changed where connection = ${connection}`
}

export async function hasChanged(db: Queryable, connection: string): Promise<boolean> {
  const [row] = await db`select 1 from enrichment_changed where connection = ${connection} limit 1`
  return row !== undefined
}

/**
 * Whether anything waits for an enrichment that nobody has started: changed records, another structure, or products that a run left for a
 * little later.
 */
export async function isEnrichmentDue(db: Queryable, connection: string): Promise<boolean> {
  const { isDue } = onlyRow(
    await db<{ isDue: boolean }[]>`
    select exists (select 1 from enrichment_changed where connection = ${connection})
      or exists (select 1 from enrichment_state e join structure_version v using (connection)
        where connection = ${connection} and e.structure_version is distinct from v.version)
      or exists (select 1 from enrichment_product
        where connection = ${connection} and due in ('held', 'read-back', 'overtaken', 'options') and due_at <= now()) as "isDue"`,
  )
  return isDue
}
