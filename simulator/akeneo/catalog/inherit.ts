import type { Catalog } from './catalog.ts'
import type {
  Links,
  Product,
  ProductModel,
  QuantifiedLink,
  QuantifiedLinks,
  Value,
  Values,
} from './records.ts'

/** A variant or sub-model as it is read: with what its ancestors hold. */
export interface Merged {
  values: Values
  categories: readonly string[]
  associations: ReadonlyMap<string, Links>
  quantified: ReadonlyMap<string, QuantifiedLinks>
}

export function merged(catalog: Catalog, record: Product | ProductModel): Merged {
  const ancestors = catalog.ancestors(record)
  if (ancestors.length === 0) return record
  return mergeLevels([...ancestors.reverse(), record])
}

/** Root first. */
export function mergeLevels(levels: readonly (Product | ProductModel)[]): Merged {
  const values = new Map<string, readonly Value[]>()
  const categories = new Set<string>()
  const associations = new Map<string, Links>()
  const quantified = new Map<string, QuantifiedLinks>()
  for (const level of levels) {
    for (const [attribute, entries] of level.values) values.set(attribute, entries)
    for (const category of level.categories) categories.add(category)
    for (const [type, links] of level.associations) {
      const known = associations.get(type)
      associations.set(type, known === undefined ? links : unite(known, links))
    }
    for (const [type, links] of level.quantified) {
      const known = quantified.get(type)
      quantified.set(type, known === undefined ? links : uniteQuantified(known, links))
    }
  }
  return { values, categories: [...categories].sort(), associations, quantified }
}

function unite(a: Links, b: Links): Links {
  return {
    products: [...new Set([...a.products, ...b.products])],
    product_models: [...new Set([...a.product_models, ...b.product_models])],
    groups: [...new Set([...a.groups, ...b.groups])],
  }
}

/** The lower level's quantity wins where both link the same record. */
function uniteQuantified(a: QuantifiedLinks, b: QuantifiedLinks): QuantifiedLinks {
  const join = (above: readonly QuantifiedLink[], below: readonly QuantifiedLink[]) => [
    ...above.filter((link) => !below.some((own) => own.key === link.key)),
    ...below,
  ]
  return {
    products: join(a.products, b.products),
    product_models: join(a.product_models, b.product_models),
  }
}
