import { defaultsText, type OutputDefaults } from '../../domain/mapping/output-defaults.ts'
import type { Queryable, Transaction } from './database.ts'
import { bumpStructureVersion } from './structure.ts'
import { enqueueEverything } from './waiting.ts'

/** Name and text of a mapping file; null stands for the defaults. */
export type AppliedMapping = { name: string; text: string } | null

/** What an output's records are made by. */
export interface AppliedOutput {
  mapping: AppliedMapping
  /** Of the configuration, as they were applied; null where no worker has noted them yet. */
  settings: OutputDefaults | null
}

interface MappingRow {
  output: string
  file: string | null
  mapping: string | null
  settings: OutputDefaults | null
}

/** By output; one that is missing has not begun. */
export async function appliedOutputs(db: Queryable, connection: string): Promise<Map<string, AppliedOutput>> {
  const rows = await db<MappingRow[]>`
    select output, file, mapping, settings from output_mapping where connection = ${connection}`
  return new Map(
    rows.map(({ output, file, mapping, settings }) => [
      output,
      { mapping: file === null || mapping === null ? null : { name: file, text: mapping }, settings },
    ]),
  )
}

/** Of each output the file alone. */
export async function appliedMappings(
  db: Queryable,
  connection: string,
): Promise<Map<string, AppliedMapping>> {
  const outputs = await appliedOutputs(db, connection)
  return new Map([...outputs].map(([output, { mapping }]) => [output, mapping]))
}

/**
 * Begins an output once: everything that is stored is published in it by the next run. One that has records already was made by
 * the defaults, so its mapping waits until its differences were looked at. False when it had begun before.
 * Settings of a version that did not keep them are what the configuration says now.
 */
export async function beginOutput(
  tx: Transaction,
  connection: string,
  output: string,
  mapping: AppliedMapping,
  settings: OutputDefaults,
): Promise<boolean> {
  const settingsText = defaultsText(settings)
  await tx`
    update output_mapping set settings = ${settingsText}::text::json
    where connection = ${connection} and output = ${output} and settings is null`
  const begun = await tx`
    insert into output_mapping (connection, output, file, mapping, settings)
    select ${connection}, ${output}, case when held then null else ${mapping?.name ?? null} end,
      case when held then null else ${mapping?.text ?? null} end, ${settingsText}::text::json
    from (select exists (
      select from hub_record where connection = ${connection} and output = ${output}) as held) as known
    on conflict do nothing returning output`
  if (begun.length === 0) return false
  await remake(tx, connection)
  return true
}

/** From here on all workers translate by this mapping; everything is queued to be made anew. */
export async function applyMapping(
  tx: Transaction,
  connection: string,
  output: string,
  { mapping, settings }: AppliedOutput,
): Promise<void> {
  await tx`
    insert into output_mapping (connection, output, file, mapping, settings)
    values (${connection}, ${output}, ${mapping?.name ?? null}, ${mapping?.text ?? null},
      ${settings && defaultsText(settings)}::text::json)
    on conflict (connection, output) do update set file = excluded.file, mapping = excluded.mapping,
      settings = coalesce(excluded.settings, output_mapping.settings), applied_at = now()`
  await remake(tx, connection)
}

/** Notes a file that was written from the very text that made the records. */
export async function keepAsApplied(
  db: Queryable,
  connection: string,
  output: string,
  { name, text }: NonNullable<AppliedMapping>,
): Promise<void> {
  await db`
    update output_mapping set file = ${name}, mapping = ${text}
    where connection = ${connection} and output = ${output} and mapping is null`
}

/** Compiled mappings are dropped with the structure they were compiled for. */
async function remake(tx: Transaction, connection: string): Promise<void> {
  await bumpStructureVersion(tx, connection)
  await enqueueEverything(tx, connection, 'mapping')
}
