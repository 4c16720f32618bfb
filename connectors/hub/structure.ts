import type { StreamName } from '../../contracts/streams.ts'
import type { Queryable } from './database.ts'

/** The streams that say what values mean; a translation needs them all. */
export const structureStreams: StreamName[] = [
  'channels',
  'locales',
  'currencies',
  'measurement-families',
  'association-types',
  'attribute-groups',
  'attributes',
  'attribute-options',
  'families',
  'family-variants',
  'asset-families',
]

export async function structureVersion(db: Queryable, connection: string): Promise<bigint> {
  const [row] = await db<
    { version: bigint }[]
  >`select version from structure_version where connection = ${connection}`
  return row?.version ?? 0n
}

/** Akeneo's time when the last complete reading began; null before the first. */
export async function structureCompleteAt(db: Queryable, connection: string): Promise<Date | null> {
  const [row] = await db<{ at: Date | null }[]>`
    select complete_at as at from structure_version where connection = ${connection}`
  return row?.at ?? null
}

export async function markStructureComplete(db: Queryable, connection: string, at: Date): Promise<void> {
  await db`update structure_version set complete_at = ${at} where connection = ${connection}`
}

export async function bumpStructureVersion(tx: Queryable, connection: string): Promise<void> {
  await tx`
    insert into structure_version (connection, version) values (${connection}, 1)
    on conflict (connection) do update set version = structure_version.version + 1`
}

export async function structureRecords(
  db: Queryable,
  connection: string,
  streams = structureStreams,
): Promise<{ stream: StreamName; source: unknown }[]> {
  return db<{ stream: StreamName; source: unknown }[]>`
    select stream, source from source_record
    where connection = ${connection} and stream = any(${streams}) order by stream, key`
}
