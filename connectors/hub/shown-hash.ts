import type { Queryable } from './database.ts'

/**
 * The hash of a stored record `s` whose content is no more what Akeneo showed: something that went out of sight was put back, or something that
 * left was taken out. A byte before it makes it differ from that of any answer, so that each reading looks at the record anew.
 */
export const hashOfTouched = (db: Queryable) =>
  db`'\\x00'::bytea || substr(s.hash, greatest(1, length(s.hash) - 19))`

/** Of a stored hash, in hex: that of the answer which the record was last read from. */
export const hashShown = (stored: string): string => stored.slice(-40)
