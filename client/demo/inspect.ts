import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sql } from '../../connectors/hub/database.ts'
import { recordsOf } from '../../connectors/hub/records.ts'

/** Writes what each output holds: `load.ndjson` for the first, `load.extras.ndjson` for one with the name extras. */
export async function dumpOutputs(
  sql: Sql,
  connection: string,
  outputs: readonly string[],
  folder: string,
  name: string,
): Promise<void> {
  for (const [place, output] of outputs.entries()) {
    const file = place === 0 ? `${name}.ndjson` : `${name}.${output}.ndjson`
    await dumpRecords(sql, connection, output, join(folder, file))
  }
}

/** Writes each record of the hub as one line of JSON, as it stands now. */
async function dumpRecords(sql: Sql, connection: string, output: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const out = createWriteStream(file)
  for await (const record of recordsOf(sql, connection, output)) {
    if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

/** The outputs that hold records, the one that the tour is about first: it was begun with the connection. */
export async function outputsHeld(sql: Sql, connection: string, first?: string): Promise<string[]> {
  const rows = await sql<{ output: string }[]>`
    select distinct output from hub_record where connection = ${connection} order by output`
  const names = rows.map(({ output }) => output)
  return first === undefined ? names : [first, ...names.filter((name) => name !== first)]
}

export async function countRecords(sql: Sql, connection: string, output: string) {
  const [row] = await sql<{ categories: number; productModels: number; products: number }[]>`
    select
      count(*) filter (where kind = 'category')::int as categories,
      count(*) filter (where kind = 'product')::int as products,
      (select count(*)::int from source_record where connection = ${connection} and stream = 'product-models') as "productModels"
    from hub_record where connection = ${connection} and output = ${output}`
  return row ?? { categories: 0, productModels: 0, products: 0 }
}

/** Which version of each row of the catalogue and the feed stands there: any write to one changes it. */
export async function fingerprintOfCatalogue(sql: Sql): Promise<string> {
  const rows = await sql<{ fingerprint: string }[]>`
    select string_agg(fingerprint, ' ' order by fingerprint) as fingerprint from (
      select 'source ' || count(*) || ' ' || coalesce(md5(string_agg(xmin::text || ctid::text, ',' order by ctid)), '') as fingerprint
      from source_record
      union all
      select 'hub ' || count(*) || ' ' || coalesce(md5(string_agg(xmin::text || ctid::text, ',' order by ctid)), '') from hub_record
      union all
      select 'feed ' || count(*) || ' ' || coalesce(md5(string_agg(xmin::text || ctid::text, ',' order by ctid)), '') from feed
    ) as tables`
  return rows[0]?.fingerprint ?? ''
}

/** Categories and variants that the feed has before their parent or group; none, or the promise is broken. */
export async function orphansInFeed(sql: Sql, connection: string): Promise<string[]> {
  const rows = await sql<{ code: string }[]>`
    with first as (
      select h.id, h.output, h.kind, h.code, h.body ->> 'parent' as parent, (h.body ->> 'groupId')::uuid as "group",
        (select min(seq) from feed f where f.connection = h.connection and f.output = h.output and f.id = h.id) as seq
      from hub_record h where h.connection = ${connection} and kind <> 'attribute'
    )
    select child.code from first child
      join first parent on parent.output = child.output and parent.kind = 'category' and parent.code = child.parent
      where child.kind = 'category' and child.seq < parent.seq
    union all
    select child.code from first child
      join first parent on parent.output = child.output and parent.id = child."group"
      where child.kind = 'product' and child.seq < parent.seq
    order by 1`
  return rows.map(({ code }) => code)
}

/** Records that the feed of an output names after `seq`, each once. */
export async function publishedSince(
  sql: Sql,
  connection: string,
  output: string,
  seq: bigint,
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    select distinct id from feed
    where connection = ${connection} and output = ${output} and seq > ${seq}::bigint`
  return new Set(rows.map(({ id }) => id))
}
