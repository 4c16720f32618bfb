import type { IndexRow } from './index-row.ts'

/** A product of ours that has a sheet. */
export interface KnownSheet {
  icecatId: string
  /** Of the sheet that was fetched last, as the index writes it; null: never fetched. */
  updated: string | null
}

export type Change =
  | { kind: 'changed'; icecatId: string; updated: string }
  /** Reported, and nothing is wiped. */
  | { kind: 'removed'; icecatId: string }

/** What a daily index says about the products that are ours; the others' rows are passed over. */
export function changesIn(rows: Iterable<IndexRow>, known: ReadonlyMap<string, KnownSheet>): Change[] {
  const changes = new Map<string, Change>()
  for (const { icecatId, quality, updated } of rows) {
    const sheet = known.get(icecatId)
    if (sheet === undefined) continue
    if (quality === 'REMOVED') changes.set(icecatId, { kind: 'removed', icecatId })
    else if (sheet.updated === null || updated > sheet.updated) {
      changes.set(icecatId, { kind: 'changed', icecatId, updated })
    }
  }
  return [...changes.values()]
}

const DAY_MS = 86_400_000

/**
 * Which index to read: the daily one reaches back 24 hours from when it was made, so a night that was missed is a gap that only
 * the whole index fills. Null: this index was read already, or is older than the one that was.
 */
export function indexToRead(lastRead: string | null, generated: string): 'daily' | 'files' | null {
  if (lastRead === null) return 'files'
  const [last, now] = [instantOf(lastRead), instantOf(generated)]
  if (last === undefined || now === undefined) return 'files'
  if (now <= last) return null
  return now - last <= DAY_MS ? 'daily' : 'files'
}

/** Milliseconds of `YYYYMMDDHHMMSS`, which Icecat writes without a zone; undefined when it is none. */
export function instantOf(stamp: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? []
  if (year === undefined) return undefined
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
