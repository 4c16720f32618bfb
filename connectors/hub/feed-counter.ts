import type { Transaction } from './database.ts'

/**
 * Takes the next `count` numbers of an output's feed and answers the first. The row is held until the transaction ends: so no later
 * number is ever seen before an earlier one, and a reader that goes by the last number it saw misses nothing.
 */
export async function takeSeqs(
  tx: Transaction,
  connection: string,
  output: string,
  count: number,
): Promise<bigint> {
  const [counter] = await tx<{ seq: bigint }[]>`
    insert into feed_counter (connection, output, seq) values (${connection}, ${output}, ${count})
    on conflict (connection, output) do update set seq = feed_counter.seq + excluded.seq
    returning seq`
  return (counter?.seq ?? 0n) - BigInt(count) + 1n
}
