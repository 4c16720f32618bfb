import type { Identifier } from '../../../domain/enrichment/identifier.ts'
import {
  type RequestLine,
  type RequestState,
  toldStates,
} from '../../../domain/enrichment/requests/creation-request.ts'
import type { PatchedStream } from '../../akeneo/patch.ts'
import { onlyRow, type Queryable } from '../database.ts'
import type { FindingKind } from './findings.ts'
import type { RecordName } from './record.ts'

/** What commands and the morning page ask of an enrichment and nothing else does. Reads only. */

export interface NamedCount {
  name: string
  count: number
}

/** How the enrichment of a connection stands. */
export interface EnrichmentSight {
  /** Products that the mapping's filter chose. */
  chosen: number
  due: number
  /** Of the last look at each product; `not asked` where there was none. */
  outcomes: NamedCount[]
  /** Values that are ours now. */
  values: number
  /** Lines that wait to be sent, and those that Akeneo has refused whole. */
  lines: { waiting: number; parked: number }
  files: number
  /** By kind. */
  findings: NamedCount[]
  /** By state. */
  requests: NamedCount[]
  /** Options that a person is asked about. */
  optionsAsked: number
  /** When the index that was read last was made, as Icecat writes it; null: none was read. */
  indexGenerated: string | null
  /** Parts of the mapping that Akeneo has no place for any more, in words. */
  leftOut: string[]
  /** Why the newer mapping file of a worker was not taken, in words. */
  notTaken: string | null
}

export async function enrichmentSight(db: Queryable, connection: string): Promise<EnrichmentSight> {
  const sums = onlyRow(
    await db<Omit<EnrichmentSight, 'outcomes' | 'findings' | 'requests' | 'lines'>[]>`
    select
      (select count(*)::int from enrichment_product where connection = ${connection}) as chosen,
      (select count(*)::int from enrichment_product where connection = ${connection} and due is not null) as due,
      (select count(*)::int from enrichment_value where connection = ${connection}) as values,
      (select count(*)::int from enrichment_file where connection = ${connection}) as files,
      (select count(*)::int from enrichment_option where connection = ${connection} and state = 'asked') as "optionsAsked",
      coalesce((select left_out from enrichment_state where connection = ${connection}), '{}') as "leftOut",
      (select not_taken from enrichment_state where connection = ${connection}) as "notTaken",
      (select index_generated from enrichment_state where connection = ${connection}) as "indexGenerated"`,
  )
  const lines = await db<NamedCount[]>`
    select case state when 'parked' then state else 'waiting' end as name, count(*)::int as count
    from enrichment_line where connection = ${connection} group by 1`
  const counted = (name: string) => lines.find((row) => row.name === name)?.count ?? 0
  return {
    ...sums,
    outcomes: await db<NamedCount[]>`
      select coalesce(outcome, 'not asked') as name, count(*)::int as count from enrichment_product
      where connection = ${connection} group by 1 order by 2 desc, 1`,
    lines: { waiting: counted('waiting'), parked: counted('parked') },
    findings: await db<NamedCount[]>`
      select kind as name, count(*)::int as count from enrichment_finding
      where connection = ${connection} group by 1 order by 2 desc, 1`,
    requests: await db<NamedCount[]>`
      select state as name, count(*)::int as count from enrichment_request
      where connection = ${connection} group by 1 order by 2 desc, 1`,
  }
}

/** Outcomes of products by brand or family; what has none stands under ''. */
export async function outcomesBy(
  db: Queryable,
  connection: string,
  what: 'brand' | 'family',
): Promise<{ name: string; outcome: string; count: number }[]> {
  return db<{ name: string; outcome: string; count: number }[]>`
    select coalesce(${db(what)}, '') as name, coalesce(outcome, 'not asked') as outcome, count(*)::int as count
    from enrichment_product where connection = ${connection} group by 1, 2 order by 1, 2`
}

/** Values of ours by locale; what has none stands under ''. */
export async function valuesByLocale(db: Queryable, connection: string): Promise<NamedCount[]> {
  return db<NamedCount[]>`
    select coalesce(locale, '') as name, count(*)::int as count from enrichment_value
    where connection = ${connection} and sent is not null group by 1 order by 1`
}

export interface LocaleCoverage {
  family: string
  /** '' for values without locale. */
  locale: string
  /** Products whose sheet gave a value that is ours, to them or to a model of theirs. */
  products: number
}

/** A GTIN that Icecat is asked by for several products: which of them its sheet is of cannot be told. */
export interface SharedGtin {
  gtin: string
  /** How many products have it. */
  count: number
  /** The first of them, by SKU where they have one. */
  products: string[]
}

/** So many products of a shared GTIN are named: one that stands for "none" may be everybody's. */
const namedProducts = 10

/** Those that most products have first; `product`: only those that this one has. Without one it reads all chosen products: 3 s for 1,000,000. */
export async function sharedGtins(
  db: Queryable,
  connection: string,
  product?: string,
): Promise<SharedGtin[]> {
  const gtins = db`
    select gtin from (
      select jsonb_array_elements_text(gtins_of(identifiers)) as gtin from enrichment_product
      where connection = ${connection} ${product === undefined ? db`` : db`and product = ${product}`}
    ) as g`
  return db<SharedGtin[]>`
    with looked_at as materialized (${gtins} ${product === undefined ? db`group by 1 having count(*) > 1` : db``}),
    shared as (
      select gtin, array_agg(product) as keys
      from looked_at join enrichment_product p on p.connection = ${connection} and gtins_of(p.identifiers) ? gtin
      group by 1 having count(*) > 1
    )
    select gtin, cardinality(keys) as count, array(
      select coalesce(s.code, k.key) from (select unnest(keys) as key order by 1 limit ${namedProducts}) as k
      left join source_record s on s.connection = ${connection} and s.stream = 'products' and s.key = k.key
      order by 1) as products
    from shared order by 2 desc, 1`
}

/** How far Icecat's content reaches, by family and locale. */
export async function coverageByFamily(db: Queryable, connection: string): Promise<LocaleCoverage[]> {
  return db<LocaleCoverage[]>`
    select coalesce(p.family, '') as family, coalesce(v.locale, '') as locale, count(distinct p.product)::int as products
    from enrichment_value v join enrichment_product p on p.connection = v.connection and p.product = v.product
    where v.connection = ${connection} and v.sent is not null
    group by 1, 2 order by 1, 2`
}

/** What is known of one product, and of the models above it. */
export interface EnrichedRecord {
  outcome: string | null
  message: string | null
  identifiers: Identifier[]
  problems: { code: string; message: string }[]
  icecatId: string | null
  matchedBy: string | null
  fetchedAt: Date | null
  due: string | null
  dueAt: Date | null
  request: { state: RequestState; askedAt: Date; nextCheckAt: Date; note: string } | null
  sharedGtins: SharedGtin[]
  findings: (RecordName & {
    place: string
    kind: FindingKind
    code: string
    message: string
    firstSeen: Date
  })[]
  values: WrittenPlace[]
  lines: (RecordName & { state: string; message: string | null })[]
  /** As in an EnrichmentSight: no value of any product is of these. */
  leftOut: string[]
}

/** A value of ours, and where it is from. */
export interface WrittenPlace extends RecordName {
  attribute: string
  locale: string | null
  scope: string | null
  sent: unknown
  /** Null and `isUnread`: not read back yet. */
  echoed: unknown
  isUnread: boolean
  isReleased: boolean
  icecatId: string | null
  source: string | null
  language: string | null
  licence: 'open' | 'full' | null
  sentAt: Date | null
}

/** Null: the mapping did not choose it. */
export async function enrichedRecord(
  db: Queryable,
  connection: string,
  product: string,
  models: readonly string[],
): Promise<EnrichedRecord | null> {
  const [row] = await db<Omit<EnrichedRecord, 'request' | 'sharedGtins' | 'findings' | 'values' | 'lines'>[]>`
    select outcome, message, identifiers, problems, icecat_id as "icecatId", matched_by as "matchedBy",
      fetched_at as "fetchedAt", due, due_at as "dueAt",
      coalesce((select left_out from enrichment_state where connection = ${connection}), '{}') as "leftOut"
    from enrichment_product where connection = ${connection} and product = ${product}`
  if (!row) return null
  const streams: PatchedStream[] = ['products', ...models.map(() => 'product-models' as const)]
  const keys = [product, ...models]
  const own = db`connection = ${connection} and (stream, key) in (select * from unnest(${streams}::text[], ${keys}::text[]))`
  const [request = null] = await db<NonNullable<EnrichedRecord['request']>[]>`
    select state, asked_at as "askedAt", next_check_at as "nextCheckAt", note from enrichment_request
    where connection = ${connection} and product = ${product}`
  return {
    ...row,
    request,
    sharedGtins: await sharedGtins(db, connection, product),
    findings: await db<EnrichedRecord['findings']>`
      select stream, key, place, kind, code, message, first_seen as "firstSeen" from enrichment_finding
      where ${own} order by stream desc, key, place, kind`,
    values: await db<WrittenPlace[]>`
      select stream, key, attribute, locale, scope, sent, echoed, is_unread as "isUnread", is_released as "isReleased",
        icecat_id as "icecatId", source, language, licence, sent_at as "sentAt"
      from enrichment_value where ${own} order by stream desc, key, place`,
    lines: await db<EnrichedRecord['lines']>`
      select stream, key, state, message from enrichment_line where ${own} order by stream desc, key`,
  }
}

/** Content that Icecat was asked for, with what its editors need to know. */
export interface RequestSight {
  product: string
  code: string | null
  state: RequestState
  askedAt: Date
  checkedAt: Date | null
  nextCheckAt: Date
  checks: number
  note: string
  exportedAt: Date | null
  /** Empty where the product is chosen no longer. */
  identifiers: Identifier[]
  brand: string | null
  family: string | null
  /** In whichever language the hub has it. */
  name: string | null
}

/** All; or the next that nobody was told of yet, at most so many. */
export async function requestSights(
  db: Queryable,
  connection: string,
  untold?: { most: number },
): Promise<RequestSight[]> {
  return db<RequestSight[]>`
    select r.product, s.code, r.state, r.asked_at as "askedAt", r.checked_at as "checkedAt", r.next_check_at as "nextCheckAt",
      r.checks, r.note, r.exported_at as "exportedAt", coalesce(p.identifiers, '[]') as identifiers, p.brand, p.family,
      (select t.value from hub_record h cross join lateral jsonb_each_text(h.body -> 'name') t
        where h.connection = r.connection and h.id = s.id order by h.output, t.key limit 1) as name
    from enrichment_request r
    left join enrichment_product p on p.connection = r.connection and p.product = r.product
    left join source_record s on s.connection = r.connection and s.stream = 'products' and s.key = r.product
    where r.connection = ${connection}
      ${untold === undefined ? db`` : db`and r.exported_at is null and r.state = any(${[...toldStates]})`}
    order by r.asked_at, r.product
    ${untold === undefined ? db`` : db`limit ${untold.most}`}`
}

/** What those who make content need to know. */
export function requestLine({ product, code, brand, identifiers, name, askedAt }: RequestSight): RequestLine {
  const byCode = identifiers.find((one) => one.by === 'code')
  return {
    product: code ?? product,
    brand: byCode?.brand ?? brand ?? '',
    code: byCode?.code ?? '',
    gtins: identifiers.flatMap((one) => (one.by === 'gtin' ? [one.gtin] : [])),
    name: name ?? '',
    askedAt: askedAt.toISOString(),
  }
}

export async function markExported(
  db: Queryable,
  connection: string,
  products: readonly string[],
): Promise<void> {
  await db`
    update enrichment_request set exported_at = now()
    where connection = ${connection} and product = any(${[...products]})`
}
