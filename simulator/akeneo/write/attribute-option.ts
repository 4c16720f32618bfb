import { CodeMap } from '../codes.ts'
import type { Attribute, AttributeOption } from '../catalog/records.ts'
import { notFound, unprocessable, validationFailed, type Violation } from '../errors.ts'
import { sameJson, type JsonObject } from '../json.ts'
import { integerExpected, unknownProperty } from '../messages.ts'
import type { Pim } from '../pim.ts'
import { API, found } from '../resources/listing.ts'
import type { Outcome } from './outcome.ts'
import { scalar } from './payload.ts'
import type { WritableResource, WriteInput } from './structure-routes.ts'
import {
  codeViolations,
  identityViolations,
  IMMUTABLE,
  labelViolations,
  mergeLabels,
  readCode,
} from './structure-rules.ts'

export function attributeOptionResource(pim: Pim): WritableResource<AttributeOption, Attribute> {
  return {
    template: `${API}/attributes/{attribute}/options`,
    route: 'pim_api_attribute_option',
    acl: 'pim_api_attribute_option_edit',
    documentation: {
      post: 'post_attributes__attribute_code__options',
      patch: 'patch_attributes__attribute_code__options__code_',
    },
    codeName: 'option code',
    context: ({ params }) => {
      const code = params['attribute'] ?? ''
      return found(pim.catalog.attributes.get(code), () => notFound(`Attribute "${code}" does not exist.`))
    },
    path: (code, attribute) => `${API}/attributes/${attribute.code}/options/${code}`,
    find: (code, attribute) => pim.catalog.options.get(attribute.code)?.get(code),
    before: checkAttribute,
    write: (input) => writeOption(pim, input),
  }
}

/** A new option belongs to the attribute of the URL, whatever the body thinks. */
function checkAttribute(body: JsonObject, attribute: Attribute, existing: AttributeOption | undefined) {
  const given = body['attribute'] ?? null
  if (existing !== undefined || given === null || given === attribute.code) return undefined
  return unprocessable(
    `The attribute code "${typeof given === 'object' ? 'Array' : String(given)}" provided in the request body must match the attribute code "${attribute.code}" provided in the url.`,
  )
}

const SELECTS = ['pim_catalog_simpleselect', 'pim_catalog_multiselect']

function writeOption(
  pim: Pim,
  { existing, code: urlCode, body, refuse, context: attribute }: WriteInput<AttributeOption, Attribute>,
): Outcome {
  const { catalog } = pim
  const given = readCode({ code: existing?.code ?? urlCode, body }, refuse)
  // Another letter case is no other code.
  const code = existing?.code.toLowerCase() === given.toLowerCase() ? existing.code : given
  const options = catalog.options.get(attribute.code) ?? new CodeMap<AttributeOption>()
  let labels = existing?.labels ?? {}
  let sortOrder = existing?.sort_order ?? nextSortOrder(options)
  let moved = false
  for (const [field, value] of Object.entries(body)) {
    switch (field) {
      case 'code':
        break
      case 'attribute':
        moved = scalar(field, value, refuse) !== attribute.code
        break
      case 'sort_order':
        if (value !== null && !Number.isInteger(value)) throw refuse(integerExpected(field, value))
        if (value !== null) sortOrder = Number(value)
        break
      case 'labels':
        labels = mergeLabels(labels, value, catalog, refuse, false)
        break
      default:
        throw refuse(unknownProperty(field))
    }
  }
  const violations: Violation[] = [
    ...(SELECTS.includes(attribute.type)
      ? []
      : [
          {
            property: 'attribute',
            message: `Attribute "${attribute.code}" does not support options. Only attributes of type "pim_catalog_simpleselect", "pim_catalog_multiselect" support options`,
          },
        ]),
    ...identityViolations(existing, code, (taken) => options.has(taken)),
    ...(moved && existing !== undefined ? [{ property: 'attribute', message: IMMUTABLE }] : []),
    ...codeViolations(code, 'Option code may contain only letters, numbers and underscores'),
    ...labelViolations(labels, catalog, { limit: 255, named: true }),
  ]
  if (violations.length > 0) throw validationFailed(violations)

  const option = { code, attribute: attribute.code, sort_order: sortOrder, labels }
  if (existing !== undefined && sameJson(existing, option)) return 'unchanged'
  options.set(code, option)
  catalog.options.set(attribute.code, options)
  return existing === undefined ? 'created' : 'updated'
}

function nextSortOrder(options: CodeMap<AttributeOption>): number {
  let last = 0
  for (const { sort_order: order } of options.values()) last = Math.max(last, order)
  return last + 1
}
