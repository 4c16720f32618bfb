import type { Queryable, Transaction } from '../../connectors/hub/database.ts'
import { keyInList } from '../../connectors/akeneo/linked-lists.ts'
import { labelledAttributes } from '../../connectors/akeneo/translate/index.ts'
import {
  categoriesBelow,
  productsIn,
  recordsWithOptions,
  rootModelsOf,
  rootModelsOfVariants,
} from '../../connectors/hub/source-relations.ts'
import { enqueue, type Queued, referrersOf, referrersWithin } from '../../connectors/hub/waiting.ts'
import type { LinkedStream } from '../../contracts/streams.ts'
import { foldCase } from '../../domain/text.ts'
import type { PublishingContext } from './context.ts'

/**
 * Categories that changed are made anew with all below them. One that moved may be in another tree now, which decides about its
 * products wherever an output publishes only what is within some.
 */
export async function followCategories(
  tx: Transaction,
  connection: string,
  context: PublishingContext | null,
  changed: string[],
  moved: string[],
): Promise<void> {
  const below = await categoriesBelow(tx, connection, changed)
  await enqueue(
    tx,
    connection,
    [...changed, ...below].map((key) => ({
      stream: 'categories' as const,
      key,
      reason: 'category' as const,
    })),
  )
  const asks = context?.outputs.some(({ rules }) => rules.document.publish.within.length > 0) ?? false
  if (!asks || moved.length === 0) return
  const subtrees = [...moved, ...(await categoriesBelow(tx, connection, moved))]
  const products = await productsIn(tx, connection, subtrees)
  const groups = await groupsOf(
    tx,
    connection,
    products.flatMap(({ parent }) => parent ?? []),
  )
  await enqueue(tx, connection, [
    ...groups,
    ...products.map(({ key }) => ({ stream: 'products' as const, key, reason: 'category' as const })),
  ])
}

/** Products and groups that show one of these records are made anew, and no others. */
export async function followRecords(
  tx: Transaction,
  connection: string,
  stream: LinkedStream,
  keys: string[],
): Promise<void> {
  const referrers = await referrersOf(tx, connection, stream, keys)
  await enqueue(
    tx,
    connection,
    referrers.map((referrer) => ({ ...referrer, reason: 'structure' as const })),
  )
}

/**
 * Options stand in the dictionary, and in two more places: a rule may show their labels, and a group lists the values of its axes in their
 * order. What has such a place is made anew.
 */
export async function followOptions(
  tx: Transaction,
  connection: string,
  { structure, outputs }: PublishingContext,
  attribute: string,
  options: string[],
): Promise<void> {
  const variants = [...structure.familyVariants.values()].filter(({ variant_attribute_sets: levels }) =>
    levels.some(({ axes }) => axes.some((axis) => isSameCode(axis, attribute))),
  )
  const roots = await rootModelsOfVariants(
    tx,
    connection,
    variants.map(({ code }) => code),
  )
  await enqueue(tx, connection, await groupsOf(tx, connection, roots))
  const isShown = outputs.some((output) =>
    [...labelledAttributes(output)].some((code) => isSameCode(code, attribute)),
  )
  if (!isShown) return
  const families = [...structure.families.values()].filter(({ attributes }) =>
    attributes.some((code) => isSameCode(code, attribute)),
  )
  const records = await recordsWithOptions(tx, connection, {
    attribute: structure.attributes.get(attribute)?.code ?? attribute,
    options,
    families: families.map(({ code }) => code),
  })
  const outside = await referrersOf(
    tx,
    connection,
    'attribute-options',
    options.map((option) => keyInList('attribute-options', attribute, option)),
  )
  const products = [...records, ...outside].filter(({ stream }) => stream === 'products')
  const groups = await groupsOf(
    tx,
    connection,
    records.flatMap(({ stream, code }) => (stream === 'product-models' && code !== null ? [code] : [])),
  )
  await enqueue(tx, connection, [
    ...groups,
    ...products.map(({ key }) => ({ stream: 'products' as const, key, reason: 'structure' as const })),
  ])
}

const isSameCode = (a: string, b: string) => foldCase(a) === foldCase(b)

/** Another of their files may be the picture now. */
export async function followAssetFamilies(
  tx: Transaction,
  connection: string,
  families: string[],
): Promise<void> {
  for (const family of families) {
    const referrers = await referrersWithin(tx, connection, 'assets', family)
    await enqueue(
      tx,
      connection,
      referrers.map((referrer) => ({ ...referrer, reason: 'structure' as const })),
    )
  }
}

/**
 * The groups of these models, for the queue: they are made anew when transfers are through, once per run, however many of their variants
 * changed.
 */
export async function groupsOf(db: Queryable, connection: string, models: string[]): Promise<Queued[]> {
  const keys = await rootModelsOf(db, connection, [...new Set(models)])
  return keys.map((key) => ({ stream: 'product-models', key, reason: 'variants' }))
}
