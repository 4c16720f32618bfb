import type { Texts } from '../../domain/enrichment/sheet.ts'
import type { CategoryNeeds } from '../../domain/enrichment/suggest/coverage.ts'
import type { ListedFeature } from '../../domain/enrichment/suggest/suggest-mapping.ts'
import type { Queryable, Sql } from './database.ts'

/** One reading of one of Icecat's lists. */
export interface ListReading {
  account: string
  list: string
  run: bigint
}

export interface ListEntry {
  key: string
  body: unknown
}

export interface ListCounts {
  records: number
  added: number
  changed: number
  removed: number
  problem: string | null
}

/** Twice gives what once gives; of one key the last entry stays. */
export async function keepEntries(
  db: Queryable,
  { account, list, run }: ListReading,
  entries: ReadonlyMap<string, unknown>,
): Promise<void> {
  if (entries.size === 0) return
  const given = JSON.stringify(Array.from(entries, ([key, body]): ListEntry => ({ key, body })))
  await db`
    insert into icecat_record as r (account, list, key, body, added_run, changed_run, seen_run)
    select ${account}, ${list}, key, body, ${run}, ${run}, ${run}
    from json_to_recordset(${given}::text::json) as given (key text, body jsonb) order by key
    on conflict (account, list, key) do update set
      seen_run = greatest(r.seen_run, excluded.seen_run),
      changed_run = case when r.body is distinct from excluded.body then excluded.changed_run else r.changed_run end,
      body = excluded.body`
}

/** A list that lost more than this at once was cut or is another account's: what it lacks stays until it is seen to be so again. */
const largestLoss = 0.5
/** Lists shorter than this may halve. */
const shortList = 20

/** Removes what the reading did not see, unless that is too much to be true, and says what it did; safe to repeat. */
export function endReading(sql: Sql, { account, list, run }: ListReading): Promise<ListCounts> {
  return sql.begin(async (tx) => {
    const [counted] = await tx<{ seen: bigint; added: bigint; changed: bigint; unseen: bigint }[]>`
      select count(*) filter (where seen_run >= ${run}) as seen,
        count(*) filter (where added_run = ${run}) as added,
        count(*) filter (where changed_run = ${run} and added_run <> ${run}) as changed,
        count(*) filter (where seen_run < ${run}) as unseen
      from icecat_record where account = ${account} and list = ${list}`
    const { seen = 0n, added = 0n, changed = 0n, unseen = 0n } = counted ?? {}
    const before = Number(seen - added + unseen)
    const isShort = before >= shortList && Number(unseen) > before * largestLoss
    const problem = isShort
      ? `${unseen} of ${before} entries are not in it any more: they were kept. Ask Icecat, or look at icecat.subscription.`
      : null
    if (!isShort && unseen > 0n)
      await tx`delete from icecat_record where account = ${account} and list = ${list} and seen_run < ${run}`
    const removed = isShort ? 0n : unseen
    const [kept] = await tx<{ removed: bigint }[]>`
      insert into icecat_list as l (account, list, run, records, added, changed, removed, problem)
      values (${account}, ${list}, ${run}, ${seen}, ${added}, ${changed}, ${removed}, ${problem})
      on conflict (account, list) do update set
        run = excluded.run, read_at = clock_timestamp(), records = excluded.records, added = excluded.added,
        changed = excluded.changed, problem = excluded.problem,
        removed = excluded.removed + case when l.run = excluded.run then l.removed else 0 end
      returning removed`
    return {
      records: Number(seen),
      added: Number(added),
      changed: Number(changed),
      removed: Number(kept?.removed ?? 0n),
      problem,
    }
  })
}

/** A list that could not be read: what is known of it stays. */
export async function refuseReading(
  db: Queryable,
  { account, list, run }: ListReading,
  problem: string,
): Promise<ListCounts> {
  const counts = { records: 0, added: 0, changed: 0, removed: 0, problem }
  await db`
    insert into icecat_list (account, list, run, records, added, changed, removed, problem)
    values (${account}, ${list}, ${run}, 0, 0, 0, 0, ${problem})
    on conflict (account, list) do update set
      run = excluded.run, added = 0, changed = 0, removed = 0, problem = excluded.problem`
  return counts
}

export interface KnownList {
  list: string
  records: number
  readAt: Date
  problem: string | null
}

export async function knownLists(db: Queryable, account: string): Promise<KnownList[]> {
  const rows = await db<{ list: string; records: bigint; readAt: Date; problem: string | null }[]>`
    select list, records, read_at as "readAt", problem from icecat_list where account = ${account} order by list`
  return rows.map((row) => ({ ...row, records: Number(row.records) }))
}

/** Names are those of these languages only: the whole list has sixty. */
const namesIn = (db: Queryable, languages: readonly string[]) => db`
  coalesce((select jsonb_object_agg(language, body->'names'->language) from unnest(${[...languages]}::text[]) as language
    where body->'names' ? language), '{}'::jsonb)`

const pageOf = 2000

/** Icecat's features, page by page, with their names in these languages. */
export async function* featuresOf(
  db: Queryable,
  account: string,
  languages: readonly string[],
  ids: readonly string[] | null = null,
): AsyncGenerator<ListedFeature> {
  for (let after = ''; ;) {
    const page: ListedFeature[] = await db<ListedFeature[]>`
      select key as id, ${namesIn(db, languages)} as names, body->>'type' as type, body->'measure' as measure,
        body->'restrictedValues' as "restrictedValues"
      from icecat_record
      where account = ${account} and list = 'features' and key > ${after}
        ${ids === null ? db`` : db`and key = any(${[...ids]})`}
      order by key limit ${pageOf}`
    yield* page.map((feature) =>
      feature.measure?.sign === '' && feature.measure.id === '' ? { ...feature, measure: null } : feature,
    )
    if (page.length < pageOf) return
    after = page.at(-1)?.id ?? after
  }
}

export interface NamedCategory extends CategoryNeeds {
  names: Texts
}

/** What categories ask for; all of them where none is named. */
export async function categoriesOf(
  db: Queryable,
  account: string,
  languages: readonly string[],
  ids: readonly string[] | null,
): Promise<NamedCategory[]> {
  return db<NamedCategory[]>`
    select f.key as "categoryId", f.body->'features' as features, coalesce(c.names, '{}'::jsonb) as names
    from icecat_record f
    left join lateral (
      select ${namesIn(db, languages)} as names from icecat_record
      where account = f.account and list = 'categories' and key = f.key) c on true
    where f.account = ${account} and f.list = 'categoryFeatures' ${ids === null ? db`` : db`and f.key = any(${[...ids]})`}
    order by f.key`
}

/** By feature: how many of these categories ask for it, of all where none is named. */
export async function featureDemand(
  db: Queryable,
  account: string,
  categories: readonly string[] | null,
): Promise<Map<string, number>> {
  const rows = await db<{ id: string; n: bigint }[]>`
    select feature->>'id' as id, count(*) as n
    from icecat_record, jsonb_array_elements(body->'features') as feature
    where account = ${account} and list = 'categoryFeatures' ${categories === null ? db`` : db`and key = any(${[...categories]})`}
    group by 1`
  return new Map(rows.map(({ id, n }) => [id, Number(n)]))
}

/** Icecat's categories that products of a connection are in, by what sheets said; most products first. */
export async function productCategories(
  db: Queryable,
  connection: string,
): Promise<{ categoryId: string; products: number }[]> {
  return db<{ categoryId: string; products: number }[]>`
    select category as "categoryId", count(*)::int as products from enrichment_product
    where connection = ${connection} and category is not null group by 1 order by 2 desc, 1`
}
