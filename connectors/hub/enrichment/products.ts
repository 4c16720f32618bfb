import type { Identifier } from '../../../domain/enrichment/identifier.ts'
import type { IndexVerdict } from '../../../domain/enrichment/match/index-tally.ts'
import { onlyRow, type Queryable, type Sql, type Transaction } from '../database.ts'
import { interval } from './record.ts'

/** A product that the mapping's filter chose, with what Icecat is asked by. */
export interface ChosenProduct {
  product: string
  root: string | null
  identifiers: Identifier[]
  problems: { code: string; message: string }[]
  brand: string | null
  family: string | null
}

/** Why a product is looked at; reports show it. */
export type DueReason =
  | 'new'
  | 'identifiers'
  | 'index'
  | 'mapping'
  | 'edited'
  | 'rules'
  | 'request'
  | 'person'
  | 'held'
  | 'read-back'
  | 'unclear'
  | 'restricted'

/** Chosen products are kept; those that Icecat is asked for otherwise than before, or never were, are due. */
export async function keepChosen(
  tx: Transaction,
  connection: string,
  products: readonly ChosenProduct[],
  { allDue }: { allDue: boolean },
): Promise<void> {
  if (products.length === 0) return
  await tx`
    insert into enrichment_product as p (connection, product, root, identifiers, problems, brand, family, due, due_at)
    select ${connection}, product, root, identifiers, problems, brand, family, 'new', now()
    from json_to_recordset(${JSON.stringify(products)}::text::json)
      as r (product text, root text, identifiers jsonb, problems jsonb, brand text, family text)
    order by product
    on conflict (connection, product) do update set
      root = excluded.root, identifiers = excluded.identifiers, problems = excluded.problems, brand = excluded.brand,
      family = excluded.family,
      due = coalesce(p.due, case
        when p.identifiers is distinct from excluded.identifiers then 'identifiers'
        when p.root is distinct from excluded.root or p.family is distinct from excluded.family then 'edited'
        when ${allDue} then 'mapping' end),
      due_at = case
        when p.identifiers is distinct from excluded.identifiers or p.root is distinct from excluded.root
          or p.family is distinct from excluded.family or ${allDue}
        then least(coalesce(p.due_at, now()), now()) else p.due_at end`
}

/** Products that are chosen no longer leave; what was written stays written, and known. */
export async function dropProducts(
  tx: Transaction,
  connection: string,
  products: readonly string[],
): Promise<void> {
  if (products.length === 0) return
  await tx`delete from enrichment_product where connection = ${connection} and product = any(${[...products]})`
}

/** Of the products in this stretch of keys, all but those chosen. */
export async function dropOthers(
  tx: Transaction,
  connection: string,
  { after, last, chosen }: { after: string | null; last: string | null; chosen: readonly string[] },
): Promise<void> {
  await tx`
    delete from enrichment_product where connection = ${connection}
      ${after === null ? tx`` : tx`and product > ${after}`} ${last === null ? tx`` : tx`and product <= ${last}`}
      and not product = any(${[...chosen]})`
}

export interface KnownProduct extends ChosenProduct {
  icecatId: string | null
  matchedBy: string | null
  indexUpdated: string | null
  modelCells: unknown
  message: string | null
  judged: Buffer | null
  due: string | null
  /** As PostgreSQL writes it: only compared. */
  dueAt: string | null
}

const columns = (db: Queryable) => db`
  p.product, p.root, p.identifiers, p.problems, p.brand, p.family, p.icecat_id as "icecatId", p.matched_by as "matchedBy",
  p.index_updated as "indexUpdated", p.model_cells as "modelCells", p.message, p.judged, p.due, p.due_at::text as "dueAt"`

export async function productsByKey(
  db: Queryable,
  connection: string,
  keys: readonly string[],
): Promise<KnownProduct[]> {
  if (keys.length === 0) return []
  return db<KnownProduct[]>`
    select ${columns(db)} from enrichment_product p
    where connection = ${connection} and product = any(${[...keys]}) order by product`
}

/** Products whose root is one of these, in lower case. */
export async function productKeysOfRoots(
  db: Queryable,
  connection: string,
  roots: readonly string[],
): Promise<string[]> {
  if (roots.length === 0) return []
  const rows = await db<{ product: string }[]>`
    select product from enrichment_product where connection = ${connection} and root = any(${[...roots]})`
  return rows.map(({ product }) => product)
}

export interface TakeProducts {
  holder: string
  leaseMs: number
  most: number
  /** These only, whether due or not. */
  only?: readonly string[] | undefined
}

/**
 * Takes products that are due and that nobody holds, each with all that share its root, due or not. A taken product is due again when
 * the lease is over, unless `settleProducts` says otherwise: so what a dead worker held is not lost.
 */
export async function takeProducts(
  sql: Sql,
  connection: string,
  { holder, leaseMs, most, only }: TakeProducts,
): Promise<KnownProduct[]> {
  return sql.begin(async (tx) => {
    // Two that look together would each take a variant of one root.
    await tx`select pg_advisory_xact_lock(hashtextextended(${`enrichment products ${connection}`}, 0))`
    return tx<KnownProduct[]>`
      with next as (
        select product, root from enrichment_product
        where connection = ${connection} and (held_until is null or held_until <= clock_timestamp())
          ${only === undefined ? tx`and due is not null and due_at <= clock_timestamp()` : tx`and product = any(${[...only]})`}
        order by due_at, product limit ${most}
      ), wanted as (
        -- By their keys: either-or conditions would look at every product of the connection.
        select product from next
        union
        select p.product from (select distinct root from next where root is not null) r
        join enrichment_product p on p.connection = ${connection} and p.root = r.root
      ), taken as (
        select p.product from wanted join enrichment_product p on p.connection = ${connection} and p.product = wanted.product
        where not exists (
          select 1 from enrichment_product h where h.connection = p.connection and h.root = p.root
            and h.held_until > clock_timestamp())
        order by p.product for update of p
      )
      update enrichment_product p set holder = ${holder},
        held_until = clock_timestamp() + ${interval(leaseMs)}::interval,
        due = coalesce(due, ${only === undefined ? null : 'person'}),
        due_at = case when due is not null or ${only !== undefined} then clock_timestamp() + ${interval(leaseMs)}::interval end
      from taken where p.connection = ${connection} and p.product = taken.product
      returning ${columns(tx)}`
  })
}

/** What became of a product that was looked at. */
export interface SettledProduct {
  product: string
  /** As it was taken: one that was made due meanwhile stays due. */
  dueAt: string | null
  outcome: string
  message: string | null
  icecatId: string | null
  matchedBy: string | null
  /** When its sheet was fetched; null: there was none. */
  fetchedAt: string | null
  /** What the index said of the sheet when Icecat was asked, whatever the answer: the same is no news. Null: it was not read. */
  askedUpdated: string | null
  /** Icecat's number of the sheet's category; null: there was no sheet. */
  category: string | null
  modelCells: unknown
  /** Hex. */
  judged: string | null
  /** Null: nothing more to do. */
  due: DueReason | null
  dueInMs: number
}

/** Gives them back. False when `holder` has lost one of them: then the caller's transaction is to be undone. */
export async function settleProducts(
  tx: Transaction,
  connection: string,
  run: bigint,
  holder: string,
  products: readonly SettledProduct[],
): Promise<boolean> {
  if (products.length === 0) return true
  const rows = await tx`
    update enrichment_product p set
      outcome = r.outcome, message = r.message, icecat_id = r."icecatId", matched_by = r."matchedBy",
      fetched_at = coalesce(r."fetchedAt", p.fetched_at),
      fetched_updated = coalesce(r."askedUpdated", p.fetched_updated),
      category = coalesce(r.category, p.category),
      model_cells = nullif(r."modelCells", 'null'), judged = decode(r.judged, 'hex'), run = ${run}::bigint,
      holder = null, held_until = null,
      due = case when p.due_at::text is distinct from r."dueAt" then p.due else r.due end,
      due_at = case when p.due_at::text is distinct from r."dueAt" then p.due_at
        when r.due is null then null else clock_timestamp() + make_interval(secs => r."dueInMs" / 1000.0) end
    from json_to_recordset(${JSON.stringify(products)}::text::json) as r (product text, "dueAt" text, outcome text, message text,
      "icecatId" text, "matchedBy" text, "fetchedAt" timestamptz, "askedUpdated" text, category text, "modelCells" jsonb, judged text, due text,
      "dueInMs" double precision)
    where p.connection = ${connection} and p.product = r.product and p.holder = ${holder} and p.held_until > clock_timestamp()
    returning 1`
  return rows.length === products.length
}

/** What was taken: found by its keys, because nothing finds products by their holder without looking at all of them. */
export interface TakenProducts {
  holder: string
  products: readonly string[]
}

/** Whoever comes next may have what was not settled. */
export async function releaseProducts(
  db: Queryable,
  connection: string,
  { holder, products }: TakenProducts,
): Promise<void> {
  await db`
    update enrichment_product set
      due_at = case when due is not null then least(due_at, clock_timestamp()) end,
      holder = null, held_until = null
    where connection = ${connection} and product = any(${[...products]}) and holder = ${holder}`
}

/** Puts off until then what is due now. */
export async function postponeDue(db: Queryable, connection: string, until: Date): Promise<void> {
  await db`
    update enrichment_product set due_at = ${until}
    where connection = ${connection} and due is not null and due_at <= now() and (held_until is null or held_until <= now())`
}

export interface DueProducts {
  now: number
  later: number
  /** Until the next of those that somebody holds is free, or due again because its holder has died; null: none is held. */
  heldMs: number | null
}

export async function dueProducts(db: Queryable, connection: string): Promise<DueProducts> {
  return onlyRow(
    await db<DueProducts[]>`
    select count(*) filter (where due_at <= clock_timestamp())::int as now,
      count(*) filter (where due_at > clock_timestamp())::int as later,
      extract(epoch from min(held_until) filter (where held_until > clock_timestamp()) - clock_timestamp())::float8 * 1000 as "heldMs"
    from enrichment_product where connection = ${connection} and due is not null`,
  )
}

/** Shows that `holder` is still at it. False when it has lost them. */
export async function renewProducts(
  db: Queryable,
  connection: string,
  { holder, products, leaseMs }: TakenProducts & Pick<TakeProducts, 'leaseMs'>,
): Promise<boolean> {
  const rows = await db`
    update enrichment_product set held_until = clock_timestamp() + ${interval(leaseMs)}::interval
    where connection = ${connection} and product = any(${[...products]}) and holder = ${holder} and held_until > clock_timestamp()
    returning 1`
  return rows.length > 0
}

/** Makes these due, for this reason unless there is one already. */
export async function makeDue(
  db: Queryable,
  connection: string,
  due: DueReason,
  products: readonly string[],
): Promise<void> {
  if (products.length === 0) return
  await db`
    update enrichment_product set due = coalesce(due, ${due}), due_at = least(coalesce(due_at, now()), now())
    where connection = ${connection} and product = any(${[...products]})`
}

/** For the index: what it is matched by, a stretch of keys at a time. */
export async function nextWatched(
  db: Queryable,
  connection: string,
  after: string,
  limit: number,
): Promise<{ product: string; identifiers: Identifier[]; icecatId: string | null }[]> {
  return db<{ product: string; identifiers: Identifier[]; icecatId: string | null }[]>`
    select product, identifiers, icecat_id as "icecatId" from enrichment_product
    where connection = ${connection} and product > ${after} order by product limit ${limit}`
}

/**
 * What the index says of products. Found: due when the sheet is newer than the one that was asked for; a day's grace, because Icecat writes
 * its times without a zone, where it is only known when that one was fetched. Described by several rows, not described yet, or taken
 * away: nothing is fetched.
 */
export async function applyIndex(
  tx: Transaction,
  connection: string,
  verdicts: readonly ({ product: string } & IndexVerdict)[],
): Promise<void> {
  if (verdicts.length === 0) return
  const rows = JSON.stringify(verdicts)
  await tx`
    with r as (
      select p.product, r.kind, r."icecatId", r.updated, r.by,
        r.kind = 'found'
          and coalesce(p.fetched_updated, to_char(p.fetched_at - interval '26 hours', 'YYYYMMDDHH24MISS'), '') < r.updated as is_news
      from json_to_recordset(${rows}::text::json) as r (product text, kind text, "icecatId" text, updated text, by text)
      join enrichment_product p on p.connection = ${connection} and p.product = r.product
    )
    update enrichment_product p set
      index_updated = case when r.kind = 'found' then r.updated else p.index_updated end,
      icecat_id = case when r.kind = 'ambiguous' then p.icecat_id else r."icecatId" end,
      outcome = case when r.kind in ('removed', 'ambiguous') then r.kind else p.outcome end,
      message = case r.kind
        when 'removed' then 'Icecat has taken sheet ' || r."icecatId" || ' away; what was written stays'
        when 'ambiguous' then 'several sheets of Icecat have this ' || r.by || ': say which by match.icecatId' else p.message end,
      due = case when r.is_news then coalesce(p.due, 'index') when r.kind in ('removed', 'ambiguous') then null else p.due end,
      due_at = case when r.is_news then least(coalesce(p.due_at, now()), now())
        when r.kind in ('removed', 'ambiguous') then null else p.due_at end
    from r where p.connection = ${connection} and p.product = r.product`
}
