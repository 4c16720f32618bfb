import { foldCase } from '../../text.ts'

/** Which levels have which attributes; Akeneo's family variant fits as it is. */
export interface VariantStructure {
  variant_attribute_sets: readonly { level: number; axes: readonly string[]; attributes: readonly string[] }[]
}

/** A product with the models above it, root first. */
export interface EnrichedProduct {
  /** Uuid, or identifier where the connection asks so. */
  key: string
  /** Codes; empty for a simple product. */
  models: readonly string[]
  variant: VariantStructure | null
}

export interface Owner {
  kind: 'product' | 'product-model'
  key: string
}

/**
 * The record that an attribute's value belongs to. Akeneo answers 204 to a value on any other level, and drops it. Null for an
 * axis, which makes the variant what it is and is never written.
 */
export function ownerOf(attribute: string, { key, models, variant }: EnrichedProduct): Owner | null {
  if (variant === null || models.length === 0) return { kind: 'product', key }
  const code = foldCase(attribute)
  const has = (codes: readonly string[]) => codes.some((one) => foldCase(one) === code)
  if (variant.variant_attribute_sets.some(({ axes }) => has(axes))) return null
  const level = variant.variant_attribute_sets.find(({ attributes }) => has(attributes))?.level ?? 0
  const model = models[level]
  return model === undefined ? { kind: 'product', key } : { kind: 'product-model', key: model }
}
