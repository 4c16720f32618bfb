import type { StreamName } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { AkeneoCalls, Page } from './client.ts'
import type { Search } from './search.ts'

/** Akeneo's lists of codes take at most 100; more are asked for in turn. */
const codesPerSearch = 100

/** Of these codes, in lower case, those that Akeneo lists for this user. */
export async function shownCodes(
  calls: AkeneoCalls,
  stream: 'attributes' | 'categories',
  wanted: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  for (let at = 0; at < wanted.length; at += codesPerSearch) {
    const search: Search = { code: [{ operator: 'IN', value: wanted.slice(at, at + codesPerSearch) }] }
    for (const code of await allCodes(calls, stream, search)) found.add(code)
  }
  return found
}

/** Codes of a whole list, or of what a search finds in it, in lower case. */
export async function allCodes(
  calls: AkeneoCalls,
  stream: 'attributes' | 'attribute-groups' | 'locales' | 'categories',
  search?: Search,
): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { items, broken } of pages(calls, stream, search)) {
    for (const { code } of items as { code: string }[]) found.add(foldCase(code))
    for (const { key } of broken) found.add(foldCase(key))
  }
  return found
}

/** What a whole list can say; records that cannot be understood are left out. */
export async function everything(calls: AkeneoCalls, stream: 'channels' | 'currencies'): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const { items } of pages(calls, stream)) found.push(...items)
  return found
}

async function* pages(calls: AkeneoCalls, stream: StreamName, search?: Search) {
  let cursor: string | null = null
  do {
    const page: Page = await calls.readPage(stream, {
      cursor,
      query: search === undefined ? {} : { search },
    })
    yield page
    cursor = page.next
  } while (cursor !== null)
}
