import type { Route } from '../http/router.ts'
import type { Tokens } from '../http/tokens.ts'
import type { Pim } from '../pim.ts'
import { categoryReadRoutes } from './categories.ts'
import { mediaFileReadRoutes } from './media-files.ts'
import { productReadRoutes } from './products.ts'
import { structureReadRoutes } from './structure.ts'
import { systemRoutes } from './system.ts'

/** Every route of the API. */
export function apiRoutes(pim: Pim, tokens: Tokens): Route[] {
  const routes: Route[] = [
    {
      method: 'POST',
      template: '/api/oauth/v1/token',
      open: true,
      contentTypes: [],
      handler: async (request) => tokens.grant(request.headers, await request.text()),
    },
    ...systemRoutes(pim, () => routes),
    ...productReadRoutes(pim),
    ...categoryReadRoutes(pim),
    ...structureReadRoutes(pim),
    ...mediaFileReadRoutes(pim),
  ]
  return routes
}
