import type { Attribute } from '../../catalog/records.ts'
import { notFound } from '../../errors.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import type { Pim } from '../../pim.ts'
import { API, found, listAll } from '../listing.ts'
import { renderOption } from './render.ts'

const OPTION_TYPES = new Set(['pim_catalog_simpleselect', 'pim_catalog_multiselect'])

function selectAttribute(pim: Pim, code: string): Attribute {
  const attribute = found(pim.catalog.attributes.get(code), () =>
    notFound(`Attribute "${code}" does not exist.`),
  )
  if (!OPTION_TYPES.has(attribute.type)) {
    throw notFound(
      `Attribute "${attribute.code}" does not support options. Only attributes of type "pim_catalog_simpleselect", "pim_catalog_multiselect" support options.`,
    )
  }
  return attribute
}

export function optionRoutes(pim: Pim): Route[] {
  return [
    {
      method: 'GET',
      template: `${API}/attributes/{attribute}/options`,
      acl: 'pim_api_attribute_option_list',
      name: 'pim_api_attribute_option_list',
      handler: (request) => {
        const attribute = selectAttribute(pim, request.params['attribute'] ?? '')
        return listAll(
          request,
          `${API}/attributes/${attribute.code}/options`,
          () => pim.catalog.options.get(attribute.code)?.sorted() ?? [],
          renderOption,
        )
      },
    },
    {
      method: 'GET',
      template: `${API}/attributes/{attribute}/options/{code}`,
      acl: 'pim_api_attribute_option_list',
      name: 'pim_api_attribute_option_get',
      handler: ({ params }) => {
        const attribute = selectAttribute(pim, params['attribute'] ?? '')
        const code = params['code'] ?? ''
        const option = found(pim.catalog.options.get(attribute.code)?.get(code), () =>
          notFound(
            `Attribute option "${code}" does not exist or is not an option of the attribute "${attribute.code}".`,
          ),
        )
        return ok(renderOption(option))
      },
    },
  ]
}
