/** How Icecat can be asked for a product. */
export type Identifier =
  | { by: 'gtin'; gtin: string }
  | { by: 'code'; brand: string; code: string }
  | { by: 'icecatId'; icecatId: string }

/** For messages and reports. */
export function identifierText(identifier: Identifier): string {
  switch (identifier.by) {
    case 'gtin':
      return `GTIN ${identifier.gtin}`
    case 'code':
      return `${identifier.brand} ${identifier.code}`
    case 'icecatId':
      return `Icecat ${identifier.icecatId}`
  }
}
