import { mergeLevels } from '../catalog/inherit.ts'
import { belongsHere, depth, levelOf, variantOf } from '../catalog/levels.ts'
import { asLoaded } from '../catalog/loaded.ts'
import type { Product } from '../catalog/records.ts'
import { validationFailed } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { booleanExpected, stringExpected, unknownProperty, validEntityCodeExpected } from '../messages.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import type { Access } from '../rights/access.ts'
import { beginning, checkHidden, keepHidden, saveOrDraft } from '../rights/guard.ts'
import { applyAssociations } from './associations.ts'
import { withMissingOptions } from './missing-options.ts'
import type { Outcome } from './outcome.ts'
import { codeList, readValues, scalar, type Refuse, type ValueInput } from './payload.ts'
import { applyQuantified } from './quantified.ts'
import { checkTwoWay } from './two-way.ts'
import { validateProduct } from './validate-product.ts'
import { applyValues, checkPlace } from './values.ts'

/** Read-only keys that a product's body may carry: they are ignored, so that what was read can be sent back. */
const IGNORED = new Set([
  'uuid',
  'created',
  'updated',
  'metadata',
  'quality_scores',
  'completenesses',
  'parent_associations',
])

export interface ProductWrite {
  keyedBy: 'identifier' | 'uuid'
  refuse: Refuse
  /** Rights of the connection that writes, where it has such. */
  access?: Access | undefined
  /** Whether options that the values name are made where the attribute lacks them. */
  createMissingOptions?: boolean
}

export function newProduct(uuid: string, identifier: string | null): Product {
  return {
    kind: 'product',
    uuid,
    identifier,
    enabled: true,
    family: null,
    parent: null,
    groups: [],
    categories: [],
    values: new Map(),
    associations: new Map(),
    quantified: new Map(),
    created: 0,
    updated: 0,
  }
}

/** Merges a body into a product, validates the result and saves it; `stored` is undefined for a new one. */
export function writeProduct(
  pim: Pim,
  stored: Product | undefined,
  seed: Product,
  body: JsonObject,
  write: ProductWrite,
): Outcome {
  const { access, refuse } = write
  const before = asLoaded(pim.catalog, stored)
  const from = asLoaded(pim.catalog, beginning(pim, access, before))
  checkHidden(access, body['values'], refuse)
  const product = keepHidden(access, before, mergeBody(pim, from, seed, body, write))
  const validate = () => validateProduct(pim, product, from)
  const violations =
    write.createMissingOptions === true ? withMissingOptions(pim, product.values, validate) : validate()
  if (violations.length > 0) throw validationFailed(violations)
  return saveOrDraft(pim, access, before, product)
}

function mergeBody(
  pim: Pim,
  before: Product | undefined,
  seed: Product,
  body: JsonObject,
  { keyedBy, refuse }: ProductWrite,
): Product {
  const { catalog } = pim
  const inputs = Object.hasOwn(body, 'values')
    ? readValues(body['values'] ?? null, pim, refuse, 'product')
    : []
  let product = before ?? seed
  if (
    before !== undefined &&
    before.parent !== null &&
    Object.hasOwn(body, 'parent') &&
    body['parent'] === null
  ) {
    product = toSimple(pim, before)
  }
  // The parent decides which values may be written, so it is set first whatever the order of the keys.
  const parent = body['parent'] ?? null
  if (parent !== null) {
    const wasSimple = before !== undefined && product.parent === null
    product = setParent(pim, product, parent, refuse)
    // What its models own goes by itself on this endpoint only (AddParent); on the other one it has to be taken out first.
    if (wasSimple && keyedBy === 'identifier') product = { ...product, values: variantValues(pim, product) }
  }

  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'parent':
        scalar(field, value, refuse)
        break
      case 'identifier':
        if (keyedBy === 'uuid') throw refuse(unknownProperty(field))
        if (value !== null && typeof value !== 'string') {
          throw refuse(stringExpected(catalog.mainIdentifier().code, value))
        }
        product = { ...product, identifier: value }
        break
      case 'enabled':
        product = { ...product, enabled: enabled(value, refuse) }
        break
      case 'family':
        product = { ...product, family: family(pim, value, refuse) }
        break
      case 'categories':
        product = { ...product, categories: categories(pim, value, refuse) }
        break
      case 'add_categories':
      case 'remove_categories':
        if (!isCloud(pim.settings)) throw refuse(unknownProperty(field))
        if (Object.hasOwn(body, 'categories')) {
          throw refuse(`Property "${field}" cannot be sent together with "categories".`)
        }
        product = { ...product, categories: changedCategories(pim, product, field, value, refuse) }
        break
      case 'groups':
        product = { ...product, groups: groups(pim, value, refuse) }
        break
      case 'values':
        product = setValues(pim, product, inputs, refuse)
        break
      case 'associations': {
        const associations = applyAssociations(product.associations, value, catalog, keyedBy, refuse)
        checkTwoWay(pim, product, associations)
        product = { ...product, associations }
        break
      }
      case 'quantified_associations':
        product = { ...product, quantified: applyQuantified(pim, product, value, keyedBy, refuse) }
        break
      default:
        if (!IGNORED.has(field)) throw refuse(unknownProperty(field))
    }
  }
  return product
}

/** A variant that leaves its model keeps everything it inherited. */
function toSimple(pim: Pim, variant: Product): Product {
  const whole = mergeLevels([...pim.catalog.ancestors(variant).reverse(), variant])
  return asLoaded(pim.catalog, { ...variant, parent: null, ...whole })
}

function setParent(pim: Pim, product: Product, value: Json, refuse: Refuse): Product {
  const code = scalar('parent', value, refuse)
  if (code === '' || code === null) return product
  const parent = pim.catalog.models.get(String(code))
  if (parent === undefined) {
    const because = 'The parent product model does not exist'
    throw refuse(validEntityCodeExpected('parent', 'parent code', because, code))
  }
  const current = product.parent === null ? undefined : pim.catalog.models.get(product.parent)
  if (current !== undefined && current.family_variant !== parent.family_variant) {
    throw refuse(
      `New parent "${parent.code}" of variant product "${product.identifier ?? ''}" must have the same family variant "${current.family_variant}" than the previous parent`,
    )
  }
  return { ...product, parent: parent.code, family: product.family ?? parent.family }
}

/** Values of attributes at the lowest level; all of them where there is no parent. */
function variantValues({ catalog }: Pim, product: Product): Product['values'] {
  const variant = variantOf(catalog, product)
  if (variant === undefined) return product.values
  return new Map([...product.values].filter(([code]) => levelOf(variant, code) === depth(variant)))
}

function enabled(value: Json, refuse: Refuse): boolean {
  scalar('enabled', value, refuse)
  if (value === 0 || value === '0') return false
  if (value === 1 || value === '1') return true
  if (typeof value !== 'boolean') throw refuse(booleanExpected('enabled', value))
  return value
}

function family(pim: Pim, value: Json, refuse: Refuse): string | null {
  scalar('family', value, refuse)
  if (value === null || value === '') return null
  if (typeof value !== 'string') throw refuse(stringExpected('family', value))
  const found = pim.catalog.families.get(value)
  if (found === undefined) throw refuse(`The ${value} family does not exist in your PIM.`)
  return found.code
}

export function categories(pim: Pim, value: Json, refuse: Refuse): string[] {
  const found = codeList('categories', 'category', value, refuse).map((code) => {
    const category = pim.catalog.categories.get(code)
    if (category === undefined) throw refuse(`The ${code} category does not exist in your PIM.`)
    return category.code
  })
  return [...new Set(found)].sort()
}

/** What is added to the product's own categories or taken away, whatever else it stands in. */
function changedCategories(
  pim: Pim,
  { categories: own }: Product,
  field: 'add_categories' | 'remove_categories',
  value: Json,
  refuse: Refuse,
): string[] {
  const named = categories(pim, value, refuse)
  if (field === 'remove_categories') return own.filter((code) => !named.includes(code))
  return [...new Set([...own, ...named])].sort()
}

function groups(pim: Pim, value: Json, refuse: Refuse): string[] {
  const found = codeList('groups', 'group', value, refuse).map((code) => {
    const group = pim.catalog.groups.get(code)
    if (group === undefined)
      throw refuse(validEntityCodeExpected('groups', 'group code', 'The group does not exist', code))
    return group.code
  })
  return [...new Set(found)].sort()
}

/** Values of another level of the family variant are dropped without a word (ProductAttributeFilter). */
function setValues(pim: Pim, product: Product, inputs: readonly ValueInput[], refuse: Refuse): Product {
  const { catalog } = pim
  const main = catalog.mainIdentifier().code
  let { identifier } = product
  const own: ValueInput[] = []
  for (const input of inputs) {
    if (input.attribute.toLowerCase() === main.toLowerCase()) {
      if (input.data !== null && typeof input.data !== 'string')
        throw refuse(stringExpected(main, input.data))
      identifier = input.data === null || input.data.trim() === '' ? null : input.data
      if (identifier !== null) checkPlace(catalog.mainIdentifier(), input, refuse)
    } else if (!catalog.attributes.has(input.attribute) || belongsHere(catalog, product, input.attribute)) {
      own.push(input)
    }
  }
  return {
    ...product,
    identifier,
    values: applyValues(product.values, own, catalog, pim.settings.timezone, refuse),
  }
}
