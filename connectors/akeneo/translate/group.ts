import type { AxisValue, HubGroup, Reason } from '../../../contracts/hub.ts'
import { byCode } from '../../../domain/text.ts'
import type { AkeneoFamily, AkeneoFamilyVariant, AkeneoProductModel, AkeneoValues } from '../schema.ts'
import { attributeValues } from './attribute-values.ts'
import { axesOf, axisValuesOf } from './axes.ts'
import { sourceOf } from './envelope.ts'
import { familyOf, familyVariantOf } from './family.ts'
import { heldValues, take, type HeldValues } from './held.ts'
import { relatedOf, type Links } from './links.ts'
import { takeMedia } from './media.ts'
import { takeDescription, takeName } from './own-fields.ts'
import { variantPlan, type VariantPlan } from './plan.ts'
import { startReading, type Reading } from './reading.ts'
import type { OutputSettings, Structure } from './structure.ts'
import { conclude, type Translation } from './translation.ts'

/** A root model with all that hangs below it; a variant gives its axis values and whether its record is active. */
export interface GroupInput {
  root: AkeneoProductModel
  subModels: AkeneoProductModel[]
  variants: { active: boolean; axisValues: Record<string, AxisValue> }[]
}

export function translateGroup(
  { root, subModels, variants }: GroupInput,
  structure: Structure,
  output: OutputSettings,
  links: Links,
): Translation {
  const reading = startReading(structure, output)
  const family = familyOf(root.family, reading)
  const familyVariant = familyVariantOf(root.family_variant, reading)
  const plan = familyVariant && variantPlan(familyVariant)
  const held = valuesOfLevel(root.values, 0, plan, reading)

  const name = takeName(held, family?.attribute_as_label, root.code, reading)
  const description = takeDescription(held, reading)
  const media = takeMedia(held, family?.attribute_as_image, reading)
  // What is bought has a price, and a variant shows its model's: a price on the group would be a second, older truth.
  if (reading.plan.price !== null) take(held, reading.plan.price)
  const { related, pending } = relatedOf(root.associations, structure, links)
  const reason = withheldBecause(variants)

  return conclude(
    {
      kind: 'group',
      status: reason ? 'withheld' : 'active',
      ...(reason ? { reasons: [reason] } : {}),
      source: sourceOf({ code: root.code, updated: root.updated }),
      name,
      ...(description ? { description } : {}),
      axes: familyVariant ? axesOf(familyVariant, variants, structure) : [],
      ...(familyVariant && plan?.depth === 2
        ? { subgroups: subgroupsOf(subModels, family, familyVariant, plan, reading) }
        : {}),
      categories: [...(root.categories ?? [])],
      attributes: attributeValues(held, reading),
      media,
      related,
      ...(pending.length > 0 ? { pending } : {}),
    },
    reading.findings,
  )
}

/** By code, so that the order in which a store answers changes nothing. */
function subgroupsOf(
  subModels: readonly AkeneoProductModel[],
  family: AkeneoFamily | undefined,
  familyVariant: AkeneoFamilyVariant,
  plan: VariantPlan,
  reading: Reading,
): NonNullable<HubGroup['subgroups']> {
  return [...subModels]
    .sort((a, b) => byCode(a.code, b.code))
    .map((model) => {
      const held = valuesOfLevel(model.values, 1, plan, reading)
      return {
        code: model.code,
        axisValues: axisValuesOf(model, familyVariant, reading.structure),
        name: takeName(held, family?.attribute_as_label, model.code, reading),
        media: takeMedia(held, family?.attribute_as_image, reading),
      }
    })
}

/** Akeneo shows a sub-model's values merged with its root's; each level speaks for its own here. */
function valuesOfLevel(
  values: AkeneoValues,
  level: 0 | 1,
  plan: VariantPlan | undefined,
  reading: Reading,
): HeldValues {
  const held = heldValues(values, reading)
  if (plan) {
    for (const code of held.keys()) if (plan.levelOf(code) !== level) held.delete(code)
  }
  return held
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
    remedy: 'See why its variants are withheld: pimflow explain <sku>',
  }
}
