import { foldCase } from '../../domain/text.ts'
import type { AkeneoCalls } from './client.ts'
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
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<AkeneoCalls['readPage']>> = await calls.readPage(stream, {
      cursor,
      query: search === undefined ? {} : { search },
    })
    for (const { code } of page.items as { code: string }[]) found.add(foldCase(code))
    for (const { key } of page.broken) found.add(foldCase(key))
    cursor = page.next
  } while (cursor !== null)
  return found
}
