import type { Catalog } from '../catalog/catalog.ts'
import type { Links } from '../catalog/records.ts'
import { isPhpArray, phpString, type Json } from '../json.ts'
import { arrayExpected, validArrayStructureExpected, validEntityCodeExpected } from '../messages.ts'
import { scalarList, type Refuse } from './payload.ts'

const KINDS = ['products', 'product_models', 'groups'] as const

/** Merges plain associations per type and kind: a kind that is sent replaces that list. */
export function applyAssociations(
  before: ReadonlyMap<string, Links>,
  input: Json,
  catalog: Catalog,
  productsBy: 'uuid' | 'identifier',
  refuse: Refuse,
): Map<string, Links> {
  if (!isPhpArray(input)) throw refuse(arrayExpected('associations', input))
  for (const kinds of Object.values(input)) {
    if (!isPhpArray(kinds)) throw refuse(arrayExpected('associations', kinds))
    for (const [kind, items] of Object.entries(kinds)) {
      if (items !== null || !(KINDS as readonly string[]).includes(kind))
        scalarList('associations', items, refuse)
    }
  }
  checkStructure(input, productsBy, refuse)

  const associations = new Map(before)
  for (const [code, kinds] of Object.entries(input) as [string, Record<string, Json>][]) {
    const type = catalog.associationTypes.get(code)
    if (type === undefined || type.is_quantified) {
      const because = 'The association type does not exist or is quantified'
      throw refuse(validEntityCodeExpected('associations', 'association type code', because, code))
    }
    const known = associations.get(type.code) ?? { products: [], product_models: [], groups: [] }
    const sent = (kind: (typeof KINDS)[number]): Json => kinds[kind] ?? null
    const links: Links = {
      products:
        sent('products') === null ? known.products : products(sent('products'), catalog, productsBy, refuse),
      product_models:
        sent('product_models') === null
          ? known.product_models
          : models(sent('product_models'), catalog, refuse),
      groups: sent('groups') === null ? known.groups : groups(sent('groups'), catalog, refuse),
    }
    if (links.products.length + links.product_models.length + links.groups.length > 0) {
      associations.set(type.code, links)
    } else associations.delete(type.code)
  }
  return associations
}

function checkStructure(input: Json[] | Record<string, Json>, productsBy: string, refuse: Refuse): void {
  for (const [code, kinds] of Object.entries(input) as [string, Record<string, Json>][]) {
    const format = `association format is not valid for the association type "${code}"`
    const sent = KINDS.filter((kind) => Object.hasOwn(kinds, kind))
    if (sent.length === 0) throw refuse(validArrayStructureExpected('associations', `${format}.`))
    for (const kind of sent) {
      const items = kinds[kind]
      if (!isPhpArray(items)) throw refuse(validArrayStructureExpected('associations', `${format}.`))
      if (Object.values(items).every((item) => typeof item === 'string')) continue
      throw refuse(validArrayStructureExpected('associations', `${format}.`))
    }
    const uuids = productsBy === 'uuid' ? kinds['products'] : undefined
    if (isPhpArray(uuids) && !Object.values(uuids).every((uuid) => UUID.test(phpString(uuid)))) {
      throw refuse(
        validArrayStructureExpected(
          'associations',
          `${format}, "product_uuids" expects an array of valid uuids.`,
        ),
      )
    }
  }
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function products(
  items: Json,
  catalog: Catalog,
  productsBy: 'uuid' | 'identifier',
  refuse: Refuse,
): string[] {
  const codes = Object.values(items as Record<string, string>)
  const found = codes.map((code) => {
    const product =
      productsBy === 'uuid' ? catalog.products.get(code.toLowerCase()) : catalog.products.byIdentifier(code)
    if (product !== undefined) return product.uuid
    if (productsBy === 'uuid') {
      throw refuse(
        validEntityCodeExpected('associations', 'product uuid', 'The product does not exist', code),
      )
    }
    throw refuse(
      `The “associations” property expects a valid product identifier. The ${code} product does not exist or your connection does not have permission to access it.`,
    )
  })
  return [...new Set(found)]
}

function models(items: Json, catalog: Catalog, refuse: Refuse): string[] {
  const found = Object.values(items as Record<string, string>).map((code) => {
    const model = catalog.models.get(code)
    if (model === undefined) {
      const because = 'The product model does not exist'
      throw refuse(validEntityCodeExpected('associations', 'product model identifier', because, code))
    }
    return model.code
  })
  return [...new Set(found)]
}

function groups(items: Json, catalog: Catalog, refuse: Refuse): string[] {
  const found = Object.values(items as Record<string, string>).map((code) => {
    const group = catalog.groups.get(code)
    if (group === undefined) {
      throw refuse(validEntityCodeExpected('associations', 'group code', 'The group does not exist', code))
    }
    return group.code
  })
  return [...new Set(found)]
}
