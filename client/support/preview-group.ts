import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import {
  evaluateGroupExpressions,
  type GroupInput,
  type OutputSettings,
  previewGroup,
  type RecordPreview,
  type Structure,
} from '../../connectors/akeneo/translate/index.ts'
import { countedVariants, partsOfVariants } from '../../connectors/counted-variants.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { sourcesByParent, variantsBelow } from '../../connectors/hub/source-relations.ts'
import { sourcesByCode, type StoredSource } from '../../connectors/hub/sources.ts'
import { prefetchPartners, referencesOf } from '../../connectors/partners.ts'

/** A model's group as an output would make it. */
export interface GroupPreview {
  /** The model that makes it: where the mapping groups at the root, that of a sub-model that was asked for. */
  code: string
  preview: RecordPreview
}

/** The groups that a stored model makes or is part of: several for a root model where the mapping groups at the lowest level. */
export async function previewGroups(
  sql: Sql,
  connection: string,
  name: string,
  structure: Structure,
  output: OutputSettings,
): Promise<GroupPreview[]> {
  const [asked] = await sourcesByCode(sql, connection, 'product-models', [name])
  if (!asked) return []
  const [above] =
    asked.parent === null ? [] : await sourcesByCode(sql, connection, 'product-models', [asked.parent])
  const root = above ?? asked
  const subModels = await sourcesByParent(sql, connection, 'product-models', [root.key])
  const heads = headsOf(asked, root, subModels, structure, output)
  return Promise.all(
    heads.map(async (head) => {
      const below = head === root ? subModels : []
      return { code: head.key, preview: await previewOne(sql, connection, head, below, structure, output) }
    }),
  )
}

/** As `publishing/translate-groups` groups them. */
function headsOf(
  asked: StoredSource,
  root: StoredSource,
  subModels: StoredSource[],
  structure: Structure,
  output: OutputSettings,
): StoredSource[] {
  const { family_variant } = root.source as AkeneoProductModel
  const levels = structure.familyVariants.get(family_variant)?.variant_attribute_sets.length ?? 0
  if (output.rules.document.groupAt !== 'lowest' || levels < 2) return [root]
  return asked.key === root.key ? subModels : [asked]
}

async function previewOne(
  sql: Sql,
  connection: string,
  head: StoredSource,
  subModels: StoredSource[],
  structure: Structure,
  output: OutputSettings,
): Promise<RecordPreview> {
  const source = head.source as AkeneoProductModel
  const models = [head, ...subModels]
  const variants = await variantsBelow(
    sql,
    connection,
    models.map(({ key }) => key),
    { axes: [], whole: true, parts: true },
  )
  const context = { connection, structure, outputs: [output] }
  const categories = variants.flatMap(({ source }) => (source as AkeneoProduct).categories ?? [])
  const references = [
    ...models.map((model) => referencesOf(model.source as AkeneoProductModel, context)),
    ...partsOfVariants(variants, [output]),
  ]
  const links = await (await prefetchPartners(sql, context, references, categories)).linksIn(output)
  const input: GroupInput = {
    root: source,
    subModels: subModels.map((model) => model.source as AkeneoProductModel),
    variants: await countedVariants(sql, context, output, head, variants, links, new Map()),
  }
  const expressions = await evaluateGroupExpressions(input, structure, output)
  return previewGroup(input, structure, output, links, expressions)
}
