import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import { matchView } from '../../connectors/akeneo/translate/match-view.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import type { KnownProduct } from '../../connectors/hub/enrichment/products.ts'
import { parentsOfModels } from '../../connectors/hub/source-relations.ts'
import { sourcesByKey, type StoredSource } from '../../connectors/hub/sources.ts'
import type { EnrichedProduct } from '../../domain/enrichment/lines/owner.ts'
import { foldCase } from '../../domain/text.ts'
import type { EnrichmentContext } from './context.ts'
import type { Asked } from './fetch-sheet.ts'
import { byOwner, type Cells, type ModelCells } from './owned-cells.ts'

/** Products that share a root, or one that has none, with what Icecat said of those that are due. */
export interface AskedGroup {
  members: readonly KnownProduct[]
  asked: ReadonlyMap<string, Asked & { at: Date }>
}

export interface ModelSource extends StoredSource {
  /** Codes and keys of the models from the root down to this one, itself included. */
  chain: { key: string; code: string }[]
}

/** The models above these products, by code in lower case. */
export async function modelsOf(
  tx: Transaction,
  connection: string,
  products: readonly StoredSource[],
): Promise<Map<string, ModelSource>> {
  const parents = await parentsOfModels(tx, connection, [
    ...new Set(products.flatMap(({ parent }) => parent ?? [])),
  ])
  const keys = [...parents.values()].map(({ key }) => key)
  const sources = new Map(
    (await sourcesByKey(tx, connection, 'product-models', keys)).map((one) => [one.key, one]),
  )
  const chainOf = (code: string): ModelSource['chain'] => {
    const model = parents.get(code)
    const source = model && sources.get(model.key)
    if (source === undefined) return []
    const above = source.parent === null ? [] : chainOf(foldCase(source.parent))
    return [...above, { key: source.key, code: (source.source as AkeneoProductModel).code }]
  }
  return new Map(
    [...parents].flatMap(([code, { key }]): [string, ModelSource][] => {
      const source = sources.get(key)
      return source === undefined ? [] : [[code, { ...source, chain: chainOf(code) }]]
    }),
  )
}

export interface FoundProduct {
  source: StoredSource
  asked: Asked & { at: Date }
  /** Keys of the models above it. */
  chain: readonly string[]
  own: Cells
  models: ModelCells
}

/** A product with the keys of the models above it, and which of them has which attributes. */
export function enrichedProduct(
  { structure }: Pick<EnrichmentContext, 'structure'>,
  { key, parent }: StoredSource,
  models: ReadonlyMap<string, ModelSource>,
): EnrichedProduct {
  const chain = parent === null ? [] : (models.get(foldCase(parent))?.chain ?? [])
  const root = chain[0] && (models.get(foldCase(chain[0].code))?.source as AkeneoProductModel | undefined)
  return {
    key,
    models: chain.map((model) => model.key),
    variant: root === undefined ? null : (structure.familyVariants.get(root.family_variant) ?? null),
  }
}

/** Converts one product's sheet, and says which record each cell belongs to. */
export function convertSheet(
  context: EnrichmentContext,
  source: StoredSource,
  models: ReadonlyMap<string, ModelSource>,
  asked: (Asked & { at: Date }) | undefined,
): FoundProduct {
  if (asked === undefined) throw new Error(`Icecat was not asked for ${source.key}`)
  const { icecat, structure, enrichment, identifierAttribute } = context
  const enriched = enrichedProduct(context, source, models)
  const nothing = {
    source,
    asked,
    chain: enriched.models,
    own: { cells: [], media: [] },
    models: {},
  }
  if (asked.outcome !== 'found') return nothing
  const product = source.source as AkeneoProduct
  const view = matchView(product, structure, identifierAttribute)
  const { sheet } = asked
  const cells = { cells: enrichment.cells(sheet, view), media: enrichment.media(sheet, view) }
  const provenance = {
    product: source.key,
    icecatId: sheet.icecatId,
    sheetUpdated: asked.sheetUpdated,
    fetchedAt: asked.at.toISOString(),
    licence: icecat.config.subscription,
  }
  return { ...nothing, ...byOwner(cells, enriched, provenance) }
}
