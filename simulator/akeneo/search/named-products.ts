import type { Catalog } from '../catalog/catalog.ts'
import type { Product } from '../catalog/records.ts'
import { isStringArray, type Json } from '../json.ts'
import type { Criterion } from './criteria.ts'

/**
 * The products that a condition by uuid or by main identifier leaves, found without a walk past all others; undefined when
 * no condition names products. Whether they match is still for the predicates to say. `trailing` are the products that the
 * search index may know by another identifier than the catalogue does.
 */
export function namedProducts(
  { attributes, products }: Catalog,
  criteria: readonly Criterion[],
  trailing: () => readonly Product[],
): Product[] | undefined {
  for (const { property, operator, value } of criteria) {
    const names = namesOf(operator, value)
    if (names === undefined) continue
    if (property === 'uuid') return distinct(names.map((uuid) => products.peek(uuid.toLowerCase())))
    if (property !== 'identifier' && attributes.get(property)?.is_main_identifier !== true) continue
    return distinct([...names.map((name) => products.peekByIdentifier(name)), ...trailing()])
  }
  return undefined
}

function namesOf(operator: string, value: Json): string[] | undefined {
  if (operator === '=') return typeof value === 'string' ? [value] : undefined
  if (operator !== 'IN' || typeof value !== 'object' || value === null) return undefined
  const names = Object.values(value)
  return isStringArray(names) ? names : undefined
}

function distinct(products: readonly (Product | undefined)[]): Product[] {
  const byUuid = new Map<string, Product>()
  for (const product of products) if (product !== undefined) byUuid.set(product.uuid, product)
  return [...byUuid.values()]
}

/** A few records in the order in which lists show them, from the first key greater than `after`. */
export function inOrder(
  products: readonly Product[],
  keyOf: (product: Product) => string | null,
  after: string | undefined,
): Product[] {
  const from = after?.toLowerCase()
  return products
    .flatMap((product) => {
      const key = keyOf(product)?.toLowerCase()
      return key === undefined || (from !== undefined && key <= from) ? [] : [{ key, product }]
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ product }) => product)
}
