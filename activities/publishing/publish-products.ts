import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { references, translateProduct } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { requestStructure } from '../../connectors/hub/list-readings.ts'
import { publishedCodes, publishedIds, publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject } from '../../connectors/hub/rejections.ts'
import { sourcesByCode, type StoredSource } from '../../connectors/hub/sources.ts'
import {
  dequeue,
  enqueue,
  referrersOf,
  type WaitingReason,
  writeLinks,
} from '../../connectors/hub/waiting.ts'
import type { Rejection, StreamName } from '../../contracts/streams.ts'
import { hasWaitedLongEnough, type PublishingContext, rejectionOf } from './context.ts'
import { prefetchLinks, type PrefetchedLinks, type References } from './links.ts'

export interface ProductToPublish {
  key: string
  id: string
  code: string | null
  source: AkeneoProduct
  /** Since when it waits; absent for one that was just read. */
  since?: Date
}

export interface PublishOptions {
  /** Lets products out whose partners are read but wait themselves: how a circle of cross-sells is broken. */
  breakCircles?: boolean
}

export interface ProductOutcomes {
  published: string[]
  waiting: string[]
  rejected: Rejection[]
}

/**
 * Publishes stored products that have all they need: their group, their categories, their partners. The others are put into
 * the queue with the reason. Holds true to parents-first: a variant never precedes its group.
 */
export async function publishProducts(
  tx: Transaction,
  context: PublishingContext,
  products: ProductToPublish[],
  { breakCircles = false }: PublishOptions = {},
): Promise<ProductOutcomes> {
  const { connection, run, structure, output } = context
  const models = await modelsOf(tx, connection, products)
  const groups = await publishedIds(
    tx,
    connection,
    output.name,
    [...models.values()].map(({ root }) => root.id),
  )
  const categories = await publishedCodes(tx, connection, output.name, 'category', [
    ...new Set(products.flatMap(({ source }) => source.categories ?? [])),
  ])
  const partners = new Map<string, References>(
    products.map(({ key, source }) => [key, references(source, structure)]),
  )
  const parents = [...models.values()].map(({ parent }) => parent.key)
  const links = await prefetchLinks(tx, context, [...partners.values(), { products: [], models: parents }])

  const waiting: { key: string; reason: WaitingReason }[] = []
  const rejected: Rejection[] = []
  const unknownStructure: { stream: StreamName; code: string; product: string }[] = []
  const records = []
  for (const product of products) {
    const model = product.source.parent == null ? null : models.get(product.source.parent.toLowerCase())
    const reason = whyItWaits(product, model, groups, categories, partners, links, context, breakCircles)
    if (reason !== null) {
      waiting.push({ key: product.key, reason })
      continue
    }
    const translation = translateProduct(
      withKnownCategories(product.source, categories),
      model
        ? { root: model.root.source as AkeneoProductModel, parent: model.parent.source as AkeneoProductModel }
        : null,
      structure,
      output,
      links,
    )
    if (translation.outcome === 'rejected') {
      rejected.push(rejectionOf('products', product.key, product.code, translation.problem))
      continue
    }
    unknownStructure.push(...translation.missing.map((gap) => ({ ...gap, product: product.key })))
    records.push({ id: product.id, key: product.key, code: product.code, record: translation.record })
  }

  const known = await publishedIds(
    tx,
    connection,
    output.name,
    records.map(({ id }) => id),
  )
  const fresh = records.filter(({ id }) => !known.has(id))
  const referrers = await referrersOf(
    tx,
    connection,
    'products',
    fresh.flatMap(({ key, code }) => (code === null ? [key] : [key, code])),
  )
  await writeLinks(
    tx,
    connection,
    'products',
    products.map(({ key }) => ({ key, targets: targetsOf(partners.get(key)) })),
  )
  await clearRejections(
    tx,
    connection,
    'products',
    records.map(({ key }) => key),
  )
  await reject(tx, connection, rejected)
  await requestStructure(tx, connection, unknownStructure)
  await dequeue(tx, connection, 'products', [
    ...records.map(({ key }) => key),
    ...rejected.map(({ key }) => key),
  ])
  await enqueue(tx, connection, [
    ...waiting.map(({ key, reason }) => ({ stream: 'products' as const, key, reason })),
    ...referrers.map((referrer) => ({ ...referrer, reason: 'link' as const })),
  ])
  await publishRecords(tx, { connection, output: output.name, run }, records)
  return { published: records.map(({ key }) => key), waiting: waiting.map(({ key }) => key), rejected }
}

interface ModelPair {
  root: StoredSource
  parent: StoredSource
}

/** The models above these products, by the lower-cased code of the direct one. */
async function modelsOf(
  tx: Transaction,
  connection: string,
  products: ProductToPublish[],
): Promise<Map<string, ModelPair>> {
  const codes = [...new Set(products.flatMap(({ source }) => (source.parent == null ? [] : [source.parent])))]
  const parents = await sourcesByCode(tx, connection, 'product-models', codes)
  const rootCodes = [...new Set(parents.flatMap(({ parent }) => (parent === null ? [] : [parent])))]
  const roots = new Map(
    (await sourcesByCode(tx, connection, 'product-models', rootCodes)).map((root) => [
      root.key.toLowerCase(),
      root,
    ]),
  )
  return new Map(
    parents.flatMap((parent) => {
      const root = parent.parent === null ? parent : roots.get(parent.parent.toLowerCase())
      return root ? [[parent.key.toLowerCase(), { root, parent }] as const] : []
    }),
  )
}

function whyItWaits(
  product: ProductToPublish,
  model: ModelPair | null | undefined,
  groups: Set<string>,
  categories: Set<string>,
  partners: Map<string, References>,
  links: PrefetchedLinks,
  { prerequisiteWaitHours, skipRelatedPrerequisite }: PublishingContext,
  breakCircles: boolean,
): WaitingReason | null {
  if (product.source.parent != null && (!model || !groups.has(model.root.id))) return 'group'
  if (hasWaitedLongEnough(product.since, prerequisiteWaitHours)) return null
  if (product.source.categories?.some((code) => !categories.has(code.toLowerCase()))) return 'category'
  const missing = skipRelatedPrerequisite
    ? []
    : links.missing(partners.get(product.key) ?? { products: [], models: [] })
  return missing.some(({ read }) => !(breakCircles && read)) ? 'related' : null
}

/** A category that never came does not travel as a dangling code. */
const withKnownCategories = (source: AkeneoProduct, known: Set<string>): AkeneoProduct =>
  source.categories?.every((code) => known.has(code.toLowerCase())) === false
    ? { ...source, categories: source.categories.filter((code) => known.has(code.toLowerCase())) }
    : source

const targetsOf = (references: References | undefined) => [
  ...(references?.products ?? []).map((name) => ({ stream: 'products' as const, name })),
  ...(references?.models ?? []).map((name) => ({ stream: 'product-models' as const, name })),
]
