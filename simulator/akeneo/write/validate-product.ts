import type { Product } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { Pim } from '../pim.ts'

/** What Akeneo's validators say about a product as it would be stored. */
export function validateProduct(pim: Pim, product: Product, before: Product | undefined): Violation[] {
  const violations: Violation[] = []
  const twin = product.identifier === null ? undefined : pim.catalog.products.byIdentifier(product.identifier)
  if (twin !== undefined && twin.uuid !== (before?.uuid ?? product.uuid)) {
    violations.push({
      property: 'identifier',
      message: `The ${product.identifier ?? ''} identifier is already used for another product.`,
    })
  }
  return violations
}
