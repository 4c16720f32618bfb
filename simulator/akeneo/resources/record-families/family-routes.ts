import { newRecordFamily } from '../../catalog/record-family.ts'
import { validationFailed } from '../../errors.ts'
import { encodePath } from '../../http/paging.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import { checkCode } from '../../write/structure-routes.ts'
import { codeViolations } from '../../write/structure-rules.ts'
import { objectRoute } from '../../write/write-route.ts'
import { MAX_CODE, RECORD_CODE } from './attribute-types.ts'
import { checkFields, mergeFields } from './merge.ts'
import { cursorPage, renderFamily } from './render.ts'
import type { Scope } from './scope.ts'

/** Reference entities and asset families themselves: neither POST nor DELETE exists. */
export function familyRoutes({ pim, flavour, family, written }: Scope): Route[] {
  const { path } = flavour
  const families = flavour.families(pim)
  return [
    {
      method: 'GET',
      template: path,
      acl: `${flavour.familyRight}_list`,
      handler: (request) =>
        cursorPage(request, path, families.sorted(), (one) => renderFamily(request, flavour, one)),
    },
    {
      method: 'GET',
      template: `${path}/{family}`,
      acl: `${flavour.familyRight}_list`,
      handler: (request) => ok(renderFamily(request, flavour, family(request))),
    },
    objectRoute(
      'PATCH',
      { template: `${path}/{family}`, acl: `${flavour.familyRight}_edit` },
      (request) => (body) => {
        const code = request.params['family'] ?? ''
        const existing = families.get(code)
        checkCode('code', existing?.code ?? code, body)
        checkFields(body, ['code', ...Object.keys(flavour.fields), 'sharing_enabled', '_links'])
        const violations = existing === undefined ? codeViolations(code, RECORD_CODE, MAX_CODE) : []
        if (violations.length > 0) throw validationFailed(violations)
        const target = existing ?? newRecordFamily(code, { ...flavour.fields })
        const { code: _code, _links, ...fields } = body
        target.fields = mergeFields(target.fields, fields)
        if (existing === undefined) {
          for (const standard of flavour.attributes) target.attributes.set(standard.code, { ...standard })
          families.set(code, target)
        }
        return written(request, encodePath(target.code), existing === undefined)
      },
    ),
  ]
}
