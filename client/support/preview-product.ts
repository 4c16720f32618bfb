import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import {
  evaluateExpressions,
  type Links,
  type OutputSettings,
  previewRecord,
  type RecordPreview,
  references,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { publishedIds } from '../../connectors/hub/records.ts'
import { categoryPlaces, idsOf, sourcesByCode, sourcesByKey } from '../../connectors/hub/sources.ts'

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
  const links = await linksOf(
    sql,
    connection,
    source,
    models ? [models.root.code, models.parent.code] : [],
    structure,
    output,
  )
  const expressions = await evaluateExpressions(source, structure, output)
  return previewRecord(source, models, structure, output, links, expressions)
}

async function model(sql: Sql, connection: string, code: string): Promise<AkeneoProductModel | null> {
  const [stored] = await sourcesByCode(sql, connection, 'product-models', [code])
  return (stored?.source as AkeneoProductModel | undefined) ?? null
}

async function linksOf(
  sql: Sql,
  connection: string,
  source: AkeneoProduct,
  above: string[],
  structure: Structure,
  output: OutputSettings,
): Promise<Links> {
  const named = references(source, structure, output)
  const products = await idsOf(sql, connection, 'products', named.products)
  const models = await idsOf(sql, connection, 'product-models', [...named.models, ...above])
  const ids = [...products.values(), ...models.values()].map(({ id }) => id)
  const published = await publishedIds(sql, connection, output.name, ids)
  const places = await categoryPlaces(sql, connection, source.categories ?? [])
  const linkTo = (record: { id: string } | undefined) =>
    record && published.has(record.id) ? { id: record.id } : undefined
  return {
    product: (name) => linkTo(products.get(name.toLowerCase())),
    group: (code) => linkTo(models.get(code.toLowerCase())),
    ancestors: (category) =>
      places.find(({ code }) => code.toLowerCase() === category.toLowerCase())?.path ?? undefined,
  }
}
