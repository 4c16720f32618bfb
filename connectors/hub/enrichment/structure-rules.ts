import type { Queryable, Transaction } from '../database.ts'
import { judgeAgain } from './due.ts'
import { lostWithOptions } from './lost-values.ts'
import type { RecordName } from './record.ts'

export interface KeptRule {
  kind: 'attribute' | 'options' | 'family'
  /** Lower case. */
  code: string
  /** Of all that it says; hex. */
  hash: string
  /** Of options that values of the mapping may be: which they are, in lower case. */
  codes?: string[]
}

/** Codes in lower case. */
export interface ChangedRules {
  attributes: string[]
  /** Attributes that have other options, with all that these are called now, in lower case. */
  options: { attribute: string; names: string[] }[]
  families: string[]
}

/** Version of the structure whose rules are kept; null: none are. */
export async function ruledVersion(db: Queryable, connection: string): Promise<bigint | null> {
  const [row] = await db<{ version: bigint | null }[]>`
    select structure_version as version from enrichment_state where connection = ${connection}`
  return row?.version ?? null
}

export interface OtherRule extends Pick<KeptRule, 'kind' | 'code'> {
  /** Options that have left, in lower case. */
  lost: string[]
}

/** Keeps what products are judged by from now on. Returns what is otherwise than before: nothing where nothing was kept. */
export async function keepRules(
  tx: Transaction,
  connection: string,
  version: bigint,
  rules: readonly KeptRule[],
): Promise<OtherRule[]> {
  const [before] = await tx`select 1 from enrichment_rule where connection = ${connection} limit 1`
  const changed = await tx<OtherRule[]>`
    with now as (
      select kind, code, decode(hash, 'hex') as hash, codes
      from json_to_recordset(${JSON.stringify(rules)}::text::json) as r (kind text, code text, hash text, codes text[])
    ), gone as (
      delete from enrichment_rule r
      where connection = ${connection} and not exists (select 1 from now n where n.kind = r.kind and n.code = r.code)
      returning kind, code
    ), kept as (
      insert into enrichment_rule as r (connection, kind, code, hash, codes)
      select ${connection}, kind, code, hash, codes from now order by kind, code
      on conflict (connection, kind, code) do update set hash = excluded.hash, codes = excluded.codes
        where r.hash <> excluded.hash or r.codes is distinct from excluded.codes
      returning kind, code
    )
    -- As it was before this statement. An attribute that the mapping no longer writes has no list of now.
    select other.kind, other.code, array(
      select unnest(r.codes)
      except select unnest(coalesce(n.codes, r.codes)) from now n where n.kind = other.kind and n.code = other.code
      order by 1) as lost
    from (select * from gone union all select * from kept) as other
    left join enrichment_rule r on r.connection = ${connection} and r.kind = other.kind and r.code = other.code`
  await tx`update enrichment_state set structure_version = ${version}::bigint where connection = ${connection}`
  return before === undefined ? [] : [...changed]
}

/** What could not be written by the rules of before is judged by those of now, and so is all that is written into families that changed. */
export async function judgeByRules(
  tx: Transaction,
  connection: string,
  { attributes, options, families }: ChangedRules,
): Promise<void> {
  const ruled = [...attributes, ...options.map(({ attribute }) => attribute)]
  const refused = await tx<RecordName[]>`
    delete from enrichment_finding
    where connection = ${connection} and kind = 'refused' and place <> '' and split_part(place, ' ', 1) = any(${ruled})
    returning stream, key`
  // Of lines that were refused whole, those whose refusal speaks of one of these attributes.
  const parked = await tx<RecordName[]>`
    update enrichment_line l set read_as = null
    where connection = ${connection} and state = 'parked' and (
      exists (select 1 from unnest(${ruled}::text[]) as code where strpos(lower(l.message), code) > 0)
      or exists (
        select 1 from source_record s where s.connection = l.connection and s.stream = l.stream and s.key = l.key
          and lower(s.family) = any(${families})))
    returning stream, key`
  const misfits = await tx<RecordName[]>`
    select stream, key from enrichment_finding
    where connection = ${connection} and kind = 'problem' and split_part(place, ' ', 1) = any(${attributes})`
  const found =
    options.length === 0
      ? []
      : [
          ...(await missedOptions(tx, connection, options)),
          ...(await lostWithOptions(tx, connection, options)),
        ]
  await judgeAgain(tx, connection, 'rules', [...refused, ...parked, ...misfits, ...found])
  if (families.length === 0) return
  // Those that it has a mapped attribute for only now were not chosen; those that it has none for any more leave.
  await tx`
    insert into enrichment_changed (connection, stream, key)
    select connection, stream, key from source_record
    where connection = ${connection} and stream = 'products' and lower(family) = any(${families}) order by key
    on conflict (connection, stream, key) do update set at = clock_timestamp()`
  await tx`
    update enrichment_product set due = coalesce(due, 'rules'), due_at = least(coalesce(due_at, now()), now())
    where connection = ${connection} and outcome in ('enriched', 'unchanged') and lower(family) = any(${families})`
}

/** Records with a value that one of these options may be: not all that lack any other. */
async function missedOptions(
  tx: Transaction,
  connection: string,
  options: ChangedRules['options'],
): Promise<RecordName[]> {
  return tx<RecordName[]>`
    with named as (
      select attribute, name
      from json_to_recordset(${JSON.stringify(options)}::text::json) as r (attribute text, names text[]), unnest(names) as name
    ), missed as (
      select f.stream, f.key, split_part(f.place, ' ', 1) as attribute, lower(btrim(w.name)) as name
      from enrichment_finding f, jsonb_array_elements(f.data) as option, lateral (
        select option ->> 'code' as name union select value from jsonb_each_text(option -> 'labels')) as w
      where f.connection = ${connection} and f.kind = 'problem' and jsonb_typeof(f.data) = 'array'
    )
    select distinct stream, key from missed join named using (attribute, name)
    union
    select stream, key from enrichment_finding
    where connection = ${connection} and kind = 'problem' and code in ('ambiguous-option', 'option-gone')
      and split_part(place, ' ', 1) = any(${options.map(({ attribute }) => attribute)})`
}
