import { notFound } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { Pim } from '../pim.ts'
import { accessOf, isVisible } from '../rights/access.ts'
import { restrict, visibleValues } from '../rights/restrict.ts'
import { API } from './listing.ts'
import { listProducts } from './product-list.ts'
import { renderContext, renderPublished } from './render-product.ts'

/** Published products, read only: Enterprise's, and gone from the cloud. */
export function publishedRoutes(pim: Pim): Route[] {
  if (pim.settings.edition !== 'EE') return []
  return [
    {
      method: 'GET',
      template: `${API}/published-products`,
      acl: 'pim_api_product_list',
      name: 'pimee_api_published_product_list',
      handler: (request) => listProducts(pim, 'published', request),
    },
    {
      method: 'GET',
      template: `${API}/published-products/{code+}`,
      acl: 'pim_api_product_list',
      name: 'pimee_api_published_product_get',
      handler: (request) => {
        const access = accessOf(pim, request.connection)
        const code = request.params['code'] ?? ''
        const product = pim.catalog.published.get(code)
        if (product === undefined || !isVisible(access, product)) {
          throw notFound(
            `Published product "${code}" does not exist or you do not have permission to access it.`,
          )
        }
        const answer = renderPublished(product, visibleValues(access), renderContext(pim, request))
        const { metadata: _metadata, ...shown } = restrict(pim, access, product, answer)
        return ok(shown)
      },
    },
  ]
}
