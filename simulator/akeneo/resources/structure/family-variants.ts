import { notFound } from '../../errors.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import type { Pim } from '../../pim.ts'
import { API, found, listAll } from '../listing.ts'
import { renderFamilyVariant } from './render.ts'

export function familyVariantRoutes(pim: Pim): Route[] {
  const { catalog } = pim
  const familyOf = (code: string) =>
    found(catalog.families.get(code), () => notFound(`Family "${code}" does not exist.`))
  return [
    {
      method: 'GET',
      template: `${API}/families/{family}/variants`,
      acl: 'pim_api_family_variant_list',
      name: 'pim_api_family_variant_list',
      handler: (request) => {
        const family = familyOf(request.params['family'] ?? '')
        return listAll(
          request,
          `${API}/families/${family.code}/variants`,
          () => catalog.familyVariants.sorted().filter((variant) => variant.family === family.code),
          (variant) => renderFamilyVariant(pim, variant),
        )
      },
    },
    {
      method: 'GET',
      template: `${API}/families/{family}/variants/{code}`,
      acl: 'pim_api_family_variant_list',
      name: 'pim_api_family_variant_get',
      handler: ({ params }) => {
        const family = familyOf(params['family'] ?? '')
        const code = params['code'] ?? ''
        const variant = catalog.familyVariants.get(code)
        if (variant?.family !== family.code) {
          throw notFound(
            `Family variant "${code}" does not exist or is not a variant of the family "${family.code}".`,
          )
        }
        return ok(renderFamilyVariant(pim, variant))
      },
    },
  ]
}
