import { malformed } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { created, noContent } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { findModel } from '../resources/products.ts'
import { accessOf, type Access } from '../rights/access.ts'
import { checkRemoval } from '../rights/guard.ts'
import { createsMissingOptions } from './missing-options.ts'
import { writeModel } from './model.ts'
import type { Refuse } from './payload.ts'
import { checkCode } from './structure-routes.ts'
import { collectionRoute, objectRoute, upserted } from './write-route.ts'

const EDIT = 'pim_api_product_edit'

export function modelWriteRoutes(pim: Pim): Route[] {
  const path = `${API}/product-models`
  const location = (origin: string, code: string) => `${origin}${path}/${encodePath(code)}`
  return [
    objectRoute(
      'POST',
      { template: path, acl: EDIT, name: 'pim_api_product_model_create' },
      (request) => (body) => {
        const refuse = (message: string) => malformed(message, 'post_product_models')
        if ((body['code'] ?? null) !== null) checkCodeIsText(body, refuse)
        const createOptions = createsMissingOptions(pim, request)
        const access = accessOf(pim, request.connection)
        pim.writingAs(request.connection, () =>
          writeModel(pim, undefined, '', body, refuse, access, createOptions),
        )
        return created(location(request.origin, phpString(body['code'])))
      },
    ),
    collectionRoute(
      { template: path, acl: EDIT, name: 'pim_api_product_model_partial_update_list' },
      'code',
      (request) => {
        const access = accessOf(pim, request.connection)
        const createOptions = createsMissingOptions(pim, request)
        return (code, body) =>
          pim.writingAs(request.connection, () => patchModel(pim, access, code, body, createOptions))
      },
    ),
    objectRoute(
      'PATCH',
      { template: `${path}/{code+}`, acl: EDIT, name: 'pim_api_product_model_partial_update' },
      (request) => (body) => {
        const code = request.params['code'] ?? ''
        if (Object.hasOwn(body, 'code')) checkCodeIsText(body, refusePatch)
        const createOptions = createsMissingOptions(pim, request)
        const access = accessOf(pim, request.connection)
        const status = pim.writingAs(request.connection, () =>
          patchModel(pim, access, code, body, createOptions),
        )
        return upserted(location(request.origin, code), status === 201)
      },
    ),
    {
      method: 'DELETE',
      template: `${path}/{code+}`,
      acl: 'pim_api_product_remove',
      name: 'pim_api_product_model_delete',
      handler: ({ params, connection }) => {
        const access = accessOf(pim, connection)
        const model = findModel(pim, params['code'] ?? '', access)
        checkRemoval(access, model)
        pim.writingAs(connection, () => pim.deleteModel(model))
        return noContent()
      },
    },
  ]
}

const refusePatch: Refuse = (message) => malformed(message, 'patch_product_models__code_')

function checkCodeIsText(body: JsonObject, refuse: Refuse): void {
  if (typeof body['code'] !== 'string') throw refuse('The code field requires a string.')
}

function patchModel(
  pim: Pim,
  access: Access | undefined,
  code: string,
  body: JsonObject,
  createOptions: boolean,
): 201 | 204 {
  // A hidden model is there all the same: its code is not free.
  const before = pim.catalog.models.has(code) ? findModel(pim, code, access) : undefined
  if (before === undefined) checkCode('code', code, body)
  const outcome = writeModel(pim, before, before?.code ?? code, body, refusePatch, access, createOptions)
  return outcome === 'created' ? 201 : 204
}
