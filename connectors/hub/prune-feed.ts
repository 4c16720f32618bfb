import type { Queryable, Sql } from './database.ts'

/** Once a day is often enough, and so many lines of the feed in one transaction. */
const everyHours = 24
const window = 20_000

/**
 * Forgets what the feed said more than `keepDays` ago, save the last line of each record, so that every record stays deliverable.
 * Does nothing when it did within the last day. Stops at `until` (ms since 1970) and goes on the next time. Returns how many
 * lines are gone.
 */
export async function pruneFeed(
  sql: Sql,
  connection: string,
  keepDays: number,
  until: number,
): Promise<number> {
  const due = await sql<{ output: string; last: bigint }[]>`
    select output, seq as last from feed_counter
    where connection = ${connection} and pruned_at < now() - make_interval(hours => ${everyHours})`
  let gone = 0
  for (const { output, last } of due)
    gone += await pruneOutput(sql, connection, output, last, keepDays, until)
  return gone
}

async function pruneOutput(
  sql: Sql,
  connection: string,
  output: string,
  last: bigint,
  keepDays: number,
  until: number,
): Promise<number> {
  const [kept] = await sql<{ seq: bigint }[]>`
    select seq from feed where connection = ${connection} and output = ${output}
      and at >= now() - make_interval(days => ${keepDays})
    order by seq limit 1`
  const end = kept ? kept.seq - 1n : last
  let gone = 0
  for (let from = 0n; from < end; from += BigInt(window)) {
    if (Date.now() > until) return gone
    const to = from + BigInt(window) < end ? from + BigInt(window) : end
    gone += await sql.begin(async (tx) => {
      const rows = await tx<{ seq: bigint }[]>`
        delete from feed f where connection = ${connection} and output = ${output}
          and seq > ${from}::bigint and seq <= ${to}::bigint
          and exists (select 1 from feed later where later.connection = f.connection
            and later.output = f.output and later.id = f.id and later.seq > f.seq)
        returning seq`
      const highest = rows.reduce((most, { seq }) => (seq > most ? seq : most), 0n)
      await tx`
        update feed_counter set pruned = greatest(pruned, ${highest}::bigint)
        where connection = ${connection} and output = ${output}`
      return rows.length
    })
  }
  await sql`
    delete from delivery_log
    where connection = ${connection} and output = ${output} and at < now() - make_interval(days => ${keepDays})`
  await sql`update feed_counter set pruned_at = now() where connection = ${connection} and output = ${output}`
  return gone
}

/** The feed's end, and up to where it is not complete any more. */
export async function feedBounds(
  db: Queryable,
  connection: string,
  output: string,
): Promise<{ last: bigint; pruned: bigint } | null> {
  const [row] = await db<{ last: bigint; pruned: bigint }[]>`
    select seq as last, pruned from feed_counter where connection = ${connection} and output = ${output}`
  return row ?? null
}
