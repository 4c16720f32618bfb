import type { Catalog } from './catalog.ts'
import type { Links, Product, ProductModel, QuantifiedLinks } from './records.ts'

/**
 * A record as Akeneo loads it before a write: links to products and models that are gone are no part of it, so they neither
 * make it invalid nor count as a change when they go (QuantifiedAssociationCollection).
 */
export function asLoaded<T extends Product | ProductModel | undefined>(catalog: Catalog, record: T): T {
  if (record === undefined || (record.associations.size === 0 && record.quantified.size === 0)) return record
  const isProduct = (uuid: string) => catalog.products.peek(uuid) !== undefined
  const isModel = (code: string) => catalog.models.has(code)
  const plain = (links: Links): Links => ({
    ...links,
    products: links.products.filter(isProduct),
    product_models: links.product_models.filter(isModel),
  })
  const quantified = ({ products, product_models: models }: QuantifiedLinks): QuantifiedLinks => ({
    products: products.filter(({ key }) => isProduct(key)),
    product_models: models.filter(({ key }) => isModel(key)),
  })
  return {
    ...record,
    associations: mapped(record.associations, plain),
    quantified: mapped(record.quantified, quantified),
  }
}

const mapped = <T>(links: ReadonlyMap<string, T>, change: (one: T) => T) =>
  new Map([...links].map(([type, one]) => [type, change(one)]))
