import type { Route } from '../../http/router.ts'
import type { Pim } from '../../pim.ts'
import { attributeRoutes } from './attribute-routes.ts'
import { familyRoutes } from './family-routes.ts'
import { ASSET_FAMILIES, REFERENCE_ENTITIES } from './flavours.ts'
import { mediaRoutes } from './media-routes.ts'
import { recordRoutes } from './record-routes.ts'
import { shareLinkRoutes } from './share-links.ts'
import { scopeOf } from './scope.ts'

/** Reference entities with their records, asset families with their assets: the two are built alike. */
export function recordFamilyRoutes(pim: Pim): Route[] {
  const routes = [REFERENCE_ENTITIES, ASSET_FAMILIES].flatMap((flavour) => {
    const scope = scopeOf(pim, flavour)
    return [...familyRoutes(scope), ...attributeRoutes(scope), ...recordRoutes(scope), ...mediaRoutes(scope)]
  })
  return [...routes, ...shareLinkRoutes(pim)]
}
