import type { StreamName } from '../../contracts/streams.ts'
import type { AkeneoCalls } from './client.ts'
import { hiddenCategories } from './hidden-categories.ts'
import { hiddenCurrencies } from './hidden-currencies.ts'
import { hiddenRecords } from './hidden-records.ts'

/** A stored record that others named and name no more; a currency by the channel of the prices. */
interface Target {
  stream: StreamName
  key: string
  scope: string
}

/** Of records that others name no more, those that this user cannot see any more, with why. */
export async function hiddenTargets<T extends Target>(
  calls: AkeneoCalls,
  targets: readonly T[],
): Promise<(T & { why: string })[]> {
  const of = (stream: StreamName) => targets.filter((target) => target.stream === stream)
  const keysOf = (stream: StreamName) => of(stream).map(({ key }) => key)
  const why = {
    categories: await hiddenCategories(calls, keysOf('categories')),
    products: await hiddenRecords(calls, 'products', keysOf('products')),
    'product-models': await hiddenRecords(calls, 'product-models', keysOf('product-models')),
  }
  const hidden = (['categories', 'products', 'product-models'] as const).flatMap((stream) =>
    of(stream).flatMap((target) => {
      const reason = why[stream].get(target.key)
      return reason === undefined ? [] : [{ ...target, why: reason }]
    }),
  )
  return [...hidden, ...(await hiddenCurrencies(calls, of('currencies')))]
}
