import type { Apps } from '../apps/apps.ts'
import { appRoutes } from '../apps/routes.ts'
import type { EventPlatform } from '../events/platform.ts'
import { platformRoutes } from '../events/platform-routes.ts'
import type { Route } from '../http/router.ts'
import type { Tokens } from '../http/tokens.ts'
import type { Pim } from '../pim.ts'
import { draftRoutes } from '../rights/draft-routes.ts'
import { categoryReadRoutes } from './categories.ts'
import { legacyMeasureRoutes } from './legacy-measures.ts'
import { cloudRoutes } from './cloud-routes.ts'
import { mediaFileReadRoutes } from './media-files.ts'
import { productReadRoutes } from './products.ts'
import { publishedRoutes } from './published.ts'
import { recordFamilyRoutes } from './record-families/index.ts'
import { structureReadRoutes } from './structure/index.ts'
import { systemRoutes } from './system.ts'
import { associationTypeResource } from '../write/association-type.ts'
import { attributeGroupResource } from '../write/attribute-group.ts'
import { attributeOptionResource } from '../write/attribute-option.ts'
import { attributeResource } from '../write/attribute.ts'
import { categoryMediaRoutes } from '../write/category-media.ts'
import { categoryResource } from '../write/category.ts'
import { channelResource } from '../write/channel.ts'
import { familyRemovalRoutes } from '../write/family-removal.ts'
import { familyResource } from '../write/family.ts'
import { familyVariantResource } from '../write/family-variant.ts'
import { measurementFamilyWriteRoutes } from '../write/measurement-families.ts'
import { mediaWriteRoutes } from '../write/media-routes.ts'
import { modelWriteRoutes } from '../write/model-routes.ts'
import { productWriteRoutes } from '../write/product-routes.ts'
import { writeRoutes } from '../write/structure-routes.ts'

/** Every route of the API. */
export function apiRoutes(pim: Pim, tokens: Tokens, apps: Apps, platform: EventPlatform): Route[] {
  const routes: Route[] = [
    {
      method: 'POST',
      template: '/api/oauth/v1/token',
      open: true,
      contentTypes: [],
      handler: async (request) => tokens.grant(request.headers, await request.text()),
    },
    ...appRoutes(pim, apps),
    ...platformRoutes(pim, tokens, platform),
    ...systemRoutes(pim, () => routes),
    ...draftRoutes(pim),
    ...productReadRoutes(pim),
    ...publishedRoutes(pim),
    ...cloudRoutes(pim),
    ...categoryReadRoutes(pim),
    ...structureReadRoutes(pim),
    ...mediaFileReadRoutes(pim),
    ...legacyMeasureRoutes(pim),
    ...recordFamilyRoutes(pim),
    ...measurementFamilyWriteRoutes(pim),
    ...mediaWriteRoutes(pim),
    ...categoryMediaRoutes(pim),
    ...productWriteRoutes(pim),
    ...modelWriteRoutes(pim),
    ...writeRoutes(categoryResource(pim)),
    ...writeRoutes(familyResource(pim)),
    ...familyRemovalRoutes(pim),
    ...writeRoutes(familyVariantResource(pim)),
    ...writeRoutes(attributeResource(pim)),
    ...writeRoutes(attributeOptionResource(pim)),
    ...writeRoutes(attributeGroupResource(pim)),
    ...writeRoutes(associationTypeResource(pim)),
    ...writeRoutes(channelResource(pim)),
  ]
  return routes
}
