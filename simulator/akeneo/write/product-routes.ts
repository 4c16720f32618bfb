import { randomUUID } from 'node:crypto'
import type { Product } from '../catalog/records.ts'
import { documented, malformed, notFound, unprocessable } from '../errors.ts'
import { encodePath } from '../http/paging.ts'
import { created, noContent, type ApiRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'
import { unknownProduct } from '../resources/products.ts'
import { accessOf, isVisible } from '../rights/access.ts'
import { checkRemoval } from '../rights/guard.ts'
import { UUID } from './associations.ts'
import type { Refuse } from './payload.ts'
import { createsMissingOptions } from './missing-options.ts'
import { newProduct, writeProduct, type ProductWrite } from './product.ts'
import { collectionRoute, objectRoute, upserted } from './write-route.ts'

const EDIT = 'pim_api_product_edit'
const REMOVE = 'pim_api_product_remove'

const INVALID_UUID = 'This is not a valid UUID.'

const NO_IDENTIFIER =
  'Validation failed. The identifier field is required for this endpoint. If you want to manipulate products without identifiers, please use products-uuid endpoints.'

const refuseWith =
  (anchor: string): Refuse =>
  (message) =>
    malformed(message, anchor)

/** Who writes, and what the call asks for besides. */
type Writer = Pick<ProductWrite, 'access' | 'createMissingOptions'>

function writerOf(pim: Pim, request: ApiRequest): Writer {
  return {
    access: accessOf(pim, request.connection),
    createMissingOptions: createsMissingOptions(pim, request),
  }
}

export function productWriteRoutes(pim: Pim): Route[] {
  return [...identifierRoutes(pim), ...uuidRoutes(pim)]
}

function identifierRoutes(pim: Pim): Route[] {
  const path = `${API}/products`
  const location = (origin: string, code: string) => `${origin}${path}/${encodePath(code)}`
  return [
    objectRoute(
      'POST',
      { template: path, acl: EDIT, name: 'pim_api_product_create' },
      (request) => (body) => {
        const identifier = body['identifier'] ?? ''
        if (identifier === '') throw noIdentifier('post_products_uuid')
        checkVariantGroup(body)
        const write: ProductWrite = {
          keyedBy: 'identifier',
          refuse: refuseWith('post_products'),
          ...writerOf(pim, request),
        }
        const seed = newProduct(randomUUID(), null)
        const given = withoutIdentifierValue(pim, body)
        pim.writingAs(request.connection, () => writeProduct(pim, undefined, seed, given, write))
        return created(location(request.origin, phpString(identifier)))
      },
    ),
    collectionRoute(
      { template: path, acl: EDIT, name: 'pim_api_product_partial_update_list' },
      'identifier',
      (request) => {
        const writer = writerOf(pim, request)
        return (code, body) =>
          pim.writingAs(request.connection, () => patchByIdentifier(pim, writer, code, body).status)
      },
    ),
    objectRoute(
      'PATCH',
      { template: `${path}/{code+}`, acl: EDIT, name: 'pim_api_product_partial_update' },
      (request) => (body) => {
        const writer = writerOf(pim, request)
        const { status, identifier } = pim.writingAs(request.connection, () =>
          patchByIdentifier(pim, writer, request.params['code'] ?? '', body),
        )
        return upserted(location(request.origin, identifier), status === 201)
      },
    ),
    {
      method: 'DELETE',
      template: `${path}/{code+}`,
      acl: REMOVE,
      name: 'pim_api_product_delete',
      handler: ({ params, connection }) => {
        const code = params['code'] ?? ''
        const product = pim.catalog.products.byIdentifier(code)
        return remove(pim, connection, code, product)
      },
    },
  ]
}

function patchByIdentifier(
  pim: Pim,
  writer: Writer,
  code: string,
  given: JsonObject,
): { status: 201 | 204; identifier: string } {
  const named = given['identifier'] ?? null
  if (Object.hasOwn(given, 'identifier') && (named === null || named === '')) {
    throw noIdentifier('patch_products_uuid__uuid_')
  }
  checkVariantGroup(given)
  const before = pim.catalog.products.byIdentifier(code)
  if (before !== undefined && !isVisible(writer.access, before)) throw unknownProduct(code)
  if (before === undefined && named !== null && named !== code) {
    throw unprocessable(
      `The identifier "${phpString(named)}" provided in the request body must match the identifier "${code}" provided in the url.`,
    )
  }
  const identifier = named ?? before?.identifier ?? code
  const body = { ...withoutIdentifierValue(pim, given), identifier }
  const becomesVariant = before !== undefined && turnsIntoVariant(pim, before, given)
  const seed = before ?? newProduct(randomUUID(), null)
  const refuse = refuseWith('patch_products__code_')
  const outcome = writeProduct(pim, before, seed, body, { keyedBy: 'identifier', refuse, ...writer })
  // A simple product that gets a parent counts as created on this endpoint, not on the other one.
  const status = outcome === 'created' || becomesVariant ? 201 : 204
  return { status, identifier: phpString(identifier) }
}

function turnsIntoVariant(pim: Pim, before: Product, body: JsonObject): boolean {
  const parent = body['parent'] ?? ''
  if (before.parent !== null || parent === '') return false
  if (!pim.catalog.models.has(phpString(parent))) {
    throw unprocessable(`The given product model "${phpString(parent)}" does not exist`)
  }
  return true
}

/** On this endpoint the key `identifier` decides; an identifier among the values is overwritten by it. */
function withoutIdentifierValue(pim: Pim, body: JsonObject): JsonObject {
  const values = body['values']
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return body
  const main = pim.catalog.mainIdentifier().code
  const others = Object.entries(values).filter(([code]) => code.toLowerCase() !== main.toLowerCase())
  return { ...body, values: Object.fromEntries(others) }
}

function checkVariantGroup(body: JsonObject): void {
  if (!Object.hasOwn(body, 'variant_group')) return
  throw documented(
    'Property "variant_group" does not exist anymore. Check the link below to understand why.',
    'http://api.akeneo.com/documentation/products-with-variants.html',
  )
}

function noIdentifier(anchor: string) {
  return documented(NO_IDENTIFIER, `http://api.akeneo.com/api-reference.html#${anchor}`)
}

function uuidRoutes(pim: Pim): Route[] {
  const path = `${API}/products-uuid`
  return [
    objectRoute(
      'POST',
      { template: path, acl: EDIT, name: 'pim_api_product_uuid_create' },
      (request) => (body) => {
        const refuse = refuseWith('post_products_uuid')
        const given = body['uuid'] ?? null
        if (given !== null && !UUID.test(phpString(given))) throw refuse(INVALID_UUID)
        const uuid = given === null ? randomUUID() : phpString(given).toLowerCase()
        const write: ProductWrite = { keyedBy: 'uuid', refuse, ...writerOf(pim, request) }
        pim.writingAs(request.connection, () =>
          writeProduct(pim, undefined, newProduct(uuid, null), body, write),
        )
        return created(`${request.origin}${path}/${uuid}`)
      },
    ),
    collectionRoute(
      { template: path, acl: EDIT, name: 'pim_api_product_uuid_partial_update_list' },
      'uuid',
      (request) => {
        const writer = writerOf(pim, request)
        return (uuid, body) => pim.writingAs(request.connection, () => patchByUuid(pim, writer, uuid, body))
      },
    ),
    objectRoute(
      'PATCH',
      { template: `${path}/{uuid}`, acl: EDIT, name: 'pim_api_product_uuid_partial_update' },
      (request) => (body) => {
        const uuid = request.params['uuid'] ?? ''
        const status = pim.writingAs(request.connection, () =>
          patchByUuid(pim, writerOf(pim, request), uuid, body),
        )
        return upserted(`${request.origin}${path}/${uuid.toLowerCase()}`, status === 201)
      },
    ),
    {
      method: 'DELETE',
      template: `${path}/{uuid}`,
      acl: REMOVE,
      name: 'pim_api_product_uuid_delete',
      handler: ({ params, connection }) => {
        const uuid = params['uuid'] ?? ''
        return remove(pim, connection, uuid, pim.catalog.products.get(uuid.toLowerCase()))
      },
    },
  ]
}

function patchByUuid(pim: Pim, writer: Writer, url: string, body: JsonObject): 201 | 204 {
  const refuse = refuseWith('patch_products_uuid__uuid_')
  const given = body['uuid'] ?? null
  if (!UUID.test(url) || (given !== null && !UUID.test(phpString(given)))) throw refuse(INVALID_UUID)
  if (given !== null && phpString(given).toLowerCase() !== url.toLowerCase()) {
    throw unprocessable(
      `The uuid "${phpString(given)}" provided in the request body must match the uuid "${url}" provided in the url.`,
    )
  }
  if ((body['identifier'] ?? null) !== null) throw refuse('Property "identifier" does not exist.')
  const uuid = url.toLowerCase()
  const before = pim.catalog.products.get(uuid)
  if (before !== undefined && !isVisible(writer.access, before)) throw unknownProduct(url)
  const seed = before ?? newProduct(uuid, null)
  const outcome = writeProduct(pim, before, seed, body, { keyedBy: 'uuid', refuse, ...writer })
  return outcome === 'created' ? 201 : 204
}

function remove(pim: Pim, connection: string, key: string, product: Product | undefined) {
  const access = accessOf(pim, connection)
  if (product === undefined || !isVisible(access, product)) {
    throw notFound(
      `The ${key} product does not exist in your PIM or you do not have permission to access it.`,
    )
  }
  checkRemoval(access, product)
  pim.writingAs(connection, () => pim.deleteProduct(product))
  return noContent()
}
