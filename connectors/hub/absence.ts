import type { StreamName } from '../../contracts/streams.ts'
import { type Absence, isConcentrated, type Share } from '../../domain/guards.ts'
import { onlyRow, type Queryable } from './database.ts'

/** How many records of each stream the hub has stored. */
async function storedCounts(
  db: Queryable,
  connection: string,
  streams: StreamName[],
): Promise<Map<StreamName, number>> {
  const rows = await db<{ stream: StreamName; n: number }[]>`
    select stream, count(*)::int as n from source_record
    where connection = ${connection} and stream = any(${streams}) group by stream`
  return new Map(rows.map(({ stream, n }) => [stream, n]))
}

/** More absent records than this are held for their number alone: where they are concentrated is not worth the work then. */
const sharesUpTo = 50_000

/** What the guards judge a plan by. */
export async function absenceOf(
  db: Queryable,
  connection: string,
  plan: bigint,
): Promise<Pick<Absence, 'streams' | 'records' | 'shares'>> {
  const absent = await db<{ stream: StreamName; n: number }[]>`
    select stream, count(*)::int as n from retire_item where plan = ${plan}::bigint group by stream order by stream`
  const stored = await storedCounts(
    db,
    connection,
    absent.map(({ stream }) => stream),
  )
  const records = absent
    .filter(({ stream }) => stream === 'products' || stream === 'product-models')
    .reduce((sum, { n }) => sum + n, 0)
  return {
    streams: absent.map(({ stream, n }) => ({ stream, absent: n, stored: stored.get(stream) ?? n })),
    records,
    shares:
      records > sharesUpTo
        ? null
        : [
            ...(await familyShares(db, connection, plan, records)),
            ...(await subtreeShares(db, connection, plan, records)),
          ],
  }
}

/** Of the records that an output shows, those that a plan would retire there. */
export async function absenceIn(
  db: Queryable,
  connection: string,
  plan: bigint,
  output: string,
): Promise<Absence['outputs'][number]['kinds']> {
  return db<Absence['outputs'][number]['kinds']>`
    with absent as (
      select s.id from retire_item i
      join source_record s on s.connection = ${connection} and s.stream = i.stream and s.key = i.key
      where i.plan = ${plan}::bigint
    )
    select h.kind, count(absent.id)::int as absent, count(*)::int as shown
    from hub_record h left join absent on absent.id = h.id
    where h.connection = ${connection} and h.output = ${output} and h.status <> 'retired'
    group by h.kind having count(absent.id) > 0 order by h.kind`
}

/** Absent families that stored products and models, absent ones aside, still name. */
export async function namedFamilies(db: Queryable, connection: string, plan: bigint): Promise<string[]> {
  const rows = await db<{ key: string }[]>`
    select f.key from retire_item f
    where f.plan = ${plan}::bigint and f.stream = 'families' and exists (
      select from source_record s
      where s.connection = ${connection} and s.stream in ('products', 'product-models') and s.family = f.key
        and not exists (select from retire_item i where i.plan = f.plan and i.stream = s.stream and i.key = s.key))
    order by f.key`
  return rows.map(({ key }) => key)
}

async function familyShares(
  db: Queryable,
  connection: string,
  plan: bigint,
  records: number,
): Promise<Share[]> {
  const families = await db<{ code: string; absent: number }[]>`
    select s.family as code, count(*)::int as absent
    from retire_item i join source_record s on s.connection = ${connection} and s.stream = i.stream and s.key = i.key
    where i.plan = ${plan}::bigint and i.stream in ('products', 'product-models') and s.family is not null
    group by s.family`
  const shares: Share[] = []
  for (const { code, absent } of families.filter((family) => isConcentrated(family.absent, records))) {
    const { n: stored } = onlyRow(
      await db<{ n: number }[]>`
      select count(*)::int as n from source_record
      where connection = ${connection} and stream in ('products', 'product-models') and family = ${code}`,
    )
    shares.push({ kind: 'family', code, absent, stored })
  }
  return shares
}

/** By each category and all above it. What is stored is counted only as far as it matters: up to twice the absent. */
async function subtreeShares(
  db: Queryable,
  connection: string,
  plan: bigint,
  records: number,
): Promise<Share[]> {
  const subtrees = await db<{ code: string; absent: number }[]>`
    with recursive up as (
      select i.stream, i.key, lower(category) as code
      from retire_item i
      join source_record s on s.connection = ${connection} and s.stream = i.stream and s.key = i.key
      cross join lateral jsonb_array_elements_text(coalesce(s.source -> 'categories', '[]')) as category
      where i.plan = ${plan}::bigint and i.stream in ('products', 'product-models')
      union
      select up.stream, up.key, lower(c.parent) from up join source_record c
        on c.connection = ${connection} and c.stream = 'categories' and lower(c.code) = up.code
      where c.parent is not null
    )
    select code, count(*)::int as absent from up group by code order by code`
  const shares: Share[] = []
  for (const { code, absent } of subtrees.filter((subtree) => isConcentrated(subtree.absent, records))) {
    const { n: stored } = onlyRow(
      await db<{ n: number }[]>`
      with recursive below as (
        select ${code}::text as code
        union
        select lower(c.code) from below join source_record c
          on c.connection = ${connection} and c.stream = 'categories' and lower(c.parent) = below.code
      )
      select count(*)::int as n from (
        select 1 from source_record s
        where s.connection = ${connection} and s.stream in ('products', 'product-models') and exists (
          select 1 from jsonb_array_elements_text(coalesce(s.source -> 'categories', '[]')) as category
          where lower(category) in (select code from below))
        limit ${2 * absent + 1}
      ) as found`,
    )
    shares.push({ kind: 'category', code, absent, stored })
  }
  return shares
}
