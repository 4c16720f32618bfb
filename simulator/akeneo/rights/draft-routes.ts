import type { Product, ProductModel } from '../catalog/records.ts'
import { forbidden, notFound, unprocessable } from '../errors.ts'
import { ok, type ApiRequest, type ApiResponse } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { renderContext, renderModel, renderProduct, type Projection } from '../resources/render-product.ts'
import { findByIdentifier, findByUuid, findModel } from '../resources/products.ts'
import { accessOf, type Access } from './access.ts'
import type { Draft } from './drafts.ts'
import { restrict, visibleValues } from './restrict.ts'

type Kind = Product | ProductModel

/** Drafts of products and models, by each of their keys (Enterprise). They stand before the routes whose keys hold slashes. */
export function draftRoutes(pim: Pim): Route[] {
  const identifier = ({ params }: ApiRequest, access: Access | undefined) =>
    findByIdentifier(pim, params['code'] ?? '', access)
  const uuid = ({ params }: ApiRequest, access: Access | undefined) =>
    findByUuid(pim, params['uuid'] ?? '', access)
  const model = ({ params }: ApiRequest, access: Access | undefined) =>
    findModel(pim, params['code'] ?? '', access)
  return [
    ...routesOf(pim, 'products/{code+}', 'product', identifier, (record, projection, request) =>
      renderProduct(record, 'identifier', projection, renderContext(pim, request)),
    ),
    ...routesOf(pim, 'products-uuid/{uuid}', 'product_uuid', uuid, (record, projection, request) =>
      renderProduct(record, 'uuid', projection, renderContext(pim, request)),
    ),
    ...routesOf(pim, 'product-models/{code+}', 'product_model', model, (record, projection, request) =>
      renderModel(record, projection, renderContext(pim, request)),
    ),
  ]
}

function routesOf<T extends Kind>(
  pim: Pim,
  path: string,
  name: string,
  find: (request: ApiRequest, access: Access | undefined) => T,
  render: (record: T, projection: Projection, request: ApiRequest) => JsonObject,
): Route[] {
  const draftOf = (request: ApiRequest): { access: Access; published: T; draft: Draft | undefined } => {
    const access = accessOf(pim, request.connection)
    const published = find(request, access)
    if (access === undefined || access.record(published) === 'own') {
      throw forbidden('You own this record: what you write is not a draft. Use the usual endpoint.')
    }
    if (access.record(published) === 'view') throw forbidden('You only have a view right on this record.')
    return { access, published, draft: pim.drafts.get(access.connection, published) }
  }
  return [
    {
      method: 'GET',
      template: `${API}/${path}/draft`,
      acl: 'pim_api_product_list',
      name: `pimee_api_${name}_draft_get`,
      handler: (request): ApiResponse => {
        const { access, published, draft } = draftOf(request)
        if (draft === undefined) throw notFound('There is no draft of yours for this record.')
        const record = draft.record as T
        const answer = render(record, visibleValues(access), request)
        return ok(restrict(pim, access, published, answer))
      },
    },
    {
      method: 'POST',
      template: `${API}/${path}/proposal`,
      acl: 'pim_api_product_edit',
      name: `pimee_api_${name}_proposal_create`,
      handler: (request): ApiResponse => {
        const { access, draft } = draftOf(request)
        if (draft === undefined)
          throw unprocessable('You should create a draft before submitting it for approval.')
        if (draft.isProposal) throw unprocessable('Your proposal is already waiting for approval.')
        pim.drafts.set(access.connection, { ...draft, isProposal: true })
        return { status: 201 }
      },
    },
  ]
}
