import type { AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { axisValuesOf, references, translateGroup } from '../../connectors/akeneo/translate/index.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import { publishedIds, publishRecords } from '../../connectors/hub/records.ts'
import { clearRejections, reject } from '../../connectors/hub/rejections.ts'
import {
  sourcesByKey,
  sourcesByParent,
  type StoredSource,
  variantsBelow,
} from '../../connectors/hub/sources.ts'
import { enqueue, referrersOf, writeLinks } from '../../connectors/hub/waiting.ts'
import type { AxisValue } from '../../contracts/hub.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { type PublishingContext, rejectionOf } from './context.ts'
import { prefetchLinks } from './links.ts'

/**
 * Publishes groups from what is stored of their models and variants. Done when transfers are through, so that a group
 * appears once, with all its axis values, before its variants; returns the root codes that are published.
 */
export async function publishGroups(
  tx: Transaction,
  context: PublishingContext,
  roots: string[],
): Promise<string[]> {
  const { connection, run, structure, output } = context
  const models = await sourcesByKey(tx, connection, 'product-models', roots, { lock: true })
  const subModels = groupBy(await sourcesByParent(tx, connection, 'product-models', roots), ({ parent }) =>
    lower(parent),
  )
  const refused: Rejection[] = []
  const records = []
  const links = await prefetchLinks(
    tx,
    context,
    models.map(({ source }) => references(source as AkeneoProductModel, structure)),
  )
  for (const root of models) {
    const source = root.source as AkeneoProductModel
    const below = subModels.get(lower(root.code)) ?? []
    const translation = translateGroup(
      {
        root: source,
        subModels: below.map((stored) => stored.source as AkeneoProductModel),
        variants: await variantsOf(tx, context, source, below),
      },
      structure,
      output,
      links,
    )
    if (translation.outcome === 'record')
      records.push({ id: root.id, key: root.key, record: translation.record })
    else refused.push(rejectionOf('product-models', root.key, root.code, translation.problem))
  }
  const known = await publishedIds(
    tx,
    connection,
    output.name,
    records.map(({ id }) => id),
  )
  const fresh = records.filter(({ id }) => !known.has(id))
  await writeLinks(tx, connection, 'product-models', targetsOf(models, structure))
  await reject(tx, connection, refused)
  await clearRejections(
    tx,
    connection,
    'product-models',
    records.map(({ key }) => key),
  )
  await enqueueReferrers(
    tx,
    context,
    fresh.map(({ key }) => key),
  )
  await publishRecords(tx, { connection, output: output.name, run }, records)
  return records.map(({ key }) => key)
}

async function variantsOf(
  tx: Transaction,
  { connection, structure }: PublishingContext,
  root: AkeneoProductModel,
  subModels: StoredSource[],
): Promise<{ active: boolean; axisValues: Record<string, AxisValue> }[]> {
  const familyVariant = structure.familyVariants.get(lower(root.family_variant))
  if (!familyVariant) return []
  const axes = familyVariant.variant_attribute_sets.flatMap((set) => set.axes)
  const rows = await variantsBelow(tx, connection, [root.code, ...subModels.map(({ key }) => key)], axes)
  return rows.map(({ code, enabled, values }) => ({
    active: enabled && code !== null,
    axisValues: axisValuesOf({ values: values as AkeneoProductModel['values'] }, familyVariant, structure),
  }))
}

const targetsOf = (models: StoredSource[], structure: PublishingContext['structure']) =>
  models.map(({ key, source }) => {
    const { products, models: partners } = references(source as AkeneoProductModel, structure)
    return {
      key,
      targets: [
        ...products.map((name) => ({ stream: 'products' as const, name })),
        ...partners.map((name) => ({ stream: 'product-models' as const, name })),
      ],
    }
  })

/** Whoever names a group that has just appeared gets its link now. */
async function enqueueReferrers(
  tx: Transaction,
  { connection }: PublishingContext,
  codes: string[],
): Promise<void> {
  const referrers = await referrersOf(tx, connection, 'product-models', codes)
  await enqueue(
    tx,
    connection,
    referrers.map((referrer) => ({ ...referrer, reason: 'link' as const })),
  )
}

const lower = (code: string | null) => (code ?? '').toLowerCase()

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
