import type { HubProduct, PendingLink, Reason } from '../../../contracts/hub.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../schema.ts'
import { attributeValues } from './attribute-values.ts'
import { axisValuesOf } from './axes.ts'
import { sourceOf } from './envelope.ts'
import { familyOf, familyVariantOf } from './family.ts'
import { heldValues } from './held.ts'
import { notYet, relatedOf, type Links } from './links.ts'
import { takeMedia } from './media.ts'
import { takeBarcode, takeDescription, takeName, takePrices, takeSku } from './own-fields.ts'
import { variantPlan, type VariantPlan } from './plan.ts'
import { startReading, type Reading } from './reading.ts'
import type { OutputSettings, Structure } from './structure.ts'
import { conclude, type Translation } from './translation.ts'

/** The root model of a variant and its direct parent, which is the same one for a single level. */
export interface VariantModels {
  root: AkeneoProductModel
  parent: AkeneoProductModel
}

/**
 * A simple product or a variant, whose values Akeneo has already merged with those of its models. `models` is null for a
 * simple product, and for a variant whose models are not known: it then goes out with its group pending.
 */
export function translateProduct(
  source: AkeneoProduct,
  models: VariantModels | null,
  structure: Structure,
  output: OutputSettings,
  links: Links,
): Translation {
  const reading = startReading(structure, output)
  const family = familyOf(source.family, reading)
  const held = heldValues(source.values, reading)

  const sku = takeSku(held, source.identifier, reading)
  const name = takeName(held, family?.attribute_as_label, sku ?? source.uuid ?? '', reading)
  const description = takeDescription(held, reading)
  const barcode = takeBarcode(held, sku, reading)
  const prices = takePrices(held, reading)
  const media = takeMedia(held, family?.attribute_as_image, reading)
  const variant = variantFields(source, models, links, reading)
  const { related, pending } = relatedOf(source.associations, structure, links)
  const allPending = [...variant.pending, ...pending]
  const reasons = reasonsOf(source, sku)

  return conclude(
    {
      kind: 'product',
      status: reasons.length === 0 ? 'active' : 'withheld',
      ...(reasons.length > 0 ? { reasons } : {}),
      source: sourceOf({ uuid: source.uuid, code: sku, updated: source.updated }),
      sku,
      type: 'physical',
      ...variant.fields,
      name,
      ...(description ? { description } : {}),
      ...(barcode === undefined ? {} : { barcode }),
      categories: [...(source.categories ?? [])],
      ...(prices ? { prices } : {}),
      attributes: attributeValues(held, reading, variant.levelOf),
      media,
      units: [{ code: 'each', conversion: '1', base: true }],
      related,
      ...(allPending.length > 0 ? { pending: allPending } : {}),
    },
    reading.findings,
  )
}

function reasonsOf({ enabled }: AkeneoProduct, sku: string | null): Reason[] {
  const reasons: Reason[] = []
  if (!enabled) {
    reasons.push({ code: 'disabled', text: 'disabled in Akeneo', remedy: 'Enable it in Akeneo' })
  }
  if (sku === null) {
    reasons.push({ code: 'no-sku', text: 'has no identifier', remedy: 'Give it an identifier in Akeneo' })
  }
  return reasons
}

interface VariantPart {
  fields: Pick<HubProduct, 'trackBy' | 'groupId' | 'axisValues'>
  pending: PendingLink[]
  levelOf?: VariantPlan['levelOf']
}

function variantFields(
  source: AkeneoProduct,
  models: VariantModels | null,
  links: Links,
  reading: Reading,
): VariantPart {
  if (source.parent === null || source.parent === undefined)
    return { fields: { trackBy: 'product' }, pending: [] }
  if (!models) {
    reading.findings.lack(
      { stream: 'product-models', code: source.parent },
      { code: 'parent-unknown', field: 'parent', text: `its model "${source.parent}" has not been read` },
    )
  }
  const familyVariant = models && familyVariantOf(models.parent.family_variant, reading)
  const group = links.group(models?.root.code ?? source.parent)
  return {
    fields: {
      trackBy: 'variant',
      ...(group ? { groupId: group.id } : {}),
      ...(familyVariant ? { axisValues: axisValuesOf(source, familyVariant, reading.structure) } : {}),
    },
    pending: group ? [] : [{ field: 'groupId', code: models?.root.code ?? source.parent, why: notYet }],
    ...(familyVariant ? { levelOf: variantPlan(familyVariant).levelOf } : {}),
  }
}
