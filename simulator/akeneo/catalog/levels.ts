import type { Catalog } from './catalog.ts'
import type { FamilyVariant, Product, ProductModel } from './records.ts'

/** Level that owns an attribute: 0 is the root model, then the levels of the family variant. */
export function levelOf(variant: FamilyVariant, attribute: string): number {
  for (const set of variant.variant_attribute_sets) {
    if (set.attributes.includes(attribute) || set.axes.includes(attribute)) return set.level
  }
  return 0
}

/** The number of levels below the root model. */
export function depth(variant: FamilyVariant): number {
  return variant.variant_attribute_sets.length
}

export function variantOf(catalog: Catalog, record: Product | ProductModel): FamilyVariant | undefined {
  if (record.kind === 'product_model') return catalog.familyVariants.get(record.family_variant)
  const parent = record.parent === null ? undefined : catalog.models.get(record.parent)
  return parent === undefined ? undefined : catalog.familyVariants.get(parent.family_variant)
}

/** The level at which a record stands: as many levels down as it has models above it. */
export function levelAt(catalog: Catalog, record: Product | ProductModel, _variant: FamilyVariant): number {
  return catalog.ancestors(record).length
}

/** Whether a value of this attribute may be stored on this record. Simple products take any attribute. */
export function belongsHere(catalog: Catalog, record: Product | ProductModel, attribute: string): boolean {
  const variant = variantOf(catalog, record)
  if (variant === undefined) return true
  const inFamily = catalog.families.get(variant.family)?.attributes.includes(attribute) === true
  return inFamily && levelOf(variant, attribute) === levelAt(catalog, record, variant)
}
