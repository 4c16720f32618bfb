import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { partsOfVariants } from '../../connectors/counted-variants.ts'
import type { OutputSettings } from '../../connectors/akeneo/translate/index.ts'
import type { Sql, Transaction } from '../../connectors/hub/database.ts'
import { publishedBodies, type PublishedRecord } from '../../connectors/hub/records.ts'
import { nextSources, type StoredSource } from '../../connectors/hub/sources.ts'
import { type ComparedSoFar, type RecordDiff, RecordDiffs } from '../../domain/mapping/record-diff.ts'
import { withFacts } from '../../domain/media-files.ts'
import type { PublishingContext } from './context.ts'
import { knownFiles } from './files.ts'
import { prefetchPartners, referencesOf } from '../../connectors/partners.ts'
import { readModelFamilies, translateGroups } from './translate-groups.ts'
import { modelsOf, translateProducts } from './translate-products.ts'

const perBatch = 200

/** Every so many records it is said how far a comparison is: some seconds of work. */
const recordsPerMark = 5000

const compared = [
  ['product-models', groupsOf],
  ['products', productsOf],
] as const

/**
 * What stored groups and products would be by another mapping, against what the output holds. Reads only. `mark` is told now and then how
 * far it is; with what it was told last as `begun` a later call goes on there.
 */
export async function compareOutput(
  sql: Sql,
  context: PublishingContext,
  output: OutputSettings,
  {
    begun = null,
    mark = () => Promise.resolve(),
    every = recordsPerMark,
  }: { begun?: ComparedSoFar | null; mark?: (soFar: ComparedSoFar) => Promise<void>; every?: number } = {},
): Promise<RecordDiff> {
  const candidate = { ...context, outputs: [output] }
  const diffs = new RecordDiffs(begun?.diff)
  let marked = begun?.diff.compared ?? 0
  const first = begun === null ? 0 : compared.findIndex(([stream]) => stream === begun.stream)
  for (const [place, [stream, translate]] of compared.entries()) {
    if (place < first) continue
    for (let after: string | null = place === first ? (begun?.after ?? null) : null; ;) {
      const batch: StoredSource[] = await nextSources(sql, context.connection, stream, after, perBatch)
      after = batch.at(-1)?.key ?? null
      if (after === null) break
      await sql.begin(async (tx) => {
        const { ids, records } = await translate(tx, candidate, output, batch)
        const known = await knownFiles(tx, context.connection, [{ records }], { hold: false })
        const made = new Map(records.map(({ id, record }) => [id, withFacts(record, known).record]))
        const before = await publishedBodies(tx, context.connection, output.name, ids)
        for (const id of ids) diffs.add(before.get(id) ?? null, made.get(id) ?? null)
      })
      const diff = diffs.summary()
      if (diff.compared - marked < every) continue
      marked = diff.compared
      await mark({ stream, after, diff })
    }
  }
  return diffs.summary()
}

interface Made {
  ids: string[]
  records: PublishedRecord[]
}

async function groupsOf(
  tx: Transaction,
  context: PublishingContext,
  output: OutputSettings,
  roots: StoredSource[],
): Promise<Made> {
  const families = await readModelFamilies(
    tx,
    context,
    roots.map(({ key }) => key),
  )
  const models = families.flatMap(({ root, subModels }) => [root, ...subModels])
  const partners = await prefetchPartners(
    tx,
    context,
    [
      ...models.map(({ source }) => referencesOf(source as AkeneoProductModel, context)),
      ...families.flatMap(({ variants }) => partsOfVariants(variants, [output])),
    ],
    families.flatMap(({ variants }) =>
      variants.flatMap(({ source }) => (source as AkeneoProduct).categories ?? []),
    ),
  )
  const links = await partners.linksIn(output)
  // By what the mapping would make of their variants, not by what it has made.
  const { records } = await translateGroups(tx, context, output, families, links, new Map())
  return {
    // A model that makes no group, and made none, counts neither before nor after.
    ids: models.map(({ id }) => id),
    records,
  }
}

async function productsOf(
  tx: Transaction,
  context: PublishingContext,
  output: OutputSettings,
  sources: StoredSource[],
): Promise<Made> {
  const products = sources.map(({ key, id, code, source }) => ({
    key,
    id,
    code,
    source: source as AkeneoProduct,
  }))
  const models = await modelsOf(tx, context.connection, products)
  const partners = await prefetchPartners(
    tx,
    context,
    [
      ...products.map(({ source }) => referencesOf(source, context)),
      { products: [], models: [...models.values()].map(({ parent }) => parent.key), records: [] },
    ],
    products.flatMap(({ source }) => source.categories ?? []),
  )
  const { records } = await translateProducts(tx, context, output, products, models, partners, 'never')
  return {
    ids: products.map(({ id }) => id),
    records,
  }
}
