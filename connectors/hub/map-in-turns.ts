import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Maps a page's records, `perTurn` at a time: in between answers of other lanes are taken, and their next calls sent, which would wait for as long as
 * a whole page takes.
 */
export async function mapInTurns<T, R>(
  items: readonly T[],
  perTurn: number,
  make: (item: T) => R,
): Promise<R[]> {
  const made: R[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % perTurn === 0) await nextTurn()
    made.push(make(item))
  }
  return made
}
