import type { Links } from '../../connectors/akeneo/translate/index.ts'
import type { Queryable } from '../../connectors/hub/database.ts'
import { publishedIds } from '../../connectors/hub/records.ts'
import { rejectedKeys } from '../../connectors/hub/rejections.ts'
import { idsOf, type KnownRecord } from '../../connectors/hub/sources.ts'
import type { PublishingContext } from './context.ts'

export interface References {
  products: string[]
  models: string[]
}

/** What is known of the partners that records name: enough to link to those that are published, and to wait for the rest. */
export interface PrefetchedLinks extends Links {
  /** Of these partners, those that may still come: not published and not rejected. */
  missing(references: References): { name: string; read: boolean }[]
}

export async function prefetchLinks(
  db: Queryable,
  { connection, output }: PublishingContext,
  all: References[],
): Promise<PrefetchedLinks> {
  const productNames = [...new Set(all.flatMap(({ products }) => products))]
  const modelCodes = [...new Set(all.flatMap(({ models }) => models))]
  const products = await idsOf(db, connection, 'products', productNames)
  const models = await idsOf(db, connection, 'product-models', modelCodes)
  const roots = await idsOf(
    db,
    connection,
    'product-models',
    [...models.values()].flatMap(({ parent }) => (parent === null ? [] : [parent])),
  )
  const rootOf = (code: string): KnownRecord | undefined => {
    const model = models.get(code.toLowerCase()) ?? roots.get(code.toLowerCase())
    return model?.parent == null ? model : roots.get(model.parent.toLowerCase())
  }
  const published = await publishedIds(db, connection, output.name, [
    ...new Set([...products.values(), ...models.values(), ...roots.values()].map(({ id }) => id)),
  ])
  const rejectedProducts = await rejectedKeys(db, connection, 'products', productNames)
  const rejectedModels = await rejectedKeys(db, connection, 'product-models', modelCodes)
  const linkTo = (known: KnownRecord | undefined) =>
    known && published.has(known.id) ? { id: known.id } : undefined
  const product = (name: string) => linkTo(products.get(name.toLowerCase()))
  const group = (code: string) => linkTo(rootOf(code))
  return {
    product,
    group,
    missing: (references) => [
      ...references.products
        .filter((name) => !product(name) && !rejectedProducts.has(name.toLowerCase()))
        .map((name) => ({ name, read: products.has(name.toLowerCase()) })),
      ...references.models
        .filter((code) => !group(code) && !rejectedModels.has(code.toLowerCase()))
        .map((code) => ({ name: code, read: rootOf(code) !== undefined })),
    ],
  }
}
