import type { AkeneoCalls, BrokenItem } from '../../connectors/akeneo/client.ts'
import type { AkeneoCategory } from '../../connectors/akeneo/schema.ts'
import { sourcesByKey } from '../../connectors/hub/sources.ts'
import type { ConnectionRuntime, Dependencies } from '../dependencies.ts'
import type { PageAround } from './read-around.ts'
import { readOneInto } from './read-one.ts'
import { readListPage, setListAside } from './set-list-aside.ts'

export type ListedCategory = AkeneoCategory & { parent: string | null }

/** All categories as one reading of their list shows them. */
export interface CategoryList {
  categories: ListedCategory[]
  /** Parents that the list does not show and the hub has: what stands below them has its place, and they stay as they are stored. */
  standIns: ListedCategory[]
  broken: BrokenItem[]
  /** How many break Akeneo, and what came back for the last of them. */
  unshown: number
  came: string
  /** Akeneo did not show the list to its end, and that is rejected. */
  isCut: boolean
  ticket: bigint
}

export const categoryList = { stream: 'categories' as const, parent: '' }

/** A list whose length changed while it was read is read again, at most this often. */
const listAttempts = 3

/**
 * The whole list. Its count is compared before and after: a category that moves meanwhile shifts offset pages, so one could be
 * missed; then the list is read again. What the last attempt still misses comes with the next poll. Categories that break Akeneo each
 * time are left out, so that the others come.
 */
export async function listCategories(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
): Promise<CategoryList> {
  for (let attempt = 1; ; attempt++) {
    const { counts, ...list } = await readList(deps, connection, calls)
    const { categories, broken, unshown, isCut } = list
    const shown = new Map(categories.map((category) => [category.code, category]))
    const isComplete =
      new Set([...counts, categories.length + broken.length + unshown]).size === 1 &&
      shown.size === categories.length
    if (!isComplete && !isCut && attempt < listAttempts) continue
    const unique = [...shown.values()]
    const isWhole = broken.length === 0 && unshown === 0 && !isCut
    const standIns = isWhole ? [] : await readStandIns(deps, connection, calls, unique)
    return { ...list, categories: unique, standIns }
  }
}

type Reading = Omit<CategoryList, 'standIns'> & {
  /** What Akeneo counted with the first page and with the last. */
  counts: (number | undefined)[]
}

async function readList(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
): Promise<Reading> {
  const query = { withCount: true, withPosition: true }
  const read: Reading = {
    categories: [],
    broken: [],
    unshown: 0,
    came: '',
    isCut: false,
    ticket: 0n,
    counts: [],
  }
  let cursor: string | null = null
  do {
    const page: PageAround | null = await readListPage(deps, connection, calls, categoryList, {
      cursor,
      query,
    }).catch(async (error: unknown) => {
      await setListAside(deps, connection, calls, categoryList, error, true)
      return null
    })
    if (page === null) return { ...read, isCut: true }
    if (cursor === null) read.ticket = page.ticket
    // The answer was held to its stream's schema when it was read.
    read.categories.push(...(page.items as ListedCategory[]))
    read.broken.push(...page.broken)
    read.unshown += page.unshown
    read.came = page.came === '' ? read.came : page.came
    read.counts = [read.counts[0] ?? page.count, page.count]
    cursor = page.next
  } while (cursor !== null)
  return read
}

/** Parents that a list does not show, with those above them, each asked for by its own address: what breaks Akeneo there is rejected by its name. */
async function readStandIns(
  deps: Dependencies,
  connection: ConnectionRuntime,
  calls: AkeneoCalls,
  listed: readonly ListedCategory[],
): Promise<ListedCategory[]> {
  const standIns: ListedCategory[] = []
  const looked = new Set(listed.map(({ code }) => code.toLowerCase()))
  const parents = [...listed]
  for (let category = parents.pop(); category; category = parents.pop()) {
    const { parent } = category
    if (parent === null || looked.has(parent.toLowerCase())) continue
    looked.add(parent.toLowerCase())
    await readOneInto(deps, connection, calls, 'categories', parent)
    const [stored] = await sourcesByKey(deps.sql, connection.name, 'categories', [parent])
    if (!stored) continue
    // As above.
    const standIn = stored.source as ListedCategory
    standIns.push(standIn)
    parents.push(standIn)
  }
  return standIns
}
