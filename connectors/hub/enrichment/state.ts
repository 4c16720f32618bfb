import type { MappingFile } from '../../mapping-file.ts'
import type { Queryable, Transaction } from '../database.ts'
import { lockRetirements } from '../publication-locks.ts'

/** How far enrichment of a connection has come. */
export interface EnrichmentState {
  mapping: MappingFile & { version: number; hash: string }
  /** What of it has no effect, because Akeneo has no place for it any more. */
  leftOut: string[]
  /** Why the newer file of a worker was not taken, in words. */
  notTaken: string | null
  indexGenerated: string | null
  /** Key up to which the stored products were looked through; null: from the beginning. */
  chosenAfter: string | null
  isChosen: boolean
  /** They are looked through because they may be found otherwise, not because of another mapping. */
  isFinding: boolean
}

export async function stateOf(db: Queryable, connection: string): Promise<EnrichmentState | null> {
  const [row] = await db<
    {
      name: string
      version: bigint
      text: string
      hash: string
      leftOut: string[]
      notTaken: string | null
      indexGenerated: string | null
      chosenAfter: string | null
      isChosen: boolean
      isFinding: boolean
    }[]
  >`
    select mapping_name as name, mapping_version as version, mapping_text as text, mapping_hash as hash,
      left_out as "leftOut", not_taken as "notTaken", index_generated as "indexGenerated", chosen_after as "chosenAfter", is_chosen as "isChosen",
      is_finding as "isFinding"
    from enrichment_state where connection = ${connection}`
  if (!row) return null
  const { name, version, text, hash, ...rest } = row
  return { ...rest, mapping: { name, version: Number(version), text, hash } }
}

/**
 * Products are judged by this mapping from now on: all of them are looked at again. First in its transaction: who stores products
 * before the first mapping is there notes no change of them (`noteChanged`), and is through before that look begins.
 */
export async function setMapping(
  tx: Transaction,
  connection: string,
  { name, version, text, hash }: EnrichmentState['mapping'],
): Promise<void> {
  await lockRetirements(tx, connection)
  await tx`
    insert into enrichment_state (connection, mapping_name, mapping_version, mapping_text, mapping_hash)
    values (${connection}, ${name}, ${version}, ${text}, ${hash})
    on conflict (connection) do update set
      mapping_name = excluded.mapping_name, mapping_version = excluded.mapping_version,
      mapping_text = excluded.mapping_text, mapping_hash = excluded.mapping_hash, left_out = '{}', not_taken = null,
      is_chosen = enrichment_state.is_chosen and enrichment_state.mapping_hash = excluded.mapping_hash,
      is_finding = enrichment_state.is_finding and enrichment_state.mapping_hash = excluded.mapping_hash,
      chosen_after = case when enrichment_state.mapping_hash = excluded.mapping_hash then enrichment_state.chosen_after end`
}

export async function setLeftOut(
  tx: Transaction,
  connection: string,
  leftOut: readonly string[],
): Promise<void> {
  await tx`update enrichment_state set left_out = ${[...leftOut]} where connection = ${connection}`
}

/** What the worker that looked last says of its own file. */
export async function setNotTaken(db: Queryable, connection: string, why: string | null): Promise<void> {
  await db`
    update enrichment_state set not_taken = ${why}
    where connection = ${connection} and not_taken is distinct from ${why}`
}

export async function setChosen(
  tx: Transaction,
  connection: string,
  { after, isChosen }: { after: string | null; isChosen: boolean },
): Promise<void> {
  await tx`
    update enrichment_state set chosen_after = ${after}, is_chosen = ${isChosen}, is_finding = is_finding and not ${isChosen}
    where connection = ${connection}`
}

/** A look through all products for another mapping begins: this is what they are found by. */
export async function setFoundBy(tx: Transaction, connection: string, foundBy: string): Promise<void> {
  await tx`update enrichment_state set found_by = ${foundBy} where connection = ${connection}`
}

/** All stored products are looked through once more where they may be found by something else; after the look that is under way. */
export async function findAgain(db: Queryable, connection: string, foundBy: string): Promise<void> {
  await db`
    update enrichment_state set found_by = ${foundBy}, is_chosen = false, is_finding = true
    where connection = ${connection} and is_chosen and found_by is distinct from ${foundBy}`
}

export async function setIndexRead(
  db: Queryable,
  connection: string,
  generated: string | null,
): Promise<void> {
  await db`
    update enrichment_state set index_generated = ${generated}, index_read_at = now() where connection = ${connection}`
}
