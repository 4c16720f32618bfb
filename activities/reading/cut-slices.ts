import type { AkeneoCalls } from '../../connectors/akeneo/client.ts'
import { createdWithin, type Search, type SearchZone } from '../../connectors/akeneo/search.ts'
import type { Slice, SliceWindow } from '../../connectors/hub/transfers.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { halvesOf, isWithin, partsAround, type Window } from '../../domain/slices.ts'

/*
 * Behind a record that breaks even a list of keys, only Akeneo knows where the list goes on. So the slice on which it stands is cut by
 * `created`, which never changes, until the record is in a slice of one second: all others are read as usual, and that one by page numbers,
 * around the record.
 */

/** One record is found by some sixty parts. Where there are as many as this, the list is at fault, and no record on it. */
export const mostParts = 600

/** Fails where Akeneo does not search at all: nobody was ever created so early. */
export async function probeSearch(
  calls: AkeneoCalls,
  stream: StreamName,
  connection: SearchZone,
): Promise<void> {
  const search = createdWithin({ from: null, to: new Date(0) }, connection)
  await calls.readPage(stream, { cursor: null, query: search === null ? {} : { search }, limit: 1 })
}

/** Of these seconds, those that a slice may hold. */
export const secondsIn = ({ created }: Slice, seconds: readonly string[]): string[] =>
  seconds.filter((second) => isWithin(windowOf(created), new Date(second)))

/**
 * What is read in the place of a slice that breaks Akeneo, whose own search goes on to hold. `known`: seconds of it that broke Akeneo before; they
 * are the first to be suspected.
 */
export function cutSlices(slice: Slice, known: readonly string[], now: Date): Slice[] {
  const window = windowOf(slice.created)
  const seconds = known.map((second) => new Date(second))
  const parts = seconds.length > 0 ? partsAround(window, seconds) : halvesOf(window, now)
  if (parts === null) return [{ ...slice, byNumber: true }]
  const isKnown = new Set(seconds.map(Number))
  return parts.map(({ from, to }) => ({
    ...slice,
    created: { from: textOf(from), to: textOf(to) },
    ...(from !== null && to !== null && +from === +to && isKnown.has(+from) ? { byNumber: true } : {}),
  }))
}

/** A slice's own search, within its window. */
export function searchOf({ search, created }: Slice, zone: SearchZone): Search | null {
  const within = createdWithin(windowOf(created), zone)
  if (within === null) return search as Search | null
  const own = search as Search | null
  return { ...own, created: [...(own?.['created'] ?? []), ...(within['created'] ?? [])] }
}

/** What a person knows the window of one second by. */
export const secondOf = ({ created }: Slice): string => created?.from ?? created?.to ?? ''

/** The window of one second, of that name. */
export const sliceOfSecond = (second: string): Slice => ({
  search: null,
  created: { from: second, to: second },
  byNumber: true,
})

const windowOf = (created: SliceWindow | undefined): Window => ({
  from: dateOf(created?.from ?? null),
  to: dateOf(created?.to ?? null),
})

const dateOf = (text: string | null) => (text === null ? null : new Date(text))
const textOf = (date: Date | null) => (date === null ? null : `${date.toISOString().slice(0, 19)}Z`)
