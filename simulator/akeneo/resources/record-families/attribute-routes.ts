import { CodeMap } from '../../codes.ts'
import { notFound, validationFailed, type Violation } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import { phpString, type Json, type JsonObject } from '../../json.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import { checkCode } from '../../write/structure-routes.ts'
import { BLANK, codeViolations, IMMUTABLE } from '../../write/structure-rules.ts'
import { objectRoute } from '../../write/write-route.ts'
import { found } from '../listing.ts'
import { keysOf, MAX_CODE, newRecordAttribute, RECORD_CODE } from './attribute-types.ts'
import { checkFields, mergeFields } from './merge.ts'
import type { Scope } from './scope.ts'

type Attribute = JsonObject & { code: string }

/** Attributes of a reference entity or asset family, and their options: bare arrays, without pages. */
export function attributeRoutes(scope: Scope): Route[] {
  const { flavour, family, attribute, written } = scope
  const path = `${flavour.path}/{family}/attributes`
  return [
    {
      method: 'GET',
      template: path,
      acl: `${flavour.familyRight}_list`,
      handler: (request) => ok(family(request).attributes.sorted()),
    },
    {
      method: 'GET',
      template: `${path}/{attribute}`,
      acl: `${flavour.familyRight}_list`,
      handler: (request) => ok(attribute(request)),
    },
    objectRoute(
      'PATCH',
      { template: `${path}/{attribute}`, acl: `${flavour.familyRight}_edit` },
      (request) => (body) => {
        const owner = family(request)
        const code = request.params['attribute'] ?? ''
        const existing = owner.attributes.get(code)
        checkCode('code', existing?.code ?? code, body)
        owner.attributes.set(code, mergeAttribute(scope, existing, code, body))
        return written(
          request,
          `${owner.code}/attributes/${encodePath(existing?.code ?? code)}`,
          existing === undefined,
        )
      },
    ),
    ...optionRoutes(scope),
  ]
}

/** What an attribute is cannot be changed any more. */
const IMMUTABLE_KEYS = [
  'type',
  'value_per_locale',
  'value_per_channel',
  'reference_entity_code',
  'asset_family_identifier',
]

function mergeAttribute(
  { pim, flavour: { types } }: Scope,
  existing: Attribute | undefined,
  code: string,
  body: JsonObject,
): Attribute {
  checkFields(body, keysOf(types))
  const name = phpString(existing?.['type'] ?? body['type'])
  const type = types[name]
  const violations = existing === undefined ? newViolations(code, body['type'] ?? null) : []
  if (type === undefined || (type.isCloud === true && !isCloud(pim.settings))) {
    if (violations.length === 0)
      violations.push({ property: 'type', message: `The attribute type "${name}" does not exist.` })
    throw validationFailed(violations)
  }
  const before = existing ?? newRecordAttribute(code, name, type.keys)
  const own = Object.keys(before).concat(Object.keys(type.keys))
  const given = Object.entries(body).filter(([key]) => key !== 'code' && own.includes(key))
  const attribute = { ...mergeFields(before, Object.fromEntries(given)), code: before.code }
  violations.push(...keyViolations(pim, existing, attribute, Object.keys(type.keys)))
  if (violations.length > 0) throw validationFailed(violations)
  return attribute
}

function newViolations(code: string, type: Json): Violation[] {
  const violations = codeViolations(code, RECORD_CODE, MAX_CODE)
  if (typeof type !== 'string') violations.push({ property: 'type', message: BLANK })
  return violations
}

function keyViolations(
  pim: Pim,
  existing: Attribute | undefined,
  attribute: Attribute,
  keys: string[],
): Violation[] {
  if (existing !== undefined) {
    return IMMUTABLE_KEYS.filter((key) => attribute[key] !== existing[key]).map((property) => ({
      property,
      message: IMMUTABLE,
    }))
  }
  const { referenceEntities, assetFamilies } = pim.catalog
  return keys.flatMap((property): Violation[] => {
    const value = attribute[property]
    if (value === undefined || value === '') return [{ property, message: BLANK }]
    const families = { reference_entity_code: referenceEntities, asset_family_identifier: assetFamilies }
    const known = property in families ? families[property as keyof typeof families] : undefined
    if (known === undefined || known.has(phpString(value))) return []
    return [{ property, message: `"${phpString(value)}" does not exist.` }]
  })
}

function optionRoutes({ flavour, family, attribute, written }: Scope): Route[] {
  const path = `${flavour.path}/{family}/attributes/{attribute}/options`
  return [
    {
      method: 'GET',
      template: path,
      acl: `${flavour.familyRight}_list`,
      handler: (request) => ok(family(request).options.get(attribute(request).code)?.sorted() ?? []),
    },
    {
      method: 'GET',
      template: `${path}/{option}`,
      acl: `${flavour.familyRight}_list`,
      handler: (request) => {
        const code = request.params['option'] ?? ''
        const option = family(request).options.get(attribute(request).code)?.get(code)
        return ok(found(option, () => notFound(`Option "${code}" does not exist.`)))
      },
    },
    objectRoute(
      'PATCH',
      { template: `${path}/{option}`, acl: `${flavour.familyRight}_edit` },
      (request) => (body) => {
        const owner = family(request)
        const attributeCode = attribute(request).code
        const code = request.params['option'] ?? ''
        const options = owner.options.get(attributeCode) ?? new CodeMap<JsonObject & { code: string }>()
        const existing = options.get(code)
        checkCode('code', existing?.code ?? code, body)
        checkFields(body, ['code', 'labels'])
        const violations = existing === undefined ? codeViolations(code, RECORD_CODE, MAX_CODE) : []
        if (violations.length > 0) throw validationFailed(violations)
        const before = existing ?? { code, labels: {} }
        options.set(code, { ...mergeFields(before, body), code: before.code })
        owner.options.set(attributeCode, options)
        const rest = `${owner.code}/attributes/${attributeCode}/options/${encodePath(before.code)}`
        return written(request, rest, existing === undefined)
      },
    ),
  ]
}
