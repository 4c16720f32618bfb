import type { Product, ProductModel, QuantifiedLink, QuantifiedLinks } from '../catalog/records.ts'
import { isObject, phpString, type Json } from '../json.ts'
import { arrayExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import type { Refuse } from './payload.ts'

/** Merges quantified links per type and kind: a kind that is sent replaces that list. */
export function applyQuantified(
  pim: Pim,
  record: Product | ProductModel,
  input: Json,
  productsBy: 'uuid' | 'identifier',
  refuse: Refuse,
): Map<string, QuantifiedLinks> {
  if (typeof input !== 'object' || input === null)
    throw refuse(arrayExpected('quantified_associations', input))
  const quantified = new Map(record.quantified)
  for (const [code, kinds] of Object.entries(input)) {
    if (!isObject(kinds)) throw refuse(arrayExpected('quantified_associations', kinds))
    const known = quantified.get(code) ?? { products: [], product_models: [] }
    const read = (kind: 'products' | 'product_models'): readonly QuantifiedLink[] =>
      Array.isArray(kinds[kind])
        ? kinds[kind].filter(isObject).map((link) => ({
            key: keyOf(pim, kind, phpString(link['uuid'] ?? link['identifier']), productsBy),
            quantity: Number(link['quantity']),
          }))
        : known[kind]
    quantified.set(code, { products: read('products'), product_models: read('product_models') })
  }
  return quantified
}

function keyOf(pim: Pim, kind: string, code: string, productsBy: 'uuid' | 'identifier'): string {
  if (kind === 'product_models') return pim.catalog.models.get(code)?.code ?? code
  if (productsBy === 'uuid') return code.toLowerCase()
  return pim.catalog.products.byIdentifier(code)?.uuid ?? code
}
