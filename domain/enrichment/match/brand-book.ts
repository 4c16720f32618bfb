import { foldCase } from '../../text.ts'

/** A brand as Icecat lists it. */
export interface Brand {
  id: string
  name: string
  /** Open accounts see the products of sponsors only. */
  sponsor: boolean
}

/** Icecat's brands by every name that distributors give them. */
export interface BrandBook {
  /** Undefined for a name that Icecat does not know. */
  find(name: string): Brand | undefined
  byId(id: string): Brand | undefined
}

/** A brand's own name goes before another's alias. */
export function createBrandBook(
  brands: Iterable<Brand>,
  aliases: Iterable<{ id: string; aliases: readonly string[] }>,
): BrandBook {
  const byId = new Map<string, Brand>()
  const byName = new Map<string, Brand>()
  for (const brand of brands) {
    byId.set(brand.id, brand)
    byName.set(brandKey(brand.name), brand)
  }
  for (const { id, aliases: names } of aliases) {
    const brand = byId.get(id)
    if (brand === undefined) continue
    for (const name of names) if (!byName.has(brandKey(name))) byName.set(brandKey(name), brand)
  }
  return { find: (name) => byName.get(brandKey(name)), byId: (id) => byId.get(id) }
}

/** Case, blanks and signs of firms do not tell brands apart: `Lumera & Söhne` is `LUMERA&SÖHNE`. */
export const brandKey = (name: string): string => foldCase(name.normalize('NFC')).replace(/[\s.,®™]+/g, '')
