import type { Catalog } from '../catalog/catalog.ts'
import { isObject, phpString, type Json } from '../json.ts'
import { arrayKeyExpected } from '../messages.ts'
import type { Refuse } from './payload.ts'

/** One product by uuid or identifier, or one model by code; kept by what never changes. The sentences are ours. */
export function productLink(code: string, data: Json, catalog: Catalog, refuse: Refuse): Json {
  const { type, id, identifier }: Record<string, Json> = isObject(data) ? data : {}
  if (type !== 'product' && type !== 'product_model') {
    throw refuse(`Property "${code}" expects a link with the type "product" or "product_model".`)
  }
  if (id === undefined && identifier === undefined) throw refuse(arrayKeyExpected(code, 'id'))
  const named = phpString(id ?? identifier)
  const product =
    id === undefined ? catalog.products.byIdentifier(named) : catalog.products.get(named.toLowerCase())
  const found = type === 'product' ? product?.uuid : catalog.models.get(named)?.code
  if (found === undefined) {
    throw refuse(
      `The ${code} attribute links the ${type.replace('_', ' ')} "${named}", which does not exist.`,
    )
  }
  return { type, id: found }
}
