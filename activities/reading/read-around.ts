import type { AkeneoCalls, BrokenItem, Page, PageQuery } from '../../connectors/akeneo/client.ts'
import { pageNumberOf, toPage } from '../../connectors/akeneo/links.ts'
import type { UnfilteredList } from '../../connectors/hub/list-readings.ts'
import { ownFault } from './own-fault.ts'

/** A page of a list without the records on it that break Akeneo. */
export interface PageAround extends Page {
  /** How many those are. */
  unshown: number
  /** What came back for the last of them. */
  came: string
}

/** With more that cannot be shown on one page the list is at fault, and no record on it. */
const mostUnshown = 10

const wholePage = 100
const pieces = 10

/**
 * Reads a page of a list that is paged by number, and that breaks Akeneo each time, in ever smaller pieces, so that only the records that
 * break it are left out. Which they are, nobody can say: a list names them by their place. Fails where that does not help.
 */
export async function readAround(
  calls: AkeneoCalls,
  { stream, parent }: UnfilteredList,
  { cursor, query = {} }: { cursor: string | null; query?: PageQuery },
  failure: Error,
): Promise<PageAround> {
  const list = parent === '' ? {} : { parent }
  const items: unknown[] = []
  const broken: BrokenItem[] = []
  let first: Page | undefined
  /** To the page behind the last piece that came. */
  const links: string[] = []
  let came = ''
  let unshown = 0

  /** Pieces of the page of `size` with this number; true where the list ends among them. */
  async function readPieces(size: number, number: number): Promise<boolean> {
    const limit = size / pieces
    for (let piece = (number - 1) * pieces + 1; piece <= number * pieces; piece++) {
      try {
        const page = await calls.readPage(stream, {
          cursor: null,
          query: { ...query, page: piece },
          limit,
          ...list,
        })
        first ??= page
        items.push(...page.items)
        broken.push(...page.broken)
        if (page.next === null) return true
        links.push(page.next)
      } catch (error) {
        const fault = await ownFault(calls, error)
        if (limit > 1) {
          if (await readPieces(limit, piece)) return true
          continue
        }
        unshown++
        came = fault.came
        if (unshown > mostUnshown) throw fault
      }
    }
    return false
  }

  const number = cursor === null ? 1 : pageNumberOf(cursor)
  const ends = await readPieces(wholePage, number)
  const link = links.at(-1)
  if (first === undefined || (!ends && link === undefined)) throw failure
  const next = ends || link === undefined ? null : toPage(link, number + 1, wholePage)
  return { ...first, items, broken, next, unshown, came }
}
