import { depth, variantOf } from '../catalog/levels.ts'
import type { Product } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import type { Pim } from '../pim.ts'
import { classificationViolations } from './category-rules.ts'
import { quantifiedViolations } from './quantified.ts'
import { IDENTIFIER_FORM } from './structure-rules.ts'
import { valueViolations } from './validate-values.ts'
import { emptyAxes, takenAxes, unexpectedAttributes } from './validate-variants.ts'

/**
 * What Akeneo's validators say about a product as it would be stored. They run in groups (config/validation/product.yml):
 * the first group that finds something ends the search.
 */
export function validateProduct(pim: Pim, product: Product, before: Product | undefined): Violation[] {
  const groups = [
    () => [
      ...familyOfParent(pim, product),
      ...emptyAxes(pim.catalog, product),
      ...parentViolations(pim, product),
      ...unexpectedAttributes(pim.catalog, product),
      ...uuidViolations(pim, product, before),
      ...valueViolations(pim.catalog, product),
      ...classificationViolations(pim, product),
      ...quantifiedViolations(pim, product),
    ],
    () => identifierViolations(pim, product, before),
    () => takenAxes(pim.catalog, product),
    () => missingFamily(product),
  ]
  for (const check of groups) {
    const violations = check()
    if (violations.length > 0) return violations
  }
  return []
}

function familyOfParent({ catalog }: Pim, product: Product): Violation[] {
  const parent = product.parent === null ? undefined : catalog.models.get(product.parent)
  if (parent === undefined || product.family === null || parent.family === product.family) return []
  return [{ property: 'family', message: 'The variant product family must be the same than its parent' }]
}

function missingFamily(product: Product): Violation[] {
  if (product.parent === null || product.family !== null) return []
  const message = `The family cannot be "null" because your product with the ${product.identifier ?? ''} identifier is a variant product.`
  return [{ property: 'family', message }]
}

/** Variants stand below the last level of models. */
function parentViolations({ catalog }: Pim, product: Product): Violation[] {
  const variant = variantOf(catalog, product)
  if (variant === undefined || product.parent === null) return []
  if (catalog.ancestors(product).length === depth(variant)) return []
  const message = `The variant product cannot have product model "${product.parent}" as parent, (this product model can only have other product models as children)`
  return [{ property: 'parent', message }]
}

function uuidViolations({ catalog }: Pim, product: Product, before: Product | undefined): Violation[] {
  if (before !== undefined) return []
  if (catalog.products.get(product.uuid) !== undefined) {
    return [{ property: 'uuid', message: `The ${product.uuid} uuid is already used for another product.` }]
  }
  const version = product.uuid.charAt(14)
  if (version === '4') return []
  const message = `The version of the uuid "${product.uuid}" should be 4, ${version} given.`
  return [{ property: 'uuid', message }]
}

const MAX_IDENTIFIER = 255

function identifierViolations({ catalog }: Pim, product: Product, before: Product | undefined): Violation[] {
  const { identifier } = product
  if (identifier === null) return []
  const property = 'identifier'
  const violations: Violation[] = []
  const twin = catalog.products.byIdentifier(identifier)
  if (twin !== undefined && twin.uuid !== before?.uuid) {
    violations.push({
      property,
      message: `The ${identifier} identifier is already used for another product.`,
    })
  }
  if (!IDENTIFIER_FORM.test(identifier)) {
    const message = 'This field should not contain any comma or semicolon or leading/trailing space'
    violations.push({ property, message })
  }
  if (/[\r\n]/.test(identifier)) {
    violations.push({ property, message: 'This field should not contain any line break' })
  }
  const { code, max_characters: max } = catalog.mainIdentifier()
  const limit = Math.min(max ?? MAX_IDENTIFIER, MAX_IDENTIFIER)
  if (Array.from(identifier).length > limit) {
    const message = `The ${code} attribute must not contain more than ${limit} characters. The submitted value is too long.`
    violations.push({ property, message })
  }
  return violations
}
