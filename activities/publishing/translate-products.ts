import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  evaluateExpressions,
  type OutputSettings,
  references,
  translateProduct,
} from '../../connectors/akeneo/translate/index.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import type { Finding } from '../../connectors/hub/findings.ts'
import type { StructureRequest } from '../../connectors/hub/list-readings.ts'
import { publishedStatuses, type PublishedRecord } from '../../connectors/hub/records.ts'
import { sourcesByCode, type StoredSource } from '../../connectors/hub/sources.ts'
import type { WaitingReason } from '../../connectors/hub/waiting.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type Categories, categoryMissing, lookUpCategories } from './categories-of.ts'
import { hasWaitedLongEnough, type PublishingContext, rejectionOf } from './context.ts'
import { isKit, type MissingPartner, type Partners, partsOf } from '../../connectors/partners.ts'

export interface ProductToPublish {
  key: string
  id: string
  code: string | null
  source: AkeneoProduct
  /** Since when it waits; absent for one that was just read. */
  since?: Date
}

/**
 * Whether products wait for what they name. `break-circles`: not for partners that are read but wait themselves. `never`: to see
 * what would become of them.
 */
export type Waits = 'all' | 'break-circles' | 'never'

/** What one output makes of products. */
export interface ProductsOfOutput {
  output: string
  records: (PublishedRecord & { key: string })[]
  /** Those that the output did not hold before. */
  fresh: string[]
  waiting: Map<string, WaitingReason>
  /** Models above variants that are another than their groups count them as. */
  turned: string[]
  /** What these records name and the output does not hold. */
  unlinked: Unlinked[]
  rejected: Rejection[]
  unknownStructure: StructureRequest[]
  findings: Finding[]
}

export interface Unlinked {
  key: string
  missing: MissingPartner[]
  categories: string[]
}

/** Less than 1 ms of work: between two turns answers of other lanes are taken, and their next calls sent. */
const productsPerTurn = 5

/** Translates the products that have all they need in this output: their group, their categories, their partners. */
export async function translateProducts(
  tx: Transaction,
  context: PublishingContext,
  output: OutputSettings,
  products: ProductToPublish[],
  models: Map<string, ModelPair>,
  partners: Partners,
  waits: Waits,
): Promise<ProductsOfOutput> {
  const { connection, structure } = context
  const groupOf = ({ root, parent }: ModelPair) =>
    output.rules.document.groupAt === 'lowest' ? parent : root
  const known = await publishedStatuses(tx, connection, output.name, [
    ...products.map(({ id }) => id),
    ...[...models.values()].map((pair) => groupOf(pair).id),
  ])
  const categories = await lookUpCategories(
    tx,
    context,
    output,
    products.map(({ source }) => source),
  )
  const links = await partners.linksIn(output)
  const made: ProductsOfOutput = {
    output: output.name,
    records: [],
    fresh: [],
    turned: [],
    waiting: new Map(),
    unlinked: [],
    rejected: [],
    unknownStructure: [],
    findings: [],
  }
  for (const [index, product] of products.entries()) {
    // Other lanes' answers are waiting: a whole page in one go would keep them from asking for their next one.
    if (index % productsPerTurn === productsPerTurn - 1) await nextTurn()
    const { key, id, code } = product
    const model = product.source.parent == null ? null : models.get(product.source.parent.toLowerCase())
    const hasGroup = model === null || (model !== undefined && known.has(groupOf(model).id))
    const missing = hasGroup ? links.missing(references(product.source, structure, output)) : []
    const reason = hasGroup
      ? whyItWaits(
          product,
          categories,
          links.missing(partsOf(product.source, output)),
          missing,
          context,
          waits,
        )
      : 'group'
    if (reason !== null && waits !== 'never') {
      made.waiting.set(key, reason)
      continue
    }
    const source = categories.within(product.source)
    const translation = translateProduct(
      source,
      model
        ? { root: model.root.source as AkeneoProductModel, parent: model.parent.source as AkeneoProductModel }
        : null,
      structure,
      output,
      links,
      await evaluateExpressions(source, structure, output),
    )
    if (translation.outcome === 'rejected') {
      made.rejected.push(rejectionOf('products', key, code, translation.problem, output))
      continue
    }
    made.unknownStructure.push(
      ...translation.missing.map((gap) => ({ ...gap, asker: 'products' as const, key })),
    )
    const absent = categories.missingOf(product.source)
    made.findings.push(...translation.warnings.map((warning) => ({ key, ...warning })))
    made.findings.push(...absent.map((category) => ({ key, ...categoryMissing(category) })))
    made.records.push({ id, key, record: translation.record })
    if (missing.length + absent.length > 0) made.unlinked.push({ key, missing, categories: absent })
    const before = known.get(id)
    if (before === undefined) made.fresh.push(key)
    // A part of a new kit may have come, or left, since the group was made.
    const isCountedOtherwise =
      before === undefined ? isKit(product.source, output) : before !== translation.record.status
    if (model && isCountedOtherwise) made.turned.push(model.parent.key)
  }
  return made
}

/** The models above a variant, as stored. */
export interface ModelPair {
  root: StoredSource
  parent: StoredSource
}

/** The models above these products, by the lower-cased code of the direct one. */
export async function modelsOf(
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
  categories: Categories,
  missingParts: MissingPartner[],
  missing: MissingPartner[],
  context: PublishingContext,
  waits: Waits,
): WaitingReason | null {
  if (hasWaitedLongEnough(product.since, context.prerequisiteWaitHours)) return null
  if (categories.mayCome(product.source)) return 'category'
  const parts = missingParts.filter(mayCome)
  const related = context.skipRelatedPrerequisite ? [] : missing.filter(mayCome)
  if (waits === 'all') return parts.length + related.length > 0 ? 'related' : null
  // Partners that are read come with this pass. A part that nobody has read holds its kit only where it is going to be read.
  const unread = (partners: typeof parts) => partners.some(({ read }) => !read)
  const isPart = new Set(parts.map(({ name }) => name))
  const held =
    unread(related.filter(({ name }) => !isPart.has(name))) ||
    (context.createMissingBundleItems && unread(parts))
  return held ? 'related' : null
}

/** One that was refused comes when somebody has mended it. */
const mayCome = ({ rejected }: MissingPartner) => !rejected
