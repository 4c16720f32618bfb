import type * as real from '../../../connectors/hub/feed-counter.ts'

export * from '../../../connectors/hub/feed-counter.ts'

/** What a serial column does: numbers without waiting. */
export const takeSeqs: typeof real.takeSeqs = async (tx, connection, output, count) => {
  await tx`
    insert into feed_counter (connection, output, seq) values (${connection}, ${output}, 0) on conflict do nothing`
  const rows = await tx<{ seq: bigint }[]>`
    select nextval('plain_serial') as seq from generate_series(1, ${count}::int)`
  return rows[0]?.seq ?? 1n
}
