import type { Family } from '../catalog/records.ts'
import { validationFailed, type Violation } from '../errors.ts'
import { isPhpArray, phpString, sameJson, type Json } from '../json.ts'
import {
  arrayExpected,
  unknownProperty,
  validArrayStructureExpected,
  validEntityCodeExpected,
} from '../messages.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import type { Outcome } from './outcome.ts'
import { scalar, type Refuse } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import {
  codeViolations,
  identityViolations,
  labelViolations,
  mergeLabels,
  readCode,
  scalarMap,
} from './structure-rules.ts'

export function familyResource(pim: Pim): WritableResource<Family, undefined> {
  return {
    template: `${API}/families`,
    route: 'pim_api_family',
    acl: 'pim_api_family_edit',
    documentation: { post: 'post_families', patch: 'patch_families__code_' },
    context: () => undefined,
    path: (code) => `${API}/families/${code}`,
    find: (code) => pim.catalog.families.get(code),
    write: (input) => writeFamily(pim, input),
  }
}

function writeFamily(
  pim: Pim,
  { existing, code: urlCode, body, refuse }: WriteInput<Family, undefined>,
): Outcome {
  const { catalog, settings } = pim
  const identifier = catalog.mainIdentifier().code
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  let family: Family = existing ?? {
    code,
    attributes: [identifier],
    attribute_as_label: identifier,
    attribute_as_image: null,
    // A new family requires the identifier in every channel there is.
    attribute_requirements: Object.fromEntries(
      [...catalog.channels.codes()].map((channel) => [channel, [identifier]]),
    ),
    labels: {},
    created: 0,
    updated: 0,
  }
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        break
      case 'labels':
        family = { ...family, labels: mergeLabels(family.labels, value, catalog, refuse, false) }
        break
      case 'attributes': {
        const given = Object.values(scalarMap(field, value, refuse, false)).map((one) =>
          attributeCode(pim, field, one, refuse),
        )
        const all = existing === undefined && !given.includes(identifier) ? [...given, identifier] : given
        family = { ...family, attributes: [...new Set(all)] }
        break
      }
      case 'attribute_requirements':
        family = {
          ...family,
          attribute_requirements: {
            ...family.attribute_requirements,
            ...requirements(pim, value, existing === undefined, refuse),
          },
        }
        break
      case 'attribute_as_label':
        family = {
          ...family,
          attribute_as_label: attributeCode(pim, field, scalar(field, value, refuse), refuse),
        }
        break
      case 'attribute_as_image': {
        const given = scalar(field, value, refuse)
        const image = given === null || given === '' ? null : attributeCode(pim, field, given, refuse)
        family = { ...family, attribute_as_image: image }
        break
      }
      case 'parent':
        if (!isCloud(settings)) throw refuse(unknownProperty(field))
        family = { ...family, parent: parentFamily(pim, scalar(field, value, refuse), refuse) }
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  const violations: Violation[] = [
    ...identityViolations(existing, code, (taken) => catalog.families.has(taken)),
    ...memberViolations(pim, family),
    // A new family has no variants, even when its code is taken by one that has.
    ...(existing === undefined ? [] : axisViolations(pim, family)),
    ...codeViolations(code, 'Family code may contain only letters, numbers and underscores'),
    ...labelViolations(family.labels, catalog),
    ...parentViolations(pim, family),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const at = pim.writtenAt()
  if (existing === undefined) {
    catalog.families.set(code, { ...family, code, created: at, updated: at })
    return 'created'
  }
  if (sameJson(existing, family)) return 'unchanged'
  catalog.families.set(code, { ...family, updated: at })
  return 'updated'
}

function attributeCode({ catalog }: Pim, field: string, given: Json, refuse: Refuse): string {
  const attribute = catalog.attributes.get(phpString(given))
  if (attribute === undefined) {
    throw refuse(validEntityCodeExpected(field, 'code', 'The attribute does not exist', given))
  }
  return attribute.code
}

function parentFamily({ catalog }: Pim, given: Json, refuse: Refuse): string | null {
  if (given === null || given === '') return null
  const parent = catalog.families.get(phpString(given))
  if (parent !== undefined) return parent.code
  throw refuse(validEntityCodeExpected('parent', 'family code', 'The family does not exist', given))
}

/** No family may stand below itself. */
function parentViolations({ catalog }: Pim, family: Family): Violation[] {
  for (let at = family.parent ?? null; at !== null; at = catalog.families.get(at)?.parent ?? null) {
    if (at !== family.code) continue
    return [{ property: 'parent', message: 'A family cannot be its own parent, directly or not.' }]
  }
  return []
}

/** Per channel the list is replaced; a new family always requires the identifier. */
function requirements(pim: Pim, value: Json, isNew: boolean, refuse: Refuse): Record<string, string[]> {
  const field = 'attribute_requirements'
  const identifier = pim.catalog.mainIdentifier().code
  if (!isPhpArray(value)) throw refuse(arrayExpected(field, value))
  const checked = Object.entries(value).map(([channel, codes]): [string, Json[]] => {
    if (!isPhpArray(codes)) {
      throw refuse(validArrayStructureExpected(field, `the channel "${channel}" is not an array`))
    }
    const list = Object.values(codes)
    if (list.some((code) => typeof code === 'object' && code !== null)) {
      const because = `one of the attributes in the channel "${channel}" is not a scalar`
      throw refuse(validArrayStructureExpected(field, because))
    }
    return [channel, list]
  })
  return Object.fromEntries(
    checked.map(([given, codes]) => {
      const channel = pim.catalog.channels.get(given)
      if (channel === undefined) {
        throw refuse(validEntityCodeExpected(field, 'code', 'The channel does not exist', given))
      }
      const list = codes.map((code) => attributeCode(pim, field, code, refuse))
      return [channel.code, [...new Set(isNew ? [...list, identifier] : list)]]
    }),
  )
}

function memberViolations({ catalog }: Pim, family: Family): Violation[] {
  const violations: Violation[] = []
  const isMember = (code: string) => family.attributes.includes(code)
  for (const [channel, codes] of Object.entries(family.attribute_requirements)) {
    for (const code of codes.filter((one) => !isMember(one))) {
      violations.push({
        property: 'attribute_requirements',
        message: `The attribute "${code}" cannot be an attribute required for the channel "${channel}" as it does not belong to this family`,
      })
    }
  }
  const label = (message: string) => violations.push({ property: 'attribute_as_label', message })
  if (!isMember(family.attribute_as_label)) label('Property "attribute_as_label" must belong to the family')
  const labelType = catalog.attributes.get(family.attribute_as_label)?.type ?? ''
  if (!['pim_catalog_text', 'pim_catalog_identifier'].includes(labelType)) {
    label(
      'Property "attribute_as_label" only supports "pim_catalog_text" and "pim_catalog_identifier" attribute types for the family',
    )
  }
  if (family.attribute_as_image !== null) {
    const image = (message: string) => violations.push({ property: 'attribute_as_image', message })
    const attribute = catalog.attributes.get(family.attribute_as_image)
    if (!isMember(family.attribute_as_image)) image('Property "attribute_as_image" must belong to the family')
    if (!['pim_catalog_image', 'pim_catalog_asset_collection'].includes(attribute?.type ?? '')) {
      image('Property "attribute_as_image" only supports "pim_catalog_image" attribute type for the family')
    }
    if (attribute?.scopable === true || attribute?.localizable === true) {
      image('Property "attribute_as_image" must not be scopable nor localizable for this family')
    }
  }
  return violations
}

function axisViolations({ catalog }: Pim, family: Family): Violation[] {
  return [...catalog.familyVariants.values()]
    .filter((variant) => variant.family === family.code)
    .flatMap((variant) =>
      variant.variant_attribute_sets
        .flatMap(({ axes }) => axes)
        .filter((axis) => !family.attributes.includes(axis))
        .map((axis) => ({
          property: 'attributes',
          message: `Attribute "${axis}" is an axis in "${variant.code}" family variant. It must belong to the family.`,
        })),
    )
}
