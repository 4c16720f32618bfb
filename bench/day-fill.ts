import type { Sql } from '../connectors/hub/database.ts'
import { eanValue, mappedCodes, numberOf } from './day-catalogue.ts'
import { storeItems } from './support/seed-keys.ts'
import type { SimulatedAkeneo } from './support/simulator.ts'

/** Records of several pages in one transaction. */
const recordsAtOnce = 1000

/** All models, whole: what a variant's sheet brings may belong to them. */
export async function storeModels(sql: Sql, connection: string, akeneo: SimulatedAkeneo): Promise<void> {
  for await (const items of akeneo.list('/product-models?pagination_type=search_after&limit=100'))
    await storeItems(sql, connection, 'product-models', items)
}

/** The products that were changed since then, whole, as a load stores them; returns how many. */
export async function storeChanged(
  sql: Sql,
  connection: string,
  akeneo: SimulatedAkeneo,
  since: Date,
): Promise<number> {
  const value = since.toISOString().slice(0, 19).replace('T', ' ')
  const search = encodeURIComponent(JSON.stringify({ updated: [{ operator: '>', value }] }))
  let stored = 0
  for await (const items of akeneo.list(
    `/products-uuid?pagination_type=search_after&limit=100&search=${search}`,
  )) {
    await storeItems(sql, connection, 'products', items)
    stored += items.length
  }
  return stored
}

/**
 * All other products with the values that the mapping names, which are what enrichment reads of them, and the identifier that Akeneo's own have not
 * got: nothing reads those again.
 */
export async function storeOthers(
  sql: Sql,
  connection: string,
  akeneo: SimulatedAkeneo,
  { shape, known }: { shape: string; known: ReadonlySet<number> },
  onProgress: (stored: number) => void,
): Promise<void> {
  const attributes = ['sku', ...mappedCodes(shape)].join(',')
  let waiting: unknown[] = []
  let writing: Promise<void> = Promise.resolve()
  let stored = 0
  const write = async () => {
    const items = waiting
    waiting = []
    // The next pages are read meanwhile.
    await writing
    writing = storeItems(sql, connection, 'products', items)
    onProgress((stored += items.length))
  }
  for await (const page of akeneo.list(
    `/products-uuid?pagination_type=search_after&limit=100&attributes=${attributes}`,
  )) {
    for (const item of page as { values: Record<string, { data: string }[]> }[]) {
      const n = numberOf(item.values['sku']?.[0]?.data ?? '')
      if (!known.has(n)) waiting.push({ ...item, values: { ...item.values, ean: eanValue(n) } })
    }
    if (waiting.length >= recordsAtOnce) await write()
  }
  if (waiting.length > 0) await write()
  await writing
}

/**
 * What an enrichment that was complete yesterday has left of the products that it did not really look at, in the form of those that it did:
 * asked for, found, nothing due; what stands in Akeneo at the mapped places is ours, on the record that owns it.
 */
export async function fillEnriched(sql: Sql, connection: string, shape: string): Promise<void> {
  await sql`
    insert into enrichment_product (connection, product, root, identifiers, family, icecat_id, matched_by, fetched_updated, index_updated,
      fetched_at, outcome, judged, category, run)
    select s.connection, s.key, lower(s.parent),
      jsonb_build_array(jsonb_build_object('by', 'gtin', 'gtin', '0' || (s.source #>> '{values,ean,0,data}'))), s.family,
      (910000000 + substring(s.code from 2)::bigint)::text, 'gtin', e.fetched_updated, e.index_updated,
      e.fetched_at, 'unchanged', substring(sha256(convert_to(s.key, 'UTF8')) from 1 for 20), e.category, e.run
    from source_record s
    cross join (select * from enrichment_product where connection = ${connection} order by product limit 1) e
    where s.connection = ${connection} and s.stream = 'products'
    on conflict do nothing`
  await sql`
    insert into enrichment_value (connection, stream, key, place, attribute, locale, scope, sent, echoed, is_unread, product, icecat_id,
      source, language, sheet_updated, fetched_at, sent_at, ticket, run)
    select s.connection, s.stream, s.key, concat(a.key, ' ', v ->> 'locale', ' ', v ->> 'scope'), a.key, v ->> 'locale', v ->> 'scope',
      v -> 'data', v -> 'data', false, s.key, p.icecat_id, 'title', 'EN', p.fetched_updated, p.fetched_at, p.fetched_at, s.ticket, p.run
    from source_record s
    join enrichment_product p on p.connection = s.connection and p.product = s.key and p.outcome = 'unchanged'
    left join source_record m on m.connection = s.connection and m.stream = 'product-models' and lower(m.code) = lower(s.parent)
    cross join jsonb_each(s.source -> 'values') a
    cross join jsonb_array_elements(a.value) v
    where s.connection = ${connection} and s.stream = 'products' and a.key = any(${mappedCodes(shape)})
      and (m.key is null or not m.source -> 'values' ? a.key)
    on conflict do nothing`
  // As time would have it; else autovacuum comes in the middle of what is measured.
  for (const table of ['source_record', 'reading', 'enrichment_product', 'enrichment_value'])
    await sql.unsafe(`vacuum (analyze) ${table}`)
}
