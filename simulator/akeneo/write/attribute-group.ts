import type { AttributeGroup } from '../catalog/records.ts'
import { validationFailed, type Violation } from '../errors.ts'
import { phpString, sameJson, type Json } from '../json.ts'
import { unknownProperty, validEntityCodeExpected } from '../messages.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { isNumeric } from '../search/predicate.ts'
import type { Outcome } from './outcome.ts'
import { scalar } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import {
  codeViolations,
  identityViolations,
  labelViolations,
  mergeLabels,
  readCode,
  scalarMap,
} from './structure-rules.ts'

export function attributeGroupResource(pim: Pim): WritableResource<AttributeGroup, undefined> {
  return {
    template: `${API}/attribute-groups`,
    route: 'pim_api_attribute_group',
    acl: 'pim_api_attribute_group_edit',
    documentation: { post: 'post_attribute_groups', patch: 'patch_attribute_groups__code_' },
    context: () => undefined,
    path: (code) => `${API}/attribute-groups/${code}`,
    find: (code) => pim.catalog.attributeGroups.get(code),
    write: (input) => writeGroup(pim, input),
  }
}

const LIMIT = 1000
const DEFAULT_GROUP = 'other'

function writeGroup(
  pim: Pim,
  { existing, code: urlCode, body, refuse }: WriteInput<AttributeGroup, undefined>,
): Outcome {
  const { catalog } = pim
  const code = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  let labels = existing?.labels ?? {}
  let sortOrder: Json = existing?.sort_order ?? 0
  let attributes: string[] | undefined
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        break
      case 'labels':
        labels = mergeLabels(labels, value, catalog, refuse)
        break
      case 'sort_order':
        sortOrder = scalar(field, value, refuse)
        break
      case 'attributes':
        // The default group takes what others lose, and nothing else: Akeneo passes over its list.
        attributes = Object.values(scalarMap(field, value, refuse)).flatMap((given) => {
          if (code === DEFAULT_GROUP) return []
          const attribute = catalog.attributes.get(phpString(given))
          if (attribute === undefined) {
            const because = 'The attribute does not exist'
            throw refuse(validEntityCodeExpected('attributes', 'attribute code', because, given))
          }
          return attribute.code
        })
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  const violations: Violation[] = [
    ...identityViolations(existing, code, (taken) => catalog.attributeGroups.has(taken)),
    ...(existing === undefined && catalog.attributeGroups.size >= LIMIT
      ? [{ property: '', message: `You’ve reached the limit of ${LIMIT} attribute groups` }]
      : []),
    ...labelViolations(labels, catalog),
    ...sortOrderViolations(sortOrder),
    ...codeViolations(code, 'Attribute group code may contain only letters, numbers and underscores'),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const at = pim.writtenAt()
  const group = { code, sort_order: Number(sortOrder), labels }
  const moved =
    attributes === undefined || code === DEFAULT_GROUP ? false : moveAttributes(pim, code, attributes)
  if (existing === undefined) {
    catalog.attributeGroups.set(code, { ...group, created: at, updated: at })
    return 'created'
  }
  if (!moved && existing.sort_order === group.sort_order && sameJson(existing.labels, labels))
    return 'unchanged'
  catalog.attributeGroups.set(code, { ...existing, ...group, updated: at })
  return 'updated'
}

export function sortOrderViolations(value: Json): Violation[] {
  const violation = (message: string) => [{ property: 'sort_order', message }]
  if (value === null) return violation('This value should not be null.')
  if (!isNumeric(value)) return violation('This value should be of type numeric.')
  if (Number(value) % 1 !== 0) return violation('This value should not be a decimal.')
  return Number(value) < 0 ? violation('This value should be greater than or equal to 0.') : []
}

/** Attributes that a group loses go to the default group. */
function moveAttributes({ catalog }: Pim, group: string, codes: string[]): boolean {
  let moved = false
  for (const attribute of [...catalog.attributes.values()]) {
    const wanted = codes.includes(attribute.code)
    if (wanted === (attribute.group === group)) continue
    moved = true
    const target = wanted ? group : DEFAULT_GROUP
    if (catalog.attributeGroups.has(target) || wanted)
      catalog.attributes.set(attribute.code, { ...attribute, group: target })
  }
  return moved
}
