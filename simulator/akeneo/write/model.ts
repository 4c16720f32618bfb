import { belongsHere } from '../catalog/levels.ts'
import { asLoaded } from '../catalog/loaded.ts'
import type { ProductModel } from '../catalog/records.ts'
import { validationFailed } from '../errors.ts'
import { phpString, phpType, type Json, type JsonObject } from '../json.ts'
import { notEmptyExpected, stringExpected, unknownProperty, validEntityCodeExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import type { Access } from '../rights/access.ts'
import { beginning, checkHidden, keepHidden, saveOrDraft } from '../rights/guard.ts'
import { applyAssociations } from './associations.ts'
import { withMissingOptions } from './missing-options.ts'
import type { Outcome } from './outcome.ts'
import { readValues, scalar, type Refuse } from './payload.ts'
import { categories } from './product.ts'
import { applyQuantified } from './quantified.ts'
import { checkTwoWay } from './two-way.ts'
import { validateModel } from './validate-model.ts'
import { applyValues } from './values.ts'

/** Read-only keys that a model's body may carry. `quality_scores` is not among them, unlike on products. */
const IGNORED = new Set(['identifier', 'created', 'updated', 'metadata', 'parent_associations'])

/** A model under construction may lack what Akeneo then reports as violations. */
export type DraftModel = Omit<ProductModel, 'family_variant' | 'family'> & {
  family_variant: string | null
  family: string | null
}

export function writeModel(
  pim: Pim,
  stored: ProductModel | undefined,
  code: string,
  body: JsonObject,
  refuse: Refuse,
  access?: Access,
  createMissingOptions = false,
): Outcome {
  const before = asLoaded(pim.catalog, stored)
  const from = asLoaded(pim.catalog, beginning(pim, access, before))
  checkHidden(access, body['values'], refuse)
  const draft = mergeBody(pim, from, code, body, refuse)
  const validate = () => validateModel(pim, draft, from)
  const violations = createMissingOptions ? withMissingOptions(pim, draft.values, validate) : validate()
  if (violations.length > 0) throw validationFailed(violations)
  const model = keepHidden(access, before, draft as ProductModel)
  return saveOrDraft(pim, access, before, model)
}

function mergeBody(
  pim: Pim,
  before: ProductModel | undefined,
  code: string,
  body: JsonObject,
  refuse: Refuse,
): DraftModel {
  const { catalog } = pim
  let model: DraftModel = before ?? {
    kind: 'product_model',
    code,
    family: null,
    family_variant: null,
    parent: null,
    categories: [],
    values: new Map(),
    associations: new Map(),
    quantified: new Map(),
    created: 0,
    updated: 0,
  }
  if (before !== undefined && before.parent !== null && body['parent'] === null) {
    throw refuse('Property "parent" cannot be modified, "NULL" given.')
  }
  if (body['family_variant'] === null) {
    throw refuse(notEmptyExpected('family_variant'))
  }
  if (Object.hasOwn(body, 'parent'))
    model = setParent(pim, model, before, body['parent'] ?? null, body, refuse)
  // Akeneo needs the variant before it can place values; bodies may name it last.
  if (Object.hasOwn(body, 'family_variant'))
    model = setVariant(pim, model, body['family_variant'] ?? null, refuse)

  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'parent':
      case 'family_variant':
      case 'family':
        break
      case 'code': {
        const given = scalar(field, value, refuse)
        model = { ...model, code: given === null ? '' : String(given) }
        break
      }
      case 'categories':
        model = { ...model, categories: categories(pim, value, refuse) }
        break
      case 'values':
        model = setValues(pim, model, value, refuse)
        break
      case 'associations': {
        const associations = applyAssociations(model.associations, value, catalog, 'identifier', refuse)
        checkTwoWay(pim, model as ProductModel, associations)
        model = { ...model, associations }
        break
      }
      case 'quantified_associations':
        model = {
          ...model,
          quantified: applyQuantified(pim, model as ProductModel, value, 'identifier', refuse),
        }
        break
      default:
        if (!IGNORED.has(field)) throw refuse(unknownProperty(field))
    }
  }
  if (Object.hasOwn(body, 'family')) checkFamily(model, before, body['family'] ?? null, refuse)
  return model
}

/** A body may repeat the family that the variant brings, and no other (ExternalApi ProductModelUpdater). */
function checkFamily(
  model: DraftModel,
  before: ProductModel | undefined,
  family: Json,
  refuse: Refuse,
): void {
  if (before !== undefined) {
    if (family === before.family) return
    throw refuse(
      `Property "family" cannot be modified, "${typeof family === 'object' ? phpType(family) : phpString(family)}" given.`,
    )
  }
  if (family === null || family === '') throw refuse(notEmptyExpected('family'))
  if (typeof family !== 'string') throw refuse(stringExpected('family', family))
  if (model.family_variant !== null && family !== model.family) {
    throw refuse(`The family "${family}" does not match the family of the variant "${model.family_variant}".`)
  }
}

function setParent(
  pim: Pim,
  model: DraftModel,
  before: ProductModel | undefined,
  value: Json,
  body: JsonObject,
  refuse: Refuse,
): DraftModel {
  const code = scalar('parent', value, refuse)
  if (code === null || code === '' || code === '0') {
    if (before !== undefined && before.parent !== null) {
      throw refuse(`Property "parent" cannot be modified, "${code ?? 'NULL'}" given.`)
    }
    return model
  }
  if (before?.parent === null) throw refuse(`Property "parent" cannot be modified, "${code}" given.`)
  const parent = pim.catalog.models.get(String(code))
  const invalid = (because: string) => refuse(validEntityCodeExpected('parent', 'parent code', because, code))
  if (parent === undefined) throw invalid('The product model does not exist')
  if (parent.parent !== null)
    throw invalid('The new parent of the product model must be a root product model')
  if (model.family_variant !== null && model.family_variant !== parent.family_variant) {
    throw invalid('The new parent of the product model must be of the same family variant')
  }
  const named = body['family_variant'] ?? ''
  const variant = model.family_variant ?? (named === '' ? parent.family_variant : null)
  return {
    ...model,
    parent: parent.code,
    family_variant: variant,
    family: variant === null ? null : parent.family,
  }
}

function setVariant(pim: Pim, model: DraftModel, value: Json, refuse: Refuse): DraftModel {
  const code = scalar('family_variant', value, refuse)
  const text = code === null ? '' : String(code)
  if (text === '' && model.family_variant !== null) return model
  if (model.family_variant !== null && model.family_variant.toLowerCase() !== text.toLowerCase()) {
    throw refuse(`Property "family_variant" cannot be modified, "${text}" given.`)
  }
  const parent = model.parent === null ? undefined : pim.catalog.models.get(model.parent)
  if (parent !== undefined && parent.family_variant !== text) {
    throw refuse(
      `The parent is not a product model of the family variant "${text}" but belongs to the family "${parent.family_variant}".`,
    )
  }
  const variant = pim.catalog.familyVariants.get(text)
  if (variant === undefined) {
    const because = 'The family variant does not exist'
    throw refuse(validEntityCodeExpected('family_variant', 'family variant code', because, text))
  }
  return { ...model, family_variant: variant.code, family: variant.family }
}

function setValues(pim: Pim, model: DraftModel, value: Json, refuse: Refuse): DraftModel {
  const { catalog } = pim
  const inputs = readValues(value, pim, refuse, 'model')
  const unknown = inputs.find(({ attribute }) => !catalog.attributes.has(attribute))
  // Models still use the older sentence for this.
  if (unknown !== undefined) throw refuse(`Property "${unknown.attribute}" does not exist.`)
  const own = inputs.filter(
    ({ attribute }) =>
      !catalog.attributes.has(attribute) ||
      model.family_variant === null ||
      belongsHere(catalog, model as ProductModel, attribute),
  )
  return { ...model, values: applyValues(model.values, own, catalog, pim.settings.timezone, refuse) }
}
