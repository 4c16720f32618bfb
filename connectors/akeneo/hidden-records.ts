import { foldCase } from '../../domain/text.ts'
import type { AkeneoCalls } from './client.ts'
import { namedByKeys } from './search.ts'

/**
 * Of these products or models, by the keys that they are stored by, those that this user cannot see any more, with why. Akeneo takes them
 * out of the associations of others without a word, also when they were deleted; whoever it shows was taken out by a person.
 */
export async function hiddenRecords(
  calls: AkeneoCalls,
  stream: 'products' | 'product-models',
  keys: readonly string[],
): Promise<Map<string, string>> {
  const shown = new Set<string>()
  for (const search of namedByKeys(stream, keys)) {
    // As many as one page holds.
    const { items, broken } = await calls.readPage(stream, { cursor: null, query: { search } })
    for (const item of items as { uuid?: string; identifier?: string | null; code?: string }[]) {
      for (const name of [item.uuid, item.identifier, item.code]) if (name != null) shown.add(foldCase(name))
    }
    for (const { key, code = key } of broken) shown.add(foldCase(key)).add(foldCase(code))
  }
  const noun = stream === 'products' ? 'product' : 'product model'
  return new Map(
    keys
      .filter((key) => !shown.has(foldCase(key)))
      .map((key) => [key, `Akeneo shows the user of the connection no such ${noun} any more`]),
  )
}
