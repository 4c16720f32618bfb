import type { AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import {
  evaluateGroupExpressions,
  type GroupInput,
  isJudgedByItsHead,
  type OutputSettings,
  translateGroup,
} from '../../connectors/akeneo/translate/index.ts'
import { countedVariants } from '../../connectors/counted-variants.ts'
import type { Transaction } from '../../connectors/hub/database.ts'
import type { Finding } from '../../connectors/hub/findings.ts'
import type { StructureRequest } from '../../connectors/hub/list-readings.ts'
import type { PublishedRecord } from '../../connectors/hub/records.ts'
import { variantPlan } from '../../connectors/akeneo/translate/plan.ts'
import { sourcesByParent, type StoredVariant, variantsBelow } from '../../connectors/hub/source-relations.ts'
import { sourcesByKey, type StoredSource } from '../../connectors/hub/sources.ts'
import type { RecordStatus } from '../../contracts/hub.ts'
import type { Rejection } from '../../contracts/streams.ts'
import { categoryMissing, lookUpCategories } from './categories-of.ts'
import { type PublishingContext, rejectionOf } from './context.ts'
import type { OutputLinks } from '../../connectors/partners.ts'

/** A root model with all below it. */
export interface ModelFamily {
  root: StoredSource
  /** By its family variant; there may be none just now. */
  hasSubModels: boolean
  subModels: StoredSource[]
  variants: StoredVariant[]
}

export async function readModelFamilies(
  tx: Transaction,
  { connection, structure, outputs }: PublishingContext,
  keys: string[],
): Promise<ModelFamily[]> {
  const roots = await sourcesByKey(tx, connection, 'product-models', keys, { lock: true })
  const subModels = await sourcesByParent(tx, connection, 'product-models', keys)
  const familyVariantOf = ({ source }: StoredSource) =>
    structure.familyVariants.get((source as AkeneoProductModel).family_variant)
  const parentOf = new Map(subModels.map(({ key, parent }) => [lower(key), lower(parent)]))
  const axes = roots.flatMap(
    (root) => familyVariantOf(root)?.variant_attribute_sets.flatMap((set) => set.axes) ?? [],
  )
  const variants = await variantsBelow(tx, connection, [...keys, ...subModels.map(({ key }) => key)], {
    axes: [...new Set(axes)],
    whole: !outputs.every(isJudgedByItsHead),
    parts: outputs.some(({ rules }) => rules.document.kits.length > 0),
  })
  const subModelsOf = groupBy(subModels, ({ parent }) => lower(parent))
  const variantsOf = groupBy(variants, ({ parent }) => parentOf.get(lower(parent)) ?? lower(parent))
  return roots.map((root) => {
    const familyVariant = familyVariantOf(root)
    const below = subModelsOf.get(lower(root.key)) ?? []
    return {
      root,
      hasSubModels: familyVariant ? variantPlan(familyVariant).depth === 2 : below.length > 0,
      subModels: below,
      variants: variantsOf.get(lower(root.key)) ?? [],
    }
  })
}

/** The models that make the groups of an output: the root, or those whose children are variants. */
export function groupModels(
  { root, hasSubModels, subModels }: ModelFamily,
  output: OutputSettings,
): StoredSource[] {
  return output.rules.document.groupAt === 'lowest' && hasSubModels ? subModels : [root]
}

/** What one output makes of models. */
export interface GroupsOfOutput {
  records: (PublishedRecord & { key: string })[]
  rejected: Rejection[]
  findings: Finding[]
  unknownStructure: StructureRequest[]
  /** Categories that groups go out without, by their root. */
  uncategorized: { root: string; categories: string[] }[]
}

/** `statuses`: of variants, see `countedVariants`. */
export async function translateGroups(
  tx: Transaction,
  context: PublishingContext,
  output: OutputSettings,
  families: ModelFamily[],
  links: OutputLinks,
  statuses: ReadonlyMap<string, RecordStatus>,
): Promise<GroupsOfOutput> {
  const made: GroupsOfOutput = {
    records: [],
    rejected: [],
    findings: [],
    unknownStructure: [],
    uncategorized: [],
  }
  const heads = families.flatMap((family) => groupModels(family, output))
  const categories = await lookUpCategories(
    tx,
    context,
    output,
    heads.map(({ source }) => source as AkeneoProductModel),
  )
  for (const family of families) {
    for (const model of groupModels(family, output)) {
      const { id, key, code } = model
      const source = categories.within(model.source as AkeneoProductModel)
      const translation = await translateOne(
        tx,
        family,
        { ...model, source },
        context,
        output,
        links,
        statuses,
      )
      if (translation.outcome === 'record') {
        made.records.push({ id, key, record: translation.record })
        made.findings.push(...translation.warnings.map((warning) => ({ key, ...warning })))
        made.unknownStructure.push(
          ...translation.missing.map((gap) => ({
            ...gap,
            asker: 'product-models' as const,
            key: family.root.key,
          })),
        )
        const absent = categories.missingOf(model.source as AkeneoProductModel)
        made.findings.push(...absent.map((category) => ({ key, ...categoryMissing(category) })))
        if (absent.length > 0) made.uncategorized.push({ root: family.root.key, categories: absent })
      } else made.rejected.push(rejectionOf('product-models', key, code, translation.problem, output))
    }
  }
  return made
}

async function translateOne(
  tx: Transaction,
  { root, subModels, variants }: ModelFamily,
  model: StoredSource,
  context: PublishingContext,
  output: OutputSettings,
  links: OutputLinks,
  statuses: ReadonlyMap<string, RecordStatus>,
) {
  const isRoot = model.key === root.key
  const below = isRoot ? variants : variants.filter(({ parent }) => lower(parent) === lower(model.key))
  const input: GroupInput = {
    root: model.source as AkeneoProductModel,
    subModels: isRoot ? subModels.map((stored) => stored.source as AkeneoProductModel) : [],
    variants: await countedVariants(tx, context, output, model, below, links, statuses),
  }
  const { structure } = context
  const expressions = await evaluateGroupExpressions(input, structure, output)
  return translateGroup(input, structure, output, links, expressions)
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
