import type { Catalog } from '../catalog/catalog.ts'
import type { Family, FamilyVariant, VariantAttributeSet } from '../catalog/records.ts'
import { notFound, validationFailed, type Violation } from '../errors.ts'
import { onLastLevel } from '../csv/load-families.ts'
import { isObject, isPhpArray, phpString, sameJson, type Json, type JsonObject } from '../json.ts'
import {
  arrayExpected,
  integerExpected,
  stringExpected,
  unknownProperty,
  validEntityCodeExpected,
} from '../messages.ts'
import type { Pim } from '../pim.ts'
import { API, found } from '../resources/listing.ts'
import type { Outcome } from './outcome.ts'
import type { Refuse } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import { codeViolations, identityViolations, labelViolations, mergeLabels } from './structure-rules.ts'

export function familyVariantResource(pim: Pim): WritableResource<FamilyVariant, Family> {
  return {
    template: `${API}/families/{family}/variants`,
    route: 'pim_api_family_variant',
    acl: 'pim_api_family_variant_edit',
    documentation: {
      post: 'post_families__family_code__variants',
      // Two underscores at the end are Akeneo's.
      patch: 'patch_families__family_code__variants__code__',
    },
    context: ({ params }) => {
      const code = params['family'] ?? ''
      return found(pim.catalog.families.get(code), () => notFound(`Family "${code}" does not exist.`))
    },
    path: (code, family) => `${API}/families/${family.code}/variants/${code}`,
    find: (code) => pim.catalog.familyVariants.get(code),
    write: (input) => writeVariant(pim, input),
  }
}

function writeVariant(
  pim: Pim,
  { existing, code: urlCode, body, refuse, context: family }: WriteInput<FamilyVariant, Family>,
): Outcome {
  const { catalog } = pim
  const given = Object.hasOwn(body, 'code') ? (body['code'] ?? null) : (existing?.code ?? urlCode ?? '')
  if (typeof given !== 'string') throw refuse(stringExpected('code', given))
  let variant: FamilyVariant = existing ?? {
    code: given,
    family: family.code,
    labels: {},
    variant_attribute_sets: [],
  }
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
      case 'common_attributes':
        break
      case 'labels':
        variant = { ...variant, labels: mergeLabels(variant.labels, value, catalog, refuse, false) }
        break
      case 'variant_attribute_sets':
        variant = {
          ...variant,
          variant_attribute_sets: mergeSets(pim, variant, value, existing !== undefined, refuse),
        }
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  const violations: Violation[] = [
    ...setViolations(catalog, variant, family),
    ...identityViolations(existing, given, (taken) => catalog.familyVariants.has(taken)),
    ...codeViolations(given, 'Family variant code may contain only letters, numbers and underscores'),
    ...labelViolations(variant.labels, catalog),
    ...(existing === undefined ? [] : axisViolations(existing, variant)),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const unique = family.attributes.filter((code) => {
    const attribute = catalog.attributes.get(code)
    return attribute?.unique === true || attribute?.type === 'pim_catalog_identifier'
  })
  const saved = {
    ...variant,
    code: given,
    variant_attribute_sets: onLastLevel(variant.variant_attribute_sets, unique),
  }
  if (existing !== undefined && sameJson(existing, saved)) return 'unchanged'
  catalog.familyVariants.set(given, saved)
  return existing === undefined ? 'created' : 'updated'
}

const FIELD = 'variant_attribute_sets'

function mergeSets(
  pim: Pim,
  variant: FamilyVariant,
  value: Json,
  isUpdate: boolean,
  refuse: Refuse,
): VariantAttributeSet[] {
  const objects = `Property "${FIELD}" expects an array of objects as data.`
  if (!isPhpArray(value)) throw refuse(objects)
  const given = Object.values(value)
  if (!given.every((set) => isPhpArray(set))) throw refuse(objects)
  // The API asks for the key; a level that is null is passed over below.
  if (given.some((set) => !isObject(set) || !Object.hasOwn(set, 'level'))) {
    throw refuse('Property "level" is mandatory.')
  }
  const levels = given.map((set) => (isObject(set) ? Number(set['level'] ?? 0) : 0))
  const known = variant.variant_attribute_sets.length
  if (isUpdate && (given.length !== known || Math.max(0, ...levels) > known)) {
    throw refuse('The number of variant attribute sets cannot be changed.')
  }
  const sets = new Map(variant.variant_attribute_sets.map((set) => [set.level, set]))
  for (const set of given) {
    const { level = null } = isObject(set) ? set : {}
    if (level === null) continue
    const axes = codes(pim, set as JsonObject, 'axes', level, refuse)
    const attributes = codes(pim, set as JsonObject, 'attributes', level, refuse)
    if (typeof level !== 'number' || !Number.isInteger(level)) {
      throw refuse(integerExpected(`level" in the property "${FIELD}`, level))
    }
    const known = sets.get(level) ?? { level, axes: [], attributes: [] }
    const newAxes = axes ?? known.axes
    // Axes always belong to the attributes of their level, behind those that were named; old axes leave with a new list.
    const kept = attributes ?? known.attributes.filter((code) => !known.axes.includes(code))
    const newAttributes = [...new Set([...kept, ...newAxes])]
    sets.set(level, {
      level,
      axes: newAxes,
      attributes: (axes ?? attributes) ? newAttributes : known.attributes,
    })
  }
  return [...sets.values()].sort((a, b) => a.level - b.level)
}

function codes(
  { catalog }: Pim,
  set: JsonObject,
  key: string,
  level: Json,
  refuse: Refuse,
): string[] | undefined {
  const value = set[key] ?? null
  if (value === null) return undefined
  if (!isPhpArray(value)) throw refuse(arrayExpected(`${key}" in the property "${FIELD}`, value))
  return Object.values(value).map((given) => {
    const attribute = catalog.attributes.get(phpString(given))
    if (attribute !== undefined) return attribute.code
    const property = `attribute_set_${phpString(level)}`
    throw refuse(validEntityCodeExpected(property, 'attribute code', 'The attribute does not exist', given))
  })
}

const AXIS_TYPES = [
  'pim_catalog_simpleselect',
  'pim_reference_data_simpleselect',
  'akeneo_reference_entity',
  'pim_catalog_metric',
  'pim_catalog_boolean',
]
const MAX_LEVELS = 2
const MAX_AXES = 5

function setViolations(catalog: Catalog, variant: FamilyVariant, family: Family): Violation[] {
  const violations: Violation[] = []
  const add = (message: string) => violations.push({ property: FIELD, message })
  const sets = variant.variant_attribute_sets
  if (sets.length === 0) {
    add('There should be at least one level defined in the family variant')
    return violations
  }
  const axes = sets.flatMap((set) => set.axes)
  for (const code of axes) {
    const axis = catalog.attributes.get(code)
    if (axis === undefined) continue
    if (axis.localizable || axis.scopable || axis.available_locales.length > 0) {
      add(`Variant axes "${code}" cannot be localizable, not scopable and not locale specific`)
    }
    if (axis.unique) add(`Variant axes "${code}" cannot be unique or an identifier`)
    if (!AXIS_TYPES.includes(axis.type)) {
      add(
        `Variant axes "${code}" must be a boolean, a simple select, a simple reference data or a measurement`,
      )
    }
    if (sets.some((set) => !set.axes.includes(code) && set.attributes.includes(code))) {
      add(`Attribute "${code}" must be set as attribute in the same variant attribute set it was set as axis`)
    }
  }
  const repeated = (list: string[]) => list.filter((code, index) => list.indexOf(code) !== index)
  const repeatedAxes = repeated(axes)
  if (repeatedAxes.length > 0) {
    add(
      `Variant axes must be unique, "${repeatedAxes.join('')}" are used several times in variant attributes sets`,
    )
  }
  const last = sets.at(-1)
  const all = sets.flatMap((set) => set.attributes)
  for (const code of all) {
    if (!family.attributes.includes(code)) {
      add(
        `"${code}" attribute cannot be added to "${variant.code}" family variant, as it is not an attribute of the "${family.code}" family`,
      )
    }
    if (catalog.attributes.get(code)?.unique === true && last?.attributes.includes(code) !== true) {
      add(`Unique attribute "${code}" must be set at the product level`)
    }
  }
  const repeatedAttributes = repeated(all)
  if (repeatedAttributes.length > 0) {
    add(
      `Attributes must be unique, "${repeatedAttributes.join(',')}" are used several times in variant attributes sets`,
    )
  }
  if (sets.length > MAX_LEVELS) add(`Family variant cannot have more than "${MAX_LEVELS}" level`)
  for (let level = 1; level <= sets.length; level++) {
    const set = sets.find((one) => one.level === level)
    if (set === undefined) add(`There is no variant attribute set for level "${level}"`)
    else if (set.axes.length > MAX_AXES) add(`A variant attribute set cannot have more than ${MAX_AXES} axes`)
    else if (set.axes.length === 0) {
      add(`There should be at least one attribute defined as axis for the attribute set for level "${level}"`)
    }
  }
  return violations
}

function axisViolations(before: FamilyVariant, after: FamilyVariant): Violation[] {
  return before.variant_attribute_sets.flatMap((set, index) => {
    const now = after.variant_attribute_sets.find((one) => one.level === set.level)
    if (now === undefined || sameJson([...set.axes].sort(), [...now.axes].sort())) return []
    const property = `${FIELD}[${index}].axes`
    return [{ property, message: `Variant axes cannot be modified for the level "${set.level}"` }]
  })
}
