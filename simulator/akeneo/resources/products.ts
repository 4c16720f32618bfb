import type { Product, ProductModel } from '../catalog/records.ts'
import { notFound, type ApiError } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { Pim } from '../pim.ts'
import { accessOf, isVisible, type Access } from '../rights/access.ts'
import { restrict, visibleValues } from '../rights/restrict.ts'
import { API } from './listing.ts'
import { listProducts } from './product-list.ts'
import { extras } from './projection.ts'
import { renderContext, renderModel, renderProduct } from './render-product.ts'
import { searchBody } from './search-body.ts'

export function productReadRoutes(pim: Pim): Route[] {
  return [
    {
      method: 'GET',
      template: `${API}/products-uuid`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_uuid_list',
      handler: (request) => listProducts(pim, 'uuid', request),
    },
    {
      method: 'POST',
      template: `${API}/products-uuid/search`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_uuid_search',
      handler: async (request) => listProducts(pim, 'uuid', { ...request, query: await searchBody(request) }),
    },
    {
      method: 'GET',
      template: `${API}/products-uuid/{uuid}`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_uuid_get',
      handler: (request) => {
        const access = accessOf(pim, request.connection)
        const product = findByUuid(pim, request.params['uuid'] ?? '', access)
        const projection = { ...extras(request.query, pim.settings), ...visibleValues(access) }
        const answer = renderProduct(product, 'uuid', projection, renderContext(pim, request))
        return ok(restrict(pim, access, product, answer))
      },
    },
    {
      method: 'GET',
      template: `${API}/products`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_list',
      handler: (request) => listProducts(pim, 'identifier', request),
    },
    {
      method: 'GET',
      template: `${API}/products/{code+}`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_get',
      handler: (request) => {
        const access = accessOf(pim, request.connection)
        const product = findByIdentifier(pim, request.params['code'] ?? '', access)
        const projection = { ...extras(request.query, pim.settings), ...visibleValues(access) }
        const answer = renderProduct(product, 'identifier', projection, renderContext(pim, request))
        return ok(restrict(pim, access, product, answer))
      },
    },
    {
      method: 'GET',
      template: `${API}/product-models`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_model_list',
      handler: (request) => listProducts(pim, 'model', request),
    },
    {
      method: 'GET',
      template: `${API}/product-models/{code+}`,
      acl: 'pim_api_product_list',
      name: 'pim_api_product_model_get',
      handler: (request) => {
        const access = accessOf(pim, request.connection)
        const model = findModel(pim, request.params['code'] ?? '', access)
        const projection = { ...extras(request.query, pim.settings), ...visibleValues(access) }
        return ok(restrict(pim, access, model, renderModel(model, projection, renderContext(pim, request))))
      },
    },
  ]
}

export function findByUuid(pim: Pim, uuid: string, access: Access | undefined): Product {
  const product = pim.catalog.products.get(uuid.toLowerCase())
  if (product === undefined || !isVisible(access, product)) throw unknownProduct(uuid)
  return product
}

export function findByIdentifier(pim: Pim, identifier: string, access: Access | undefined): Product {
  const product = pim.catalog.products.byIdentifier(identifier)
  if (product === undefined || !isVisible(access, product)) throw unknownProduct(identifier)
  return product
}

export function findModel(pim: Pim, code: string, access: Access | undefined): ProductModel {
  const model = pim.catalog.models.get(code)
  if (model === undefined || !isVisible(access, model)) {
    throw notFound(`Product model "${code}" does not exist or you do not have permission to access it.`)
  }
  return model
}

export function unknownProduct(key: string): ApiError {
  return notFound(`Product "${key}" does not exist or you do not have permission to access it.`)
}
