import type { StreamName } from '../../../contracts/streams.ts'
import type { Queryable, Transaction } from '../database.ts'
import { judgeable } from '../judgeable.ts'
import type { RecordName } from './record.ts'

/*
 * Values of ours that nobody emptied: Akeneo took them out of all records with a deleted attribute or option (ADR 12). They are marked, and
 * judged as values that are not there yet.
 */

/** Codes in lower case. */
export interface LostOptions {
  attribute: string
  codes: string[]
}

export interface Option {
  attribute: string
  code: string
}

/** So many options are asked for after one run: who deletes more of them has most of them told by the next reconcile. */
const mostAsked = 100

/** Options that values of ours were which records have lost: of those that are noted and not judged yet (`emptied_value`). */
export async function emptiedOptions(
  db: Queryable,
  connection: string,
  run: bigint | null,
): Promise<Option[]> {
  return db<Option[]>`
    select distinct o.attribute, c.code
    from (${emptiedOfOurs(db, connection, run)}) as o
    join source_record a on a.connection = ${connection} and a.stream = 'attributes' and a.key = o.attribute
    cross join lateral jsonb_array_elements_text(${listOf(db, db`o.data`)}) as c (code)
    where ${isSelect(db)}
    order by 1, 2 limit ${mostAsked}`
}

/** Akeneo has these options no more: they took the values with them that are noted and not judged yet. */
export async function markEmptiedWith(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  gone: readonly Option[],
): Promise<void> {
  if (gone.length === 0) return
  await tx`
    update enrichment_value v set was_gone = true, remained = null
    from (${emptiedOfOurs(tx, connection, run)}) as o
    where v.connection = ${connection} and v.stream = o.stream and v.key = o.key and v.place = o.place and exists (
      select 1 from json_to_recordset(${JSON.stringify(gone)}::text::json) as g (attribute text, code text)
      where g.attribute = o.attribute
        and g.code in (select c.code from jsonb_array_elements_text(${listOf(tx, tx`o.data`)}) as c (code)))`
}

/** What a run has found empty where a value of ours stood. */
const emptiedOfOurs = (db: Queryable, connection: string, run: bigint | null) => db`
  select v.stream, v.key, v.place, e.attribute, e.entry -> 'data' as data
  from emptied_value e
  join enrichment_value v on v.connection = ${connection} and v.stream = e.stream and v.key = e.key
    and v.place = lower(e.attribute) || ' ' || e.locale || ' ' || e.scope
  where ${judgeable(db, 'e', connection, run)} and not v.was_gone and not v.is_unread and v.echoed = e.entry -> 'data'`

/** Akeneo has these attributes no more (lower case): their values went with them, save those that a person had emptied. */
export async function markGone(
  tx: Transaction,
  connection: string,
  attributes: readonly string[],
): Promise<void> {
  if (attributes.length === 0) return
  await tx`
    update enrichment_value v set was_gone = true, remained = null
    where connection = ${connection} and lower(attribute) = any(${[...attributes]}) and not was_gone
      and not exists (
        select 1 from enrichment_finding f
        where f.connection = v.connection and f.stream = v.stream and f.key = v.key and f.place = v.place
          and f.kind in ('kept', 'flagged') and f.code = 'cleared')`
}

/** Akeneo has these options no more. Only where the stored record still has the value: what it has lost was judged by its date. */
export async function markLostOptions(
  tx: Transaction,
  connection: string,
  lost: readonly LostOptions[],
): Promise<void> {
  if (lost.length === 0) return
  await tx`
    update enrichment_value v set was_gone = true, remained = (
      select jsonb_agg(code) from jsonb_array_elements_text(${listOf(tx, tx`coalesce(v.remained, v.sent)`)}) as c (code)
      where jsonb_typeof(v.sent) = 'array' and lower(code) <> all(o.codes))
    from json_to_recordset(${JSON.stringify(lost)}::text::json) as o (attribute text, codes text[]), source_record s
    where v.connection = ${connection} and lower(v.attribute) = o.attribute
      and exists (select from jsonb_array_elements_text(${listOf(tx, tx`v.sent`)}) as c (code) where lower(code) = any(o.codes))
      and s.connection = v.connection and s.stream = v.stream and s.key = v.key
      and (v.is_unread or coalesce(${shown(tx, tx`s.source -> 'values' -> v.attribute`)} in (v.echoed, v.remained), false))`
}

/** Records with values that went with one of these options: their values may be written again. */
export async function lostWithOptions(
  tx: Transaction,
  connection: string,
  options: readonly { attribute: string; names: readonly string[] }[],
): Promise<RecordName[]> {
  return tx<RecordName[]>`
    select distinct v.stream, v.key
    from json_to_recordset(${JSON.stringify(options)}::text::json) as o (attribute text, names text[])
    join enrichment_value v on v.connection = ${connection} and v.was_gone and lower(v.attribute) = o.attribute
    where exists (select from jsonb_array_elements_text(${listOf(tx, tx`v.sent`)}) as c (code) where lower(code) = any(o.names))`
}

/**
 * Part of the statement that compares stored records with fresh ones of the same keys (`noteEmptied`): of its `changed`, values that stood as
 * Akeneo showed them when they were ours, and do not stand any more, or only in part, in a record that nobody has touched. Its date says so to the
 * second only: what Akeneo takes in another way than this one went was taken by a person, in the second of the change that was read last.
 */
export const markUntouchedLosses = (
  db: Queryable,
  { connection, stream, keys }: { connection: string; stream: StreamName; keys: readonly string[] },
) => db`
  update enrichment_value v set was_gone = true, remained = ${shown(db, db`c.entries_after`)}
  from changed c
  where v.connection = ${connection} and v.stream = ${stream} and v.key = any(${[...keys]}) and v.key = c.key
    and c.is_untouched and v.place = lower(c.attribute) || ' ' || c.locale || ' ' || c.scope
    and not v.is_unread and c.entry -> 'data' in (v.echoed, v.remained)
    and (not coalesce(value_is_filled(${shown(db, db`c.entries_after`)}), false)
      or jsonb_typeof(c.entry -> 'data') = 'array' and c.entry -> 'data' @> ${shown(db, db`c.entries_after`)})
    and ${mayBeTaken(db, connection)}
  returning 1`

/** With an attribute all of its values go, with an option those that are it, with a locale or channel those in it. */
const mayBeTaken = (db: Queryable, connection: string) => db`(
  c.entries_after is null
  or not exists (
    select from source_record a
    where a.connection = ${connection} and a.stream = 'attributes' and a.key = c.attribute and not ${isSelect(db)})
  or (c.locale <> '' or c.scope <> '') and not exists (
    select from source_record h
    where h.connection = ${connection} and h.stream = 'channels'
      and c.scope in ('', h.key) and (c.locale = '' or h.source -> 'locales' ? c.locale)))`

/** Part of the statement that finds `chosen` values to be out of sight: they stand there still. */
export const forgetLosses = (db: Queryable, connection: string) => db`
  update enrichment_value v set was_gone = false, remained = null
  from chosen c
  where v.connection = ${connection} and v.stream = c.stream and v.key = c.key
    and v.place = lower(c.attribute) || ' ' || c.locale || ' ' || c.scope and v.was_gone
  returning 1`

const shown = (db: Queryable, entries: ReturnType<Queryable>) =>
  db`data_in(${entries}, coalesce(v.locale, ''), coalesce(v.scope, ''))`

/** Of a stored attribute `a`. */
const isSelect = (db: Queryable) =>
  db`(a.source ->> 'type' in ('pim_catalog_simpleselect', 'pim_catalog_multiselect'))`

/** Codes of a select value, as a list. */
const listOf = (db: Queryable, data: ReturnType<Queryable>) =>
  db`case jsonb_typeof(${data}) when 'array' then ${data} when 'string' then jsonb_build_array(${data}) else '[]' end`
