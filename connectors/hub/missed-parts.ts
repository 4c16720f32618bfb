import type { StreamName } from '../../contracts/streams.ts'
import { type ListPart, withoutParts, withParts } from '../../domain/list-parts.ts'
import { byCode } from '../../domain/text.ts'
import type { Queryable, Transaction } from './database.ts'
import { holdRecords, judgeable } from './judgeable.ts'
import { holdStructure } from './publication-locks.ts'
import { hashOfTouched } from './shown-hash.ts'
import { enqueue } from './waiting.ts'

/** Streams whose records have values and lists of what they name. */
export const valueStreams: ReadonlySet<StreamName> = new Set(['products', 'product-models'])

/** What a missed part names. */
export interface PartTarget {
  stream: StreamName
  key: string
  /** Of a value that has one, its channel; it shows other currencies than the others. */
  scope: string
}

/** Records that are changed at a time: their lists are held in memory. */
const recordsPerBatch = 500

/** What of a record has such lists. */
const fields = ['categories', 'associations', 'quantified_associations']

/**
 * A statement that notes parts of lists that stored records have and fresh ones do not, as far as what they name is stored: what left
 * the hub needs no keeping. `pair` is a table of both documents' lists by key, `changed` one of values that differ (emptied-values.ts).
 */
export const insertMissedParts = (
  tx: Transaction,
  { connection, stream, run }: { connection: string; stream: StreamName; run: bigint | null },
) => tx`
  insert into missed_part (connection, stream, key, place, name, target_stream, target, list_index, entry, run)
  select distinct on (list.key, list.place, p.name)
    ${connection}, ${stream}, list.key, list.place, p.name, target.stream, target.key, p.list_index, p.entry, ${run}::bigint
  from (
    select key, array['categories'] as place, 'categories' as names, categories_before as before, categories_after as after
    from pair
    union all
    select key, array[links.field, types.type, kinds.kind], kinds.names,
      types.partners -> kinds.kind, links.after -> types.type -> kinds.kind
    from pair
    cross join lateral (values ('associations', associations_before, associations_after),
      ('quantified_associations', quantified_before, quantified_after)) as links (field, before, after)
    cross join lateral jsonb_each(
      case when links.before is distinct from links.after and jsonb_typeof(links.before) = 'object'
        then links.before else '{}' end) as types (type, partners)
    cross join (values ('products', 'products'), ('product_models', 'product-models')) as kinds (kind, names)
    union all
    select key, array['values', attribute, locale, scope], 'currencies', entry -> 'data', data_in(entries_after, locale, scope)
    from changed where jsonb_path_exists(entry, '$.data[0].currency')
  ) as list
  cross join lateral list_parts(list.before) as p
  -- One look for each part that is missing; few are.
  cross join lateral (
    select t.stream, t.key, t.code from source_record t
    where t.connection = ${connection} and t.stream = list.names and t.key = p.name
    union all
    select t.stream, t.key, t.code from source_record t
    where t.connection = ${connection} and t.stream = list.names and lower(t.code) = lower(p.name)
    limit 1
  ) as target
  where list.before is distinct from list.after
    and not list_has(list.after, p.name)
    -- A product may be named by its uuid now and by its SKU before.
    and not list_has(list.after, target.key)
    and not list_has(list.after, target.code)
  on conflict (connection, stream, key, place, name) do update set
    state = 'open', why = null, entry = excluded.entry, target_stream = excluded.target_stream, target = excluded.target,
    list_index = excluded.list_index, run = excluded.run`

/**
 * Forgets what was noted of records that were written since and have it again, or were written without what they kept and nobody
 * noted it anew.
 */
export async function forgetReturned(
  tx: Transaction,
  connection: string,
  stream: StreamName,
  keys: string[],
): Promise<void> {
  await tx`
    delete from missed_part p using source_record s
    where p.connection = ${connection} and p.stream = ${stream} and p.key = any(${keys})
      and s.connection = p.connection and s.stream = p.stream and s.key = p.key
      and (p.state = 'frozen' or list_has(list_at(s.source, p.place), p.name))`
}

/** What stands of these records, by the names that people know. */
export async function notedParts(db: Queryable, connection: string, stream: StreamName, keys: string[]) {
  return db<{ key: string; state: string; place: string[]; name: string; why: string; since: Date }[]>`
    select p.key, p.state, p.place, coalesce(target.code, p.name) as name, p.why, p.since from missed_part p
    left join source_record target
      on target.connection = p.connection and target.stream = p.target_stream and target.key = p.target
    where p.connection = ${connection} and p.stream = ${stream} and p.key = any(${keys})
    order by p.key, p.place, p.name`
}

/** What must be known to be seen or not before this run can judge. */
export async function openTargets(
  db: Queryable,
  connection: string,
  run: bigint | null,
): Promise<PartTarget[]> {
  return db<PartTarget[]>`
    select distinct p.target_stream as stream, p.target as key, ${scopeOf(db)} as scope from missed_part p
    where ${judgeable(db, 'p', connection, run)}
    order by 1, 2, 3`
}

const scopeOf = (db: Queryable) => db`case p.place[1] when 'values' then p.place[4] else '' end`

type NotedPart = ListPart & { stream: StreamName; key: string }

/** Puts parts whose target went out of sight back into their stored records, as emptied values are. The rest leaves. */
export async function freezeParts(
  tx: Transaction,
  connection: string,
  run: bigint | null,
  targets: PartTarget[],
  hidden: (PartTarget & { why: string })[],
): Promise<void> {
  if (hidden.length > 0) {
    const frozen = await tx<NotedPart[]>`
      update missed_part p set state = 'frozen', why = h.why
      from json_to_recordset(${JSON.stringify(hidden)}::text::json) as h (stream text, key text, scope text, why text)
      where ${judgeable(tx, 'p', connection, run)} and p.target_stream = h.stream and p.target = h.key and ${scopeOf(tx)} = h.scope
        and exists (select from source_record s where s.connection = p.connection and s.stream = h.stream and s.key = h.key)
      returning p.stream, p.key, p.place, p.name, p.list_index as position, p.entry`
    await changeSources(tx, connection, frozen, withParts)
  }
  await tx`
    delete from missed_part p
    using json_to_recordset(${JSON.stringify(targets)}::text::json) as t (stream text, key text, scope text)
    where ${judgeable(tx, 'p', connection, run)}
      and p.target_stream = t.stream and p.target = t.key and ${scopeOf(tx)} = t.scope`
}

/** Lets go what was kept of records that have left the hub since, and puts those that had it into the queue. */
export async function releaseParts(tx: Transaction, connection: string): Promise<void> {
  const ownerless = tx`
    p.connection = ${connection} and p.state = 'frozen' and not exists (
      select from source_record s
      where s.connection = p.connection and s.stream = p.target_stream and s.key = p.target)`
  await holdStructure(tx, connection)
  await holdRecords(tx, connection, tx`select p.stream, p.key from missed_part p where ${ownerless}`)
  const released = await tx<NotedPart[]>`
    delete from missed_part p where ${ownerless}
    returning p.stream, p.key, p.place, p.name, p.list_index as position, p.entry`
  await changeSources(tx, connection, released, withoutParts)
  await enqueue(
    tx,
    connection,
    released.map(({ stream, key }) => ({ stream, key, reason: 'emptied' as const })),
  )
}

/** Each reading looks at them anew. Whose records they are, holds them. */
async function changeSources(
  tx: Transaction,
  connection: string,
  parts: NotedPart[],
  change: typeof withParts,
): Promise<void> {
  const attributes = [
    ...new Set(parts.flatMap(({ place: [field, code] }) => (field === 'values' && code ? [code] : []))),
  ]
  for (const stream of valueStreams) {
    const byKey = new Map<string, NotedPart[]>()
    for (const part of parts.filter((one) => one.stream === stream))
      byKey.set(part.key, [...(byKey.get(part.key) ?? []), part])
    const keys = [...byKey.keys()].sort(byCode)
    for (let from = 0; from < keys.length; from += recordsPerBatch) {
      const stored = await tx<{ key: string; lists: Record<string, unknown> }[]>`
        select key, (
          select coalesce(jsonb_object_agg(field, source -> field), '{}') from unnest(${fields}::text[]) as field where source ? field
        ) || jsonb_build_object('values', (
          select coalesce(jsonb_object_agg(code, source -> 'values' -> code), '{}') from unnest(${attributes}::text[]) as code
          where source -> 'values' ? code)) as lists
        from source_record
        where connection = ${connection} and stream = ${stream} and key = any(${keys.slice(from, from + recordsPerBatch)})
        order by key`
      const changed = stored.map(({ key, lists }) => ({ key, lists: change(lists, byKey.get(key) ?? []) }))
      await tx`
        update source_record s set hash = ${hashOfTouched(tx)}, source = s.source || c.lists
          || jsonb_build_object('values', (s.source -> 'values') - ${attributes}::text[] || (c.lists -> 'values'))
        from json_to_recordset(${JSON.stringify(changed)}::text::json) as c (key text, lists jsonb)
        where s.connection = ${connection} and s.stream = ${stream} and s.key = c.key`
    }
  }
}
