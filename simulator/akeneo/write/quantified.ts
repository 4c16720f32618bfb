import type { Product, ProductModel, QuantifiedLink, QuantifiedLinks } from '../catalog/records.ts'
import { validationFailed, type Violation } from '../errors.ts'
import { isObject, isPhpArray, phpString, type Json, type JsonObject } from '../json.ts'
import { arrayExpected, validArrayStructureExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import { UUID } from './associations.ts'
import type { Refuse } from './payload.ts'

const FIELD = 'quantified_associations'
const MAX_QUANTITY = 2_147_483_647
const MAX_LINKS = 100

/** Merges quantified links per type and kind: a kind that is sent replaces that list. */
export function applyQuantified(
  pim: Pim,
  record: Product | ProductModel,
  input: Json,
  productsBy: 'uuid' | 'identifier',
  refuse: Refuse,
): Map<string, QuantifiedLinks> {
  checkStructure(input, refuse)
  const inherited = pim.catalog.ancestors(record).filter((ancestor) => ancestor.quantified.size > 0)
  const quantified = new Map(record.quantified)
  for (const [given, kinds] of Object.entries(input as Record<string, JsonObject>)) {
    const code = pim.catalog.associationTypes.get(given)?.code ?? given
    const known = quantified.get(code) ?? { products: [], product_models: [] }
    const read = (kind: 'products' | 'product_models'): readonly QuantifiedLink[] => {
      const sent = kinds[kind]
      // Below a model that has such links, the kind that a sent type leaves out is emptied
      // (QuantifiedAssociationsFromAncestorsFilter).
      if (!Array.isArray(sent)) return inherited.length > 0 ? [] : known[kind]
      const links = sent.filter(isObject).map((link) => ({
        key: keyOf(pim, kind, link, productsBy),
        quantity: Number(link['quantity']),
      }))
      // What an ancestor already says is not stored again.
      return links.filter(
        (link) =>
          !inherited.some((ancestor) =>
            ancestor.quantified
              .get(code)
              ?.[kind].some((above) => above.key === link.key && above.quantity === link.quantity),
          ),
      )
    }
    quantified.set(code, { products: read('products'), product_models: read('product_models') })
    const unexpected = unexpectedKinds(code, kinds)
    if (unexpected.length > 0) throw validationFailed(unexpected)
  }
  return quantified
}

function unexpectedKinds(code: string, kinds: JsonObject): Violation[] {
  return Object.keys(kinds)
    .filter((kind) => kind !== 'products' && kind !== 'product_models')
    .map((kind) => ({
      property: `quantifiedAssociations.${code}`,
      message: `The link type "${kind}" doesn't exist. You can only associate products or product models.`,
    }))
}

function keyOf(pim: Pim, kind: string, link: JsonObject, productsBy: 'uuid' | 'identifier'): string {
  const identifier = phpString(link['identifier'])
  if (kind === 'product_models') return pim.catalog.models.get(identifier)?.code ?? identifier
  if (productsBy === 'uuid' || Object.hasOwn(link, 'uuid')) return phpString(link['uuid']).toLowerCase()
  return pim.catalog.products.byIdentifier(identifier)?.uuid ?? identifier
}

function checkStructure(input: Json, refuse: Refuse): void {
  const invalid = (because: string) => refuse(validArrayStructureExpected(FIELD, because))
  if (!isPhpArray(input)) throw refuse(arrayExpected(FIELD, input))
  for (const [code, kinds] of Object.entries(input)) {
    if (!isPhpArray(kinds)) throw invalid(`"${code}" should contain an array`)
    if (Array.isArray(kinds) && kinds.length > 0) throw invalid(`entity type in "${code}" should be a string`)
    for (const [kind, links] of Object.entries(kinds)) {
      if (!Array.isArray(links)) throw invalid(`"${code}[${kind}]" should contain an array`)
      for (const link of links) checkLink(isObject(link) ? link : {}, invalid)
    }
  }
}

function checkLink(link: JsonObject, invalid: (because: string) => Error): void {
  const quantity = link['quantity'] ?? null
  const identifier = link['identifier'] ?? null
  const uuid = link['uuid'] ?? null
  if (quantity === null) throw invalid('a quantified association should contain the key "quantity"')
  if (identifier === null && uuid === null) {
    throw invalid('a quantified association should contain one of these keys: "identifier" or "uuid"')
  }
  if (identifier !== null && typeof identifier !== 'string') {
    throw invalid('a quantified association should contain a valid identifier')
  }
  if (uuid !== null && (typeof uuid !== 'string' || !UUID.test(uuid))) {
    throw invalid('a quantified association should contain a valid uuid')
  }
  if (!Number.isInteger(quantity)) throw invalid('a quantified association should contain a valid quantity')
}

/** Types, quantities, targets and number of links; paths begin in camel case, unlike all others. */
export function quantifiedViolations(pim: Pim, record: Product | ProductModel): Violation[] {
  const { catalog } = pim
  return [...record.quantified].flatMap(([code, links]): Violation[] => {
    const path = `quantifiedAssociations.${code}`
    const violations: Violation[] = []
    const add = (property: string, message: string) => violations.push({ property, message })
    const type = catalog.associationTypes.get(code)
    if (type === undefined) {
      add(
        path,
        "This association type doesn't exist. Please make sure it hasn't been deleted in the meantime.",
      )
    } else if (!type.is_quantified) {
      add(
        path,
        `"${type.code}" can’t be used for associations with quantities. Please, choose a different association type with quantities or use the "associations" property.`,
      )
    }
    for (const kind of ['products', 'product_models'] as const) {
      for (const [index, { quantity }] of links[kind].entries()) {
        if (quantity >= 1 && quantity <= MAX_QUANTITY) continue
        add(
          `${path}.${kind}[${index}].quantity`,
          `"${quantity}" is an invalid quantity. Please, write a value between 1 and ${MAX_QUANTITY}.`,
        )
      }
    }
    const lost = (keys: readonly QuantifiedLink[], exists: (key: string) => boolean) =>
      keys.map(({ key }) => key).filter((key) => !exists(key))
    const products = lost(links.products, (key) => catalog.products.get(key) !== undefined)
    if (products.length > 0) {
      add(
        `${path}.products`,
        `The following products don't exist: ${products.join(', ')}. Please make sure the products haven't been deleted in the meantime.`,
      )
    }
    const models = lost(links.product_models, (key) => catalog.models.has(key))
    if (models.length > 0) {
      add(
        `${path}.product_models`,
        `The following product models don't exist: ${models.join(', ')}. Please make sure the product models haven't been deleted in the meantime.`,
      )
    }
    if (links.products.length + links.product_models.length > MAX_LINKS) {
      add(
        path,
        `You've reached the limit of ${MAX_LINKS} associations. Please, delete some existing associations before adding new ones.`,
      )
    }
    return violations
  })
}
