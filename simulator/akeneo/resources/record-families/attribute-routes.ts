import { CodeMap } from '../../codes.ts'
import { notFound, validationFailed } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import { phpString, type JsonObject } from '../../json.ts'
import { checkCode } from '../../write/structure-routes.ts'
import { objectRoute } from '../../write/write-route.ts'
import { found } from '../listing.ts'
import { attribute as newAttribute } from './flavours.ts'
import { mergeFields } from './merge.ts'
import type { Scope } from './scope.ts'

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
        checkType(existing, body)
        const before = existing ?? newAttribute(code, phpString(body['type']))
        owner.attributes.set(code, { ...mergeFields(before, body), code: before.code })
        return written(request, `${owner.code}/attributes/${encodePath(before.code)}`, existing === undefined)
      },
    ),
    ...optionRoutes(scope),
  ]
}

function checkType(existing: JsonObject | undefined, body: JsonObject): void {
  const refuse = (message: string) => validationFailed([{ property: 'type', message }])
  if (existing === undefined && typeof body['type'] !== 'string')
    throw refuse('This value should not be blank.')
  if (existing !== undefined && Object.hasOwn(body, 'type') && body['type'] !== existing['type']) {
    throw refuse('This property cannot be changed.')
  }
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
        const before = existing ?? { code, labels: {} }
        options.set(code, { ...mergeFields(before, body), code: before.code })
        owner.options.set(attributeCode, options)
        const rest = `${owner.code}/attributes/${attributeCode}/options/${encodePath(before.code)}`
        return written(request, rest, existing === undefined)
      },
    ),
  ]
}
