import type { StreamName } from '../../contracts/streams.ts'
import type { AkeneoCalls } from './client.ts'
import { hiddenCategories } from './hidden-categories.ts'
import { hiddenRecords } from './hidden-records.ts'

/** A stored record that others named and name no more. */
interface Target {
  stream: StreamName
  key: string
}

/** Of records that others name no more, those that this user cannot see any more, with why. */
export async function hiddenTargets(
  calls: AkeneoCalls,
  targets: readonly Target[],
): Promise<(Target & { why: string })[]> {
  const keysOf = (stream: StreamName) =>
    targets.filter((target) => target.stream === stream).map(({ key }) => key)
  const hidden: (Target & { why: string })[] = []
  for (const [key, why] of await hiddenCategories(calls, keysOf('categories')))
    hidden.push({ stream: 'categories', key, why })
  for (const stream of ['products', 'product-models'] as const) {
    for (const [key, why] of await hiddenRecords(calls, stream, keysOf(stream)))
      hidden.push({ stream, key, why })
  }
  return hidden
}
