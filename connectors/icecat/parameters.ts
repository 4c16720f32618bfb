import type { Identifier } from '../../domain/enrichment/identifier.ts'

/** How the JSON door is asked for a product. */
export function jsonParameters(identifier: Identifier): Record<string, string> {
  switch (identifier.by) {
    case 'gtin':
      return { GTIN: identifier.gtin }
    case 'code':
      return { Brand: identifier.brand, ProductCode: identifier.code }
    case 'icecatId':
      return { icecat_id: identifier.icecatId }
  }
}

/** How the XML door is. */
export function xmlParameters(identifier: Identifier): Record<string, string> {
  switch (identifier.by) {
    case 'gtin':
      return { ean_upc: identifier.gtin }
    case 'code':
      return { vendor: identifier.brand, prod_id: identifier.code }
    case 'icecatId':
      return { product_id: identifier.icecatId }
  }
}
