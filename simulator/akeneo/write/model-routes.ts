import { malformed } from '../errors.ts'
import { patchCollection } from '../http/collection.ts'
import { encodePath } from '../http/paging.ts'
import { created, noContent } from '../http/request.ts'
import { COLLECTION_TYPE, type Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { findModel } from '../resources/products.ts'
import { writeModel } from './model.ts'
import { decodeBody } from './payload.ts'
import { checkCode } from './structure-routes.ts'

const EDIT = 'pim_api_product_edit'

export function modelWriteRoutes(pim: Pim): Route[] {
  const path = `${API}/product-models`
  const location = (origin: string, code: string) => `${origin}${path}/${encodePath(code)}`
  return [
    {
      method: 'POST',
      template: path,
      acl: EDIT,
      name: 'pim_api_product_model_create',
      handler: async (request) => {
        const body = decodeBody(await request.text())
        writeModel(pim, undefined, '', body, (message) => malformed(message, 'post_product_models'))
        return created(location(request.origin, phpString(body['code'])))
      },
    },
    {
      method: 'PATCH',
      template: path,
      acl: EDIT,
      name: 'pim_api_product_model_partial_update_list',
      contentTypes: [COLLECTION_TYPE],
      handler: (request) => patchCollection(request, 'code', (code, body) => patchModel(pim, code, body)),
    },
    {
      method: 'PATCH',
      template: `${path}/{code+}`,
      acl: EDIT,
      name: 'pim_api_product_model_partial_update',
      handler: async (request) => {
        const code = request.params['code'] ?? ''
        const status = patchModel(pim, code, decodeBody(await request.text()))
        const there = location(request.origin, code)
        return status === 201 ? created(there) : noContent({ location: there })
      },
    },
    {
      method: 'DELETE',
      template: `${path}/{code+}`,
      acl: 'pim_api_product_remove',
      name: 'pim_api_product_model_delete',
      handler: ({ params }) => {
        pim.deleteModel(findModel(pim, params['code'] ?? ''))
        return noContent()
      },
    },
  ]
}

function patchModel(pim: Pim, code: string, body: JsonObject): 201 | 204 {
  const before = pim.catalog.models.get(code)
  if (before === undefined) checkCode('code', code, body)
  const refuse = (message: string) => malformed(message, 'patch_product_models__code_')
  return writeModel(pim, before, before?.code ?? code, body, refuse) === 'created' ? 201 : 204
}
