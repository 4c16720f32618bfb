import type { Queryable } from './database.ts'

/** Counted over so many records, shares are right to one or two percent, and the answer is there within a second. */
export const fillSample = 5_000

export interface FillCounts {
  /** That were counted over. */
  records: number
  filled: Map<string, number>
  /** How many there are, where those are a sample of them. */
  stored?: number
}

/**
 * How many stored products and models have a value of each attribute. Reads every document, which takes 25 s for 1,000,000; with `most` at about so
 * many of them, spread evenly by a hash of their keys.
 */
export async function fillCounts(
  db: Queryable,
  connection: string,
  { most = Number.POSITIVE_INFINITY }: { most?: number } = {},
): Promise<FillCounts> {
  const own = db`s.connection = ${connection} and s.stream in ('products', 'product-models')`
  const [total] = await db<{ n: number }[]>`select count(*)::int as n from source_record s where ${own}`
  const stored = total?.n ?? 0
  const every = Math.ceil(stored / most)
  if (every <= 1) {
    const rows = await db<FilledCount[]>`
      select filled.code, count(*)::int as n
      from source_record s, jsonb_object_keys(s.source -> 'values') as filled (code)
      where ${own} group by filled.code`
    return { records: stored, filled: byCode(rows) }
  }
  // The keys are in an index; only the documents of those that are chosen are looked up.
  const rows = await db<(FilledCount | { code: null; n: number })[]>`
    with chosen as materialized (
      select s.stream, s.key from source_record s where ${own} and mod(hashtextextended(s.key, 0), ${every}::bigint) = 0
    )
    select null as code, count(*)::int as n from chosen
    union all
    select filled.code, count(*)::int from chosen c
    join source_record s on s.connection = ${connection} and s.stream = c.stream and s.key = c.key
    cross join jsonb_object_keys(s.source -> 'values') as filled (code)
    group by filled.code`
  const counts = rows.filter((row): row is FilledCount => row.code !== null)
  return { records: rows.find(({ code }) => code === null)?.n ?? 0, filled: byCode(counts), stored }
}

interface FilledCount {
  code: string
  n: number
}

const byCode = (rows: readonly FilledCount[]) => new Map(rows.map(({ code, n }) => [code, n]))
