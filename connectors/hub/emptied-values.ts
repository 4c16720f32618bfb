import type { StreamName } from '../../contracts/streams.ts'
import { fieldOfPart, partRemedy, partText } from '../../domain/list-parts.ts'
import type { Queryable, Transaction } from './database.ts'
import { judgeable } from './judgeable.ts'
import { forgetLosses, markUntouchedLosses } from './enrichment/lost-values.ts'
import { forgetReturned, insertMissedParts, notedParts } from './missed-parts.ts'
import { hashOfTouched } from './shown-hash.ts'

/** Where a value stands, whatever record it is of. Empty locale and scope stand for none. */
export interface ValuePlace {
  attribute: string
  locale: string
  scope: string
}

export interface OpenPlace extends ValuePlace {
  /** Attribute group and type, as stored; null where the attribute is not. */
  group: string | null
  type: string | null
  /** Options among the values of a select attribute, some of them. */
  options: string[]
}

/**
 * Notes what stored records have and fresh ones of the same keys do not. Call before the fresh ones are written; their
 * `sources` are lines. Only values and lists that differ are looked into: most documents change in one place.
 */
export async function noteEmptied(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  { keys, sources }: { keys: string[]; sources: string },
  run: bigint | null,
): Promise<void> {
  await tx`
    with pair as materialized (
      select r.key, old.values as had, new.values as has, old.updated = new.updated as is_untouched,
        old.categories as categories_before, new.categories as categories_after,
        old.associations as associations_before, new.associations as associations_after,
        old.quantified_associations as quantified_before, new.quantified_associations as quantified_after
      from rows from (unnest(${keys}::text[]), string_to_table(${sources}::text, chr(10))) as r (key, source)
      join source_record s on s.connection = ${connection} and s.stream = ${stream} and s.key = r.key
      -- Once through each document, which is large.
      cross join lateral jsonb_to_record(s.source) as old (updated text, values jsonb, categories jsonb, associations jsonb, quantified_associations jsonb)
      cross join lateral jsonb_to_record(r.source::jsonb) as new (updated text, values jsonb, categories jsonb, associations jsonb, quantified_associations jsonb)
    ),
    changed as materialized (
      select pair.key, old.attribute, entry, coalesce(entry ->> 'locale', '') as locale, coalesce(entry ->> 'scope', '') as scope,
        pair.has -> old.attribute as entries_after, pair.is_untouched
      from pair
      cross join lateral jsonb_each(case jsonb_typeof(pair.had) when 'object' then pair.had else '{}' end) as old (attribute, entries)
      cross join lateral jsonb_array_elements(old.entries) as entry
      where old.entries is distinct from pair.has -> old.attribute
    ),
    parts as (${insertMissedParts(tx, { connection, stream, run })}),
    lost as (${markUntouchedLosses(tx, { connection, stream, keys })})
    insert into emptied_value (connection, stream, key, attribute, locale, scope, entry, run)
    select distinct on (key, attribute, locale, scope) ${connection}, ${stream}, key, attribute, locale, scope, entry, ${run}::bigint
    from changed
    where value_is_filled(entry -> 'data')
      and not coalesce(value_is_filled(data_in(entries_after, locale, scope)), false)
    on conflict (connection, stream, key, attribute, locale, scope) do update set
      state = 'open', why = null, entry = excluded.entry, run = excluded.run`
}

/**
 * Forgets what was noted of records that were written since: values that are filled again, and a person's no, which holds until Akeneo
 * shows the record otherwise, as it does those of `changed`.
 */
export async function forgetRefilled(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
  changed: string[],
): Promise<void> {
  await tx`
    delete from emptied_value v using source_record s
    where v.connection = ${connection} and v.stream = ${stream} and v.key = any(${keys})
      and s.connection = v.connection and s.stream = v.stream and s.key = v.key
      and source_has_value(s.source, v.attribute, v.locale, v.scope)`
  await forgetReturned(tx, connection, stream, keys)
  await tx`
    delete from emptied_hold h using source_record s, emptied_plan p
    where h.connection = ${connection} and h.stream = ${stream} and h.key = any(${keys}) and p.id = h.plan
      and s.connection = h.connection and s.stream = h.stream and s.key = h.key
      and (p.state = 'rejected' and h.key = any(${changed}) or source_has_value(s.source, h.attribute, h.locale, h.scope))`
}

/** What a record carries although Akeneo does not show it any more. */
export interface Frozen {
  field: string
  /** As a person reads it. */
  what: string
  why: string
  remedy: string
  since: Date
}

/** What stands against publishing records as they are stored. */
export interface EmptiedRecord {
  /** A value is missing, and nobody knows yet why. */
  open: boolean
  frozen: Frozen[]
  /** Outputs that keep the record as they have it. */
  heldIn: Set<string>
}

const valueRemedy =
  'Give the user of the connection the right to see it, or let it leave: pimflow reconcile, then pimflow approvals'

interface NotedValue {
  key: string
  state: string
  attribute: string
  locale: string
  why: string
  since: Date
  output: string | null
}

/** By key; records that nothing stands against are not among them. */
export async function emptiedRecords(
  db: Queryable,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<Map<string, EmptiedRecord>> {
  const found = new Map<string, EmptiedRecord>()
  if (keys.length === 0) return found
  const entry = (key: string) => {
    const record = found.get(key) ?? { open: false, frozen: [], heldIn: new Set<string>() }
    found.set(key, record)
    return record
  }
  const values = await db<NotedValue[]>`
    select key, state, attribute, locale, why, since, null as output from emptied_value
    where connection = ${connection} and stream = ${stream} and key = any(${keys})
    union all
    select distinct on (key, output) key, 'held', attribute, locale, null, now(), output from emptied_hold
    where connection = ${connection} and stream = ${stream} and key = any(${keys})`
  for (const { key, state, output, attribute, locale, why, since } of values) {
    const record = entry(key)
    const what = locale === '' ? attribute : `${attribute} in ${locale}`
    if (output !== null) record.heldIn.add(output)
    else if (state === 'open') record.open = true
    else record.frozen.push({ field: attribute, what, why, remedy: valueRemedy, since })
  }
  for (const { key, state, place, name, why, since } of await notedParts(db, connection, stream, keys)) {
    const record = entry(key)
    if (state === 'open') record.open = true
    else
      record.frozen.push({
        field: fieldOfPart(place),
        what: partText({ place, name }),
        why,
        remedy: partRemedy(place),
        since,
      })
  }
  return found
}

const selectTypes = ['pim_catalog_simpleselect', 'pim_catalog_multiselect']

/** One that Akeneo does not have any more is enough to know. */
const optionsLookedAt = 10

export async function openPlaces(
  db: Queryable,
  connection: string,
  run: bigint | null,
): Promise<OpenPlace[]> {
  return db<OpenPlace[]>`
    select o.attribute, o.locale, o.scope, a.source ->> 'group' as group, a.source ->> 'type' as type,
      case when a.source ->> 'type' = any(${selectTypes}) then array(
        select distinct p.name from emptied_value v cross join lateral list_parts(
          case jsonb_typeof(v.entry -> 'data') when 'array' then v.entry -> 'data' else jsonb_build_array(v.entry -> 'data') end) as p
        where ${judgeable(db, 'v', connection, run)}
          and v.attribute = o.attribute and v.locale = o.locale and v.scope = o.scope and p.name is not null
        order by 1 limit ${optionsLookedAt}
      ) else '{}' end as options
    from (select distinct v.attribute, v.locale, v.scope from emptied_value v where ${judgeable(db, 'v', connection, run)}) as o
    left join source_record a on a.connection = ${connection} and a.stream = 'attributes' and a.key = o.attribute
    order by o.attribute, o.locale, o.scope`
}

/**
 * Puts values that went out of sight back into their stored records. Each reading looks at them anew (shown-hash.ts): the first that
 * shows the value again, or was made when everybody could see that it is empty, counts.
 */
export async function freezeValues(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  places: (ValuePlace & { why: string })[],
): Promise<void> {
  if (places.length === 0) return
  await tx`
    with chosen as (
      update emptied_value v set state = 'frozen', why = p.why
      from json_to_recordset(${JSON.stringify(places)}::text::json) as p (attribute text, locale text, scope text, why text)
      where ${judgeable(tx, 'v', connection, run)}
        and v.attribute = p.attribute and v.locale = p.locale and v.scope = p.scope
      returning v.stream, v.key, v.attribute, v.locale, v.scope, v.entry
    ),
    hidden as (${forgetLosses(tx, connection)}),
    kept as (
      select c.stream, c.key, jsonb_object_agg(c.attribute, coalesce(s.source -> 'values' -> c.attribute, '[]') || c.entries) as held
      from (select stream, key, attribute, jsonb_agg(entry) as entries from chosen group by stream, key, attribute) as c
      join source_record s on s.connection = ${connection} and s.stream = c.stream and s.key = c.key
      group by c.stream, c.key
    )
    update source_record s set hash = ${hashOfTouched(tx)}, source = jsonb_set(s.source, '{values}',
      case jsonb_typeof(s.source -> 'values') when 'object' then s.source -> 'values' else '{}' end || kept.held)
    from kept where s.connection = ${connection} and s.stream = kept.stream and s.key = kept.key`
}

export interface EmptiedCount extends ValuePlace {
  stream: StreamName
  emptied: number
}

/** How many records of each stream lost each of these values, in this run; those with fewer than `from` are left out. */
export async function emptiedCounts(
  db: Queryable,
  connection: string,
  run: bigint | null,
  places: ValuePlace[],
  from: number,
): Promise<EmptiedCount[]> {
  return db<EmptiedCount[]>`
    select v.stream, v.attribute, v.locale, v.scope, count(*)::int as emptied
    from emptied_value v
    join json_to_recordset(${JSON.stringify(places)}::text::json) as p (attribute text, locale text, scope text)
      on v.attribute = p.attribute and v.locale = p.locale and v.scope = p.scope
    where ${judgeable(db, 'v', connection, run)}
    group by v.stream, v.attribute, v.locale, v.scope having count(*) >= ${from}
    order by v.stream, v.attribute, v.locale, v.scope`
}

/** How many stored records of the stream still have the value, counted up to `limit`: beyond it the share is small enough. */
export async function countFilled(
  db: Queryable,
  connection: string,
  { stream, attribute, locale, scope }: ValuePlace & { stream: StreamName },
  limit: number,
): Promise<number> {
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from (
      select 1 from source_record
      where connection = ${connection} and stream = ${stream} and source -> 'values' ? ${attribute}
        and source_has_value(source, ${attribute}, ${locale}, ${scope})
      limit ${limit}
    ) as found`
  return row?.n ?? 0
}

/** Forgets values that were not judged yet and that their stored records have again, because parts of them were put back. */
export async function forgetOpenRefilled(
  tx: Transaction,
  connection: string,
  run: bigint | null,
): Promise<void> {
  await tx`
    delete from emptied_value v using source_record s
    where ${judgeable(tx, 'v', connection, run)}
      and s.connection = v.connection and s.stream = v.stream and s.key = v.key
      and source_has_value(s.source, v.attribute, v.locale, v.scope)`
}

/**
 * What was judged, which is at these places, goes out with the next publication; what an output holds has its rows there. What somebody has
 * opened elsewhere meanwhile is for the next judgement.
 */
export async function closeEmptied(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  places: ValuePlace[],
): Promise<void> {
  await tx`
    delete from emptied_value v
    using json_to_recordset(${JSON.stringify(places)}::text::json) as p (attribute text, locale text, scope text)
    where ${judgeable(tx, 'v', connection, run)}
      and v.attribute = p.attribute and v.locale = p.locale and v.scope = p.scope`
}

/** Holds the records that lost one of these values, in one output. */
export async function holdEmptied(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  plan: { output: string; guard: number; fields: (EmptiedCount & { filled: number })[] },
): Promise<bigint> {
  const [row] = await tx<{ id: bigint }[]>`
    insert into emptied_plan (connection, output, run, state, fields, guard)
    values (${connection}, ${plan.output}, ${run}::bigint, 'held', ${JSON.stringify(plan.fields)}::text::jsonb, ${plan.guard})
    returning id`
  if (!row) throw new Error('The database stored a plan of emptied values and gave no number')
  await tx`
    insert into emptied_hold (plan, connection, output, stream, key, attribute, locale, scope)
    select ${row.id}::bigint, v.connection, ${plan.output}, v.stream, v.key, v.attribute, v.locale, v.scope
    from emptied_value v
    join json_to_recordset(${JSON.stringify(plan.fields)}::text::json) as f (stream text, attribute text, locale text, scope text)
      on f.stream = v.stream and f.attribute = v.attribute and f.locale = v.locale and f.scope = v.scope
    where ${judgeable(tx, 'v', connection, run)}`
  return row.id
}
