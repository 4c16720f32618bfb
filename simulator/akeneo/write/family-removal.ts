import { notFound, unprocessable } from '../errors.ts'
import { noContent } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { API } from '../resources/listing.ts'

/** Only Akeneo's cloud deletes families; elsewhere there is no such route, and the answer is 405. */
export function familyRemovalRoutes(pim: Pim): Route[] {
  if (!isCloud(pim.settings)) return []
  const { catalog } = pim
  return [
    {
      method: 'DELETE',
      template: `${API}/families/{code}`,
      acl: 'pim_api_family_edit',
      name: 'pim_api_family_delete',
      handler: ({ params }) => {
        const code = params['code'] ?? ''
        const family = catalog.families.get(code)
        if (family === undefined) throw notFound(`Family "${code}" does not exist.`)
        const isUsed = [catalog.products.values(), catalog.modelsInOrder()].some((records) => {
          for (const record of records) if (record.family === family.code) return true
          return false
        })
        if (isUsed) throw unprocessable('Can not remove this family because it is linked to products.')
        for (const variant of [...catalog.familyVariants.values()]) {
          if (variant.family === family.code) catalog.familyVariants.delete(variant.code)
        }
        catalog.families.delete(family.code)
        return noContent()
      },
    },
  ]
}
