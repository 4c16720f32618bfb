import { malformed } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { findByIdentifier, findModel } from '../resources/products.ts'
import type { Edit } from '../simulator.ts'
import { writeCategory } from './category.ts'
import { writeModel } from './model.ts'
import { writeProduct } from './product.ts'
import { notFound } from '../errors.ts'
import { UUID } from './associations.ts'

/** Applies one PATCH body to a record that exists, by SKU or uuid, as the API would. */
export function applyEdit(pim: Pim, { resource, code, patch }: Edit): void {
  const body = structuredClone(patch) as JsonObject
  switch (resource) {
    case 'product': {
      const byUuid = UUID.test(code) ? pim.catalog.products.get(code.toLowerCase()) : undefined
      const product = byUuid ?? findByIdentifier(pim, code, undefined)
      const keyedBy = byUuid === undefined ? 'identifier' : 'uuid'
      const refuse = (message: string) => malformed(message, 'patch_products__code_')
      writeProduct(pim, product, product, body, { keyedBy, refuse })
      return
    }
    case 'product-model': {
      const model = findModel(pim, code, undefined)
      const refuse = (message: string) => malformed(message, 'patch_product_models__code_')
      writeModel(pim, model, model.code, body, refuse)
      return
    }
    case 'category': {
      const category = pim.catalog.categories.get(code)
      if (category === undefined) throw notFound(`Category "${code}" does not exist.`)
      writeCategory(pim, category, category.code, body, (message) =>
        malformed(message, 'patch_categories__code_'),
      )
    }
  }
}
