import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import {
  evaluateExpressions,
  type OutputSettings,
  previewRecord,
  type RecordPreview,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { idsOf, sourcesByCode, sourcesByKey } from '../../connectors/hub/sources.ts'
import { prefetchPartners, referencesOf } from '../../connectors/partners.ts'

/** A stored product as an output would make it; null when no product has that name. */
export async function previewProduct(
  sql: Sql,
  connection: string,
  name: string,
  structure: Structure,
  output: OutputSettings,
): Promise<RecordPreview | null> {
  const known = (await idsOf(sql, connection, 'products', [name])).get(name.toLowerCase())
  const [stored] = known ? await sourcesByKey(sql, connection, 'products', [known.key]) : []
  if (!stored) return null
  const source = stored.source as AkeneoProduct
  const parent = source.parent == null ? null : await model(sql, connection, source.parent)
  const root = parent?.parent == null ? parent : await model(sql, connection, parent.parent)
  const models = parent && root ? { root, parent } : null
  const context = { connection, structure, outputs: [output] }
  const partners = await prefetchPartners(
    sql,
    context,
    [
      referencesOf(source, context),
      { products: [], models: models ? [models.parent.code] : [], records: [] },
    ],
    source.categories ?? [],
  )
  const expressions = await evaluateExpressions(source, structure, output)
  return previewRecord(source, models, structure, output, await partners.linksIn(output), expressions)
}

async function model(sql: Sql, connection: string, code: string): Promise<AkeneoProductModel | null> {
  const [stored] = await sourcesByCode(sql, connection, 'product-models', [code])
  return (stored?.source as AkeneoProductModel | undefined) ?? null
}
