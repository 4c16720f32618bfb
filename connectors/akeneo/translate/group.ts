import type { AxisValue, HubGroup, Reason } from '../../../contracts/hub.ts'
import { byCode } from '../../../domain/text.ts'
import type { AkeneoFamily, AkeneoFamilyVariant, AkeneoProductModel } from '../schema.ts'
import { attributeValues } from './attribute-values.ts'
import { axesOf, axisValuesOf } from './axes.ts'
import { sourceOf } from './envelope.ts'
import { familyOf, familyVariantOf } from './family.ts'
import { relatedOf, type Links } from './links.ts'
import { mediaOf } from './media.ts'
import type { OutputSettings } from './output.ts'
import { nameOf } from './own-fields.ts'
import { variantPlan, type VariantPlan } from './plan.ts'
import { startReading, type Reading } from './reading.ts'
import { modelView, type RecordView } from './record-view.ts'
import { textBy } from './rules/evaluate.ts'
import type { ExpressionResults } from './rules/expression.ts'
import type { Structure } from './structure.ts'
import { conclude, type Translation } from './translation.ts'

/**
 * The model that makes the group with all that hangs below it; a variant gives its axis values and whether its record is active.
 * `root` is the root model, or the variants' direct parent where the mapping groups at the lowest level (`groupModel`).
 */
export interface GroupInput {
  root: AkeneoProductModel
  subModels: AkeneoProductModel[]
  variants: { active: boolean; axisValues: Record<string, AxisValue> }[]
}

/** What expressions gave, by model code; see `evaluateGroupExpressions`. */
export type GroupExpressions = ReadonlyMap<string, ExpressionResults>

export function translateGroup(
  { root, subModels, variants }: GroupInput,
  structure: Structure,
  settings: OutputSettings,
  links: Links,
  expressions: GroupExpressions | null = null,
): Translation {
  const reading = startReading(structure, settings, links)
  const { output } = reading
  const { view, family, familyVariant, plan, lowest } = groupView(root, reading, expressions)

  const name = nameOf(output.rules, view, root.code)
  const description = textBy(output.rules.description, view)
  const media = mediaOf(view)
  // What is bought has a price, and a variant shows its model's: a price on the group would be a second, older truth.
  for (const code of output.rules.priceCodes) view.taken.add(code)
  const { related, pending } = relatedOf(root.associations, structure, links, output)
  const reason = withheldBecause(variants)
  const axes = familyVariant ? axesOf(familyVariant, variants, structure) : []

  return conclude(
    {
      kind: 'group',
      status: reason ? 'withheld' : 'active',
      ...(reason ? { reasons: [reason] } : {}),
      source: sourceOf({ code: root.code, updated: root.updated }, output),
      name,
      ...(description ? { description } : {}),
      // At the lowest level all variants of a group share what tells the group from its siblings.
      axes: lowest ? axes.filter(({ level }) => level === plan?.depth) : axes,
      ...(familyVariant && plan?.depth === 2 && !lowest
        ? { subgroups: subgroupsOf(subModels, family, familyVariant, plan, reading, expressions) }
        : {}),
      categories: [...(root.categories ?? [])],
      attributes: attributeValues(view),
      media,
      related,
      ...(pending.length > 0 ? { pending } : {}),
    },
    reading.findings,
  )
}

/** A group's model as rules see it, with what tells which levels it speaks for. */
export function groupView(root: AkeneoProductModel, reading: Reading, expressions: GroupExpressions | null) {
  const family = familyOf(root.family, reading)
  const familyVariant = familyVariantOf(root.family_variant, reading)
  const plan = familyVariant && variantPlan(familyVariant)
  const lowest = reading.output.rules.document.groupAt === 'lowest'
  const view = modelView(root, ownedBy(root, plan, lowest), family, reading, resultsOf(expressions, root))
  return { view, family, familyVariant, plan, lowest }
}

const resultsOf = (expressions: GroupExpressions | null, { code }: AkeneoProductModel) =>
  expressions?.get(code) ?? null

/** Akeneo shows a sub-model's values merged with its root's; each level speaks for its own, a lowest group for all above too. */
export function ownedBy(
  model: AkeneoProductModel,
  plan: VariantPlan | undefined,
  lowest: boolean,
): (attribute: string) => boolean {
  const level = model.parent == null ? 0 : 1
  if (lowest) return (attribute) => (plan?.levelOf(attribute) ?? 0) <= level
  return (attribute) => (plan?.levelOf(attribute) ?? 0) === level
}

/** By code, so that the order in which a store answers changes nothing. */
function subgroupsOf(
  subModels: readonly AkeneoProductModel[],
  family: AkeneoFamily | undefined,
  familyVariant: AkeneoFamilyVariant,
  plan: VariantPlan,
  reading: Reading,
  expressions: GroupExpressions | null,
): NonNullable<HubGroup['subgroups']> {
  return [...subModels]
    .sort((a, b) => byCode(a.code, b.code))
    .map((model) => {
      const owns = ownedBy(model, plan, false)
      const view: RecordView = modelView(model, owns, family, reading, resultsOf(expressions, model))
      return {
        code: model.code,
        axisValues: axisValuesOf(model, familyVariant, reading.structure),
        name: nameOf(reading.output.rules, view, model.code),
        media: mediaOf(view),
      }
    })
}

function withheldBecause(variants: GroupInput['variants']): Reason | null {
  if (variants.some(({ active }) => active)) return null
  if (variants.length === 0) {
    return {
      code: 'no-variants',
      text: 'has no variants',
      remedy: 'Add a variant in Akeneo, or delete the model',
    }
  }
  return {
    code: 'no-active-variant',
    text:
      variants.length === 1
        ? 'its only variant is not active'
        : `none of its ${variants.length} variants is active`,
    remedy: 'See why its variants are withheld or rejected: pimflow explain <sku>',
  }
}
