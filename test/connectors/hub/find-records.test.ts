import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Transaction } from '../../../connectors/hub/database.ts'
import { findRecords } from '../../../connectors/hub/records.ts'
import { hubOfFile } from '../../support/database.ts'

const hub = hubOfFile()
const size = 2_000

/** A hub of products `SKU-1` and on, in two outputs; returns uuid and hub id of the first. */
async function filled(tx: Transaction, connection: string): Promise<{ uuid: string; id: string }> {
  const uuid = randomUUID()
  await tx`
    insert into source_record (connection, stream, key, id, code, ticket, hash, source)
    select ${connection}, 'products', case n when 1 then ${uuid} else gen_random_uuid()::text end, gen_random_uuid(), 'SKU-' || n, 1, '', '{}'
    from generate_series(1, ${size}::int) as n`
  for (const output of ['print', 'shop']) {
    await tx`insert into feed_counter (connection, output, seq) values (${connection}, ${output}, ${size})`
    await tx`
      insert into hub_record (connection, output, id, kind, code, version, status, hash, body)
      select connection, ${output}, id, 'product', code, 1, 'active', '', '{"kind": "product"}'
      from source_record where connection = ${connection}`
  }
  const [row] = await tx<{ id: string }[]>`
    select id from source_record where connection = ${connection} and key = ${uuid}`
  return { uuid, id: row?.id ?? '' }
}

const looks = async (tx: Transaction): Promise<number> => {
  const [row] = await tx<{ n: number }[]>`
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables
    where relname in ('hub_record', 'source_record')`
  return row?.n ?? 0
}

describe('a record that a person asks for', () => {
  it('is found by each of its names without a look at the others, however many there are', async () => {
    const { sql, connection } = hub
    const { uuid, id } = await sql.begin((tx) => filled(tx, connection))
    await sql`analyze hub_record, source_record`
    for (const name of ['sku-1', uuid, id.toUpperCase()]) {
      await sql.begin(async (tx) => {
        // As in a hub of a million: then a look at all of them is no choice.
        await tx`set local enable_seqscan = off`
        const before = await looks(tx)
        const found = await findRecords(tx, connection, name)
        expect(found.map((record) => [record.output, record.id])).toEqual([
          ['print', id],
          ['shop', id],
        ])
        expect((await looks(tx)) - before, name).toBeLessThan(50)
      })
    }
    expect(await findRecords(sql, connection, 'SKU-0')).toEqual([])
  })
})
