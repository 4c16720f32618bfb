import type { Queryable, Transaction } from '../database.ts'

/** Sheets of the language that was asked for most this month. */
export async function fetchedThisMonth(db: Queryable, account: string, month: string): Promise<number> {
  const [row] = await db<{ fetched: number }[]>`
    select coalesce(max(fetched), 0)::float8 as fetched from enrichment_meter
    where account = ${account} and month = ${month}`
  return row?.fetched ?? 0
}

export async function addFetched(
  tx: Transaction | Queryable,
  account: string,
  month: string,
  byLanguage: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = [...byLanguage].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return
  await tx`
    insert into enrichment_meter (account, month, language, fetched)
    select ${account}, ${month}, language, n
    from unnest(${rows.map(([language]) => language)}::text[], ${rows.map(([, n]) => n)}::bigint[]) as r (language, n)
    on conflict (account, month, language) do update set fetched = enrichment_meter.fetched + excluded.fetched`
}
