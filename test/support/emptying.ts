import type { Attribute, Links, Product, Value } from '../../simulator/akeneo/catalog/records.ts'
import type { AkeneoSimulator } from '../../simulator/akeneo/index.ts'
import type { Json } from '../../simulator/akeneo/json.ts'

/** Writes into the simulator's catalogue what its API has no call for, dated as any write is. */

export function productOf({ pim }: AkeneoSimulator, identifier: string): Product {
  const product = pim.catalog.products.byIdentifier(identifier)
  if (!product) throw new Error(`The catalogue has no product ${identifier}`)
  return product
}

/** Null empties. */
export function writeValue(
  akeneo: AkeneoSimulator,
  identifier: string,
  attribute: string,
  data: Json,
  { locale = null, scope = null }: { locale?: string | null; scope?: string | null } = {},
): void {
  const { pim } = akeneo
  const product = productOf(akeneo, identifier)
  const others = (product.values.get(attribute) ?? []).filter(
    (value) => value.locale !== locale || value.scope !== scope,
  )
  const entries: Value[] = data === null ? others : [...others, { locale, scope, data }]
  const values = new Map(product.values)
  if (entries.length === 0) values.delete(attribute)
  else values.set(attribute, entries)
  pim.saveProduct({ ...product, values, updated: pim.writtenAt() })
}

export function writeCategories(akeneo: AkeneoSimulator, identifier: string, categories: string[]): void {
  const { pim } = akeneo
  pim.saveProduct({ ...productOf(akeneo, identifier), categories, updated: pim.writtenAt() })
}

/** Kinds that are not named stay. */
export function writeLinks(
  akeneo: AkeneoSimulator,
  identifier: string,
  type: string,
  links: Partial<Links>,
): void {
  const { pim } = akeneo
  const product = productOf(akeneo, identifier)
  const before = product.associations.get(type) ?? { products: [], product_models: [], groups: [] }
  const associations = new Map(product.associations).set(type, { ...before, ...links })
  pim.saveProduct({ ...product, associations, updated: pim.writtenAt() })
}

/**
 * As Akeneo does at once: it leaves the values of all records, without dating them. A job of its own (remove_non_existing_product_values) then saves
 * those records, which dates them; who tests that writes them once more.
 */
export function deleteOption({ pim }: AkeneoSimulator, attribute: string, option: string): void {
  const { catalog } = pim
  if (!catalog.options.get(attribute)?.delete(option)) throw new Error(`${attribute} has no option ${option}`)
  for (const product of [...catalog.products.afterUuid(undefined)]) {
    const entries = (product.values.get(attribute) ?? []).flatMap((entry): Value[] => {
      if (!Array.isArray(entry.data)) return entry.data === option ? [] : [entry]
      const data = entry.data.filter((code) => code !== option)
      return data.length === 0 ? [] : [{ ...entry, data }]
    })
    const values = new Map(product.values)
    values.delete(attribute)
    if (entries.length > 0) values.set(attribute, entries)
    catalog.products.set({ ...product, values })
  }
}

/** As Akeneo does: it leaves the records that were in it without dating them. */
export function deleteCategory({ pim }: AkeneoSimulator, code: string): void {
  const { catalog } = pim
  catalog.categories.delete(code)
  for (const product of [...catalog.products.afterUuid(undefined)]) {
    const categories = product.categories.filter((category) => category !== code)
    if (categories.length < product.categories.length) catalog.products.set({ ...product, categories })
  }
}

export function sellIn({ pim: { catalog } }: AkeneoSimulator, channel: string, currencies: string[]): void {
  const before = catalog.channels.get(channel)
  if (!before) throw new Error(`The catalogue has no channel ${channel}`)
  catalog.channels.set(channel, { ...before, currencies })
}

/** An attribute like another one of the catalogue, of another type. */
export function addAttribute({ pim }: AkeneoSimulator, code: string, like: string, part: Partial<Attribute>) {
  const model = pim.catalog.attributes.get(like)
  if (!model) throw new Error(`The catalogue has no attribute ${like}`)
  pim.catalog.attributes.set(code, { ...model, code, ...part })
}

/** As Akeneo does: it leaves families, and its values go without dating their records. Returns what makes it anew, without values. */
export function deleteAttribute({ pim }: AkeneoSimulator, code: string): () => void {
  const { catalog } = pim
  const attribute = catalog.attributes.get(code)
  if (attribute === undefined) throw new Error(`The catalogue has no attribute ${code}`)
  const families = [...catalog.families.values()].filter(({ attributes }) => attributes.includes(code))
  catalog.attributes.delete(code)
  for (const family of families)
    catalog.families.set(family.code, {
      ...family,
      attributes: family.attributes.filter((own) => own !== code),
    })
  for (const product of [...catalog.products.afterUuid(undefined)]) {
    if (!product.values.has(code)) continue
    const values = new Map(product.values)
    values.delete(code)
    catalog.products.set({ ...product, values })
  }
  for (const model of [...catalog.modelsInOrder()]) {
    if (!model.values.has(code)) continue
    const values = new Map(model.values)
    values.delete(code)
    catalog.setModel({ ...model, values })
  }
  return () => {
    catalog.attributes.set(code, attribute)
    for (const family of families) catalog.families.set(family.code, family)
  }
}
