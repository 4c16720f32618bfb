import { belongs, mainIdentifier, same, type Catalogue, type Entry, type Own } from './catalogue.ts'

/** An edit as the demo's edits file holds it; `patch` is the body of Akeneo's PATCH. */
export interface Edit {
  resource: 'product' | 'product-model' | 'category'
  code: string
  patch: {
    enabled?: boolean
    family?: string | null
    parent?: string | null
    categories?: string[]
    labels?: Record<string, string | null>
    values?: Record<string, Entry[]>
    associations?: Record<string, { products?: string[]; product_models?: string[] }>
  }
}

/** Changes the catalogue in place, as Akeneo would: values merge by locale and channel, null empties, lists replace. */
export function applyEdits(catalogue: Catalogue, edits: Edit[]): void {
  for (const { resource, code, patch } of edits) {
    if (resource === 'category') {
      const category = catalogue.categories.find((candidate) => same(candidate.code, code))
      if (!category)
        throw new Error(`The edits name the category "${code}", which the catalogue does not have`)
      for (const [locale, label] of Object.entries(patch.labels ?? {})) {
        category.labels = Object.fromEntries(
          Object.entries({ ...category.labels, [locale]: label ?? '' }).filter(([, text]) => text !== ''),
        )
      }
      if (patch.parent !== undefined) category.parent = patch.parent
      continue
    }
    const product = resource === 'product' ? productOf(catalogue, code) : undefined
    const model = resource === 'product' ? undefined : catalogue.models.find((one) => same(one.code, code))
    const record = product ?? model
    if (!record)
      throw new Error(`The edits name the ${resource} "${code}", which the catalogue does not have`)
    if (product) {
      if (patch.enabled !== undefined) product.enabled = patch.enabled
      if (patch.family !== undefined) product.family = patch.family
    }
    if (patch.parent !== undefined) record.parent = patch.parent
    applyToOwn(record, patch, (attribute) => {
      const parent = catalogue.models.find((one) => same(one.code, record.parent))
      const variant = model ? model.familyVariant : parent?.familyVariant
      const level = record.parent ? (product && parent?.parent ? 2 : 1) : 0
      return variant === undefined || belongs(attribute, variant, level, catalogue)
    })
    const identifier = patch.values?.[mainIdentifier(catalogue.attributes)]?.[0]?.data
    if (product && typeof identifier === 'string') product.sku = identifier
  }
}

const productOf = (catalogue: Catalogue, code: string) =>
  catalogue.products.find(({ sku, uuid }) => same(sku ?? uuid, code) || same(uuid ?? sku, code))

function applyToOwn(own: Own, patch: Edit['patch'], keep: (attribute: string) => boolean) {
  if (patch.categories) own.categories = patch.categories
  for (const [attribute, changes] of Object.entries(patch.values ?? {})) {
    if (!keep(attribute)) continue
    for (const change of changes) {
      const others = (own.values[attribute] ?? []).filter(
        ({ locale, scope }) => locale !== change.locale || scope !== change.scope,
      )
      own.values[attribute] = change.data === null || change.data === '' ? others : [...others, change]
    }
  }
  for (const [type, links] of Object.entries(patch.associations ?? {})) {
    if (links.products) own.products[type] = links.products
    if (links.product_models) own.models[type] = links.product_models
  }
}
