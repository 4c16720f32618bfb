/**
 * Numbers to places, in flat memory that threads share: a Map of a million entries takes 100 MB and more, this 24. Several
 * places of one number are chained through `next`.
 */
export interface NumberTable {
  keys: Float64Array
  /** Place plus one; 0 is an empty slot. */
  heads: Int32Array
  /** By entry: the place it stands for, and the next entry of the same number, plus one. */
  places: Int32Array
  nexts: Int32Array
  size: number
}

const mask = (table: NumberTable): number => table.keys.length - 1

/** Spreads the low and the high half of a number of up to 53 bits. */
function slotOf(key: number, slots: number): number {
  let hash = ((key % 0x1_0000_0000) | 0) ^ Math.imul((key / 0x1_0000_0000) | 0, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) & slots
}

/** `entries`: as many as will be added; the table does not grow. */
export function createNumberTable(entries: number): NumberTable {
  let slots = 16
  while (slots < entries * 2) slots *= 2
  return {
    keys: new Float64Array(new SharedArrayBuffer(slots * 8)),
    heads: new Int32Array(new SharedArrayBuffer(slots * 4)),
    places: new Int32Array(new SharedArrayBuffer(Math.max(1, entries) * 4)),
    nexts: new Int32Array(new SharedArrayBuffer(Math.max(1, entries) * 4)),
    size: 0,
  }
}

export function addNumber(table: NumberTable, key: number, place: number): void {
  if (table.size >= table.places.length) throw new Error('the table is full')
  const slots = mask(table)
  let slot = slotOf(key, slots)
  while (table.heads[slot] !== 0 && table.keys[slot] !== key) slot = (slot + 1) & slots
  const entry = table.size++
  table.places[entry] = place
  table.nexts[entry] = table.heads[slot] ?? 0
  table.keys[slot] = key
  table.heads[slot] = entry + 1
}

/** The first entry of a number; -1 when there is none. */
export function findNumber(table: NumberTable, key: number): number {
  const slots = mask(table)
  let slot = slotOf(key, slots)
  for (;;) {
    const head = table.heads[slot] ?? 0
    if (head === 0) return -1
    if (table.keys[slot] === key) return head - 1
    slot = (slot + 1) & slots
  }
}

/** The entry after this one, of the same number; -1 after the last. */
export const nextEntry = (table: NumberTable, entry: number): number => (table.nexts[entry] ?? 0) - 1
