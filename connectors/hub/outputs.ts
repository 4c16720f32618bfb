import { defaultsText, type OutputDefaults } from '../../domain/mapping/output-defaults.ts'
import type { Queryable, Transaction } from './database.ts'
import { changeStructure } from './publication-locks.ts'
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
  byDefault: boolean
  isNamed: boolean
}

/** Of a connection: all that have begun, and which of them is the one of a configuration without outputs. */
export interface StoredOutput extends AppliedOutput {
  byDefault: boolean
  /** False once no worker that runs has it in its configuration: then nothing is published in it. */
  isNamed: boolean
}

/** How often a worker says again that it has its outputs; unit: seconds. */
export const nameEverySeconds = 60

/** Who has not said it for so long has ended; unit: seconds. */
const namedForSeconds = 5 * nameEverySeconds

/** By output; one that is missing has not begun. */
export async function appliedOutputs(db: Queryable, connection: string): Promise<Map<string, StoredOutput>> {
  const rows = await db<MappingRow[]>`
    select output, file, mapping, settings, by_default as "byDefault",
      coalesce(named_at > '-infinity', false) as "isNamed"
    from output_mapping where connection = ${connection}`
  return new Map(
    rows.map(({ output, file, mapping, ...row }) => [
      output,
      { ...row, mapping: file === null || mapping === null ? null : { name: file, text: mapping } },
    ]),
  )
}

/** Name and settings of the output that was chosen because the configuration names none; null before its first publication. */
export function defaultOutputOf(
  outputs: ReadonlyMap<string, StoredOutput>,
): { name: string; settings: OutputDefaults } | null {
  for (const [name, { byDefault, settings }] of outputs)
    if (byDefault) return { name, settings: settings ?? wholeChannel(name) }
  return null
}

export const wholeChannel = (channel: string): OutputDefaults => ({
  channel,
  locales: null,
  currencies: null,
})

/**
 * Chooses the output of a configuration without outputs, once: the first channel by code that holds records, else the first one. What an
 * earlier version has begun goes on by that. Where the configuration named others before, all that is stored passed it by: it counts as one that
 * has ended (`nameOutputs`).
 */
export async function pinDefaultOutput(
  db: Queryable,
  connection: string,
  channels: readonly string[],
): Promise<void> {
  const [chosen] = await db<{ code: string }[]>`
    select code from unnest(${channels}::text[]) with ordinality as channel (code, place)
    order by exists (select from hub_record where connection = ${connection} and output = code) desc, place limit 1`
  if (!chosen) return
  const pinned = await db`
    insert into output_mapping (connection, output, settings, by_default, named_at)
    select ${connection}, ${chosen.code}, ${defaultsText(wholeChannel(chosen.code))}::text::json, true,
      case when exists (select from output_mapping where connection = ${connection}) then '-infinity' else now() end
    where not exists (select from output_mapping where connection = ${connection} and by_default)
    on conflict (connection, output) do update set by_default = true, settings = coalesce(output_mapping.settings, excluded.settings)
    returning output`
  if (pinned.length > 0) await bumpStructureVersion(db, connection)
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
  // A configuration that names now what was its only output goes on with it, and publishes what passed it by while others were named.
  const named = await tx`
    update output_mapping set by_default = false
    where connection = ${connection} and output = ${output} and by_default returning output`
  if (named.length > 0) await remake(tx, connection)
  await tx`
    update output_mapping set settings = ${settingsText}::text::json
    where connection = ${connection} and output = ${output} and settings is null`
  const begun = await tx`
    insert into output_mapping (connection, output, file, mapping, settings, named_at)
    select ${connection}, ${output}, case when held then null else ${mapping?.name ?? null} end,
      case when held then null else ${mapping?.text ?? null} end, ${settingsText}::text::json, now()
    from (select exists (
      select from hub_record where connection = ${connection} and output = ${output}) as held) as known
    on conflict do nothing returning output`
  if (begun.length === 0) return false
  await remake(tx, connection)
  return true
}

/**
 * Notes that a worker which runs has these outputs in its configuration, or names none and so has the one that was chosen. All workers publish in
 * what any of them has, so that none takes out of the queue what is to come into an output that it does not have yet. One that no worker has any
 * more ends here; where it is named again, what passed it by is made anew.
 */
export async function nameOutputs(
  tx: Transaction,
  connection: string,
  outputs: readonly string[],
): Promise<void> {
  const rows = await tx<{ ends: boolean; returns: boolean }[]>`
    with known as (
      select output, named_at,
        output = any(${outputs}::text[]) or (by_default and ${outputs.length === 0}) as own
      from output_mapping where connection = ${connection} order by output for update)
    update output_mapping o set named_at = case when own then now() else '-infinity' end
    from known
    where o.connection = ${connection} and o.output = known.output and case when own
      then known.named_at is null or known.named_at < now() - make_interval(secs => ${nameEverySeconds} / 2)
      else known.named_at > '-infinity' and known.named_at < now() - make_interval(secs => ${namedForSeconds}) end
    returning not own as ends, own and known.named_at is not distinct from '-infinity' as returns`
  if (rows.some(({ returns }) => returns)) await remake(tx, connection)
  else if (rows.some(({ ends }) => ends)) await bumpStructureVersion(tx, connection)
}

/** From here on all workers translate by this mapping; everything is queued to be made anew. */
export async function applyMapping(
  tx: Transaction,
  connection: string,
  output: string,
  { mapping, settings }: AppliedOutput,
): Promise<void> {
  await tx`
    insert into output_mapping (connection, output, file, mapping, settings, named_at)
    values (${connection}, ${output}, ${mapping?.name ?? null}, ${mapping?.text ?? null},
      ${settings && defaultsText(settings)}::text::json, now())
    on conflict (connection, output) do update set file = excluded.file, mapping = excluded.mapping,
      settings = coalesce(excluded.settings, output_mapping.settings), applied_at = now()`
  await remake(tx, connection)
}

/** Products of an output that go out and were read without their completeness: what asks for it would withhold them. */
export async function readWithoutCompleteness(
  db: Queryable,
  connection: string,
  output: string,
): Promise<number> {
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from hub_record record join source_record source
      on source.connection = record.connection and source.id = record.id and source.stream = 'products'
    where record.connection = ${connection} and record.output = ${output} and record.kind = 'product'
      and record.status = 'active' and not source.source ? 'completenesses'`
  return row?.n ?? 0
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
  await changeStructure(tx, connection)
  await bumpStructureVersion(tx, connection)
  await enqueueEverything(tx, connection, 'mapping')
}
