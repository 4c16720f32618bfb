import type { Attribute, AttributeGroup, Channel, Family } from '../../catalog/records.ts'
import { badRequest, notFound } from '../../errors.ts'
import { ok } from '../../http/request.ts'
import type { Route } from '../../http/router.ts'
import { isCloud } from '../../options.ts'
import type { Pim } from '../../pim.ts'
import { decodeSearch } from '../../search/criteria.ts'
import { codeFilter, structurePredicate, updatedFilter } from '../../search/structure-filters.ts'
import { API } from '../listing.ts'
import { enabledSearch } from './enabled-search.ts'
import { familyVariantRoutes } from './family-variants.ts'
import { attributeFilters, familyFilters } from './filters.ts'
import { optionRoutes } from './options.ts'
import { readRoutes } from './read-routes.ts'
import {
  renderAttribute,
  renderAttributeGroup,
  renderChannel,
  renderFamily,
  renderMeasurementFamily,
} from './render.ts'

const invalidSearch = () => badRequest('The search query parameter must be a valid JSON.')

/** Reads of families, variants, attributes, options, groups, channels, locales, currencies and the rest of the structure. */
export function structureReadRoutes(pim: Pim): Route[] {
  const { catalog } = pim
  return [
    ...readRoutes<Family>({
      path: `${API}/families`,
      right: 'pim_api_family_list',
      route: 'pim_api_family',
      records: (search) =>
        catalog.families
          .sorted()
          .filter(structurePredicate(decodeSearch(search, invalidSearch), familyFilters(pim))),
      find: (code) => catalog.families.get(code),
      missing: (code) => notFound(`Family "${code}" does not exist.`),
      render: (family) => renderFamily(pim, family),
    }),
    ...readRoutes<Attribute>({
      path: `${API}/attributes`,
      right: 'pim_api_attribute_list',
      route: 'pim_api_attribute',
      records: (search) =>
        catalog.attributes
          .sorted()
          .filter(structurePredicate(decodeSearch(search, invalidSearch), attributeFilters())),
      find: (code) => catalog.attributes.get(code),
      missing: (code) => notFound(`Attribute "${code}" does not exist.`),
      render: (attribute, { query }) =>
        renderAttribute(pim, attribute, query.get('with_table_select_options') === 'true'),
    }),
    ...readRoutes<AttributeGroup>({
      path: `${API}/attribute-groups`,
      right: 'pim_api_attribute_group_list',
      route: 'pim_api_attribute_group',
      records: (search) =>
        catalog.attributeGroups.sorted().filter(
          structurePredicate(decodeSearch(search, invalidSearch), {
            code: codeFilter('attribute group', true),
            updated: updatedFilter(true),
          }),
        ),
      find: (code) => catalog.attributeGroups.get(code),
      missing: (code) => notFound(`Attribute group "${code}" does not exist.`),
      render: (group) => renderAttributeGroup(pim, group),
    }),
    ...readRoutes<Channel>({
      path: `${API}/channels`,
      right: 'pim_api_channel_list',
      route: 'pim_api_channel',
      records: () => catalog.channels.sorted(),
      find: (code) => catalog.channels.get(code),
      missing: (code) => notFound(`Channel "${code}" does not exist.`),
      render: renderChannel,
    }),
    ...readRoutes<{ code: string }>({
      path: `${API}/locales`,
      right: 'pim_api_locale_list',
      route: 'pim_api_locale',
      records: (search) => {
        const wanted = enabledSearch(search)
        return catalog.locales
          .sorted()
          .map((code) => ({ code }))
          .filter(({ code }) => wanted === undefined || catalog.localeEnabled(code) === wanted)
      },
      find: (code) => {
        const stored = catalog.locales.get(code)
        return stored === undefined ? undefined : { code: stored }
      },
      missing: (code) => notFound(`Locale "${code}" does not exist.`),
      render: ({ code }) => ({ code, enabled: catalog.localeEnabled(code) }),
    }),
    ...readRoutes<{ code: string; enabled: boolean }>({
      path: `${API}/currencies`,
      right: 'pim_api_currency_list',
      route: 'pim_api_currency',
      records: (search) => {
        const wanted = enabledSearch(search)
        return catalog.currencies.sorted().filter(({ enabled }) => wanted === undefined || enabled === wanted)
      },
      find: (code) => catalog.currencies.get(code),
      missing: (code) => notFound(`Currency "${code}" does not exist.`),
      render: ({ code, enabled }) => ({
        code,
        enabled,
        ...(isCloud(pim.settings) && { label: currencyLabel(code) }),
      }),
    }),
    ...readRoutes({
      path: `${API}/association-types`,
      right: 'pim_api_association_type_list',
      route: 'pim_api_association_type',
      records: () => catalog.associationTypes.sorted(),
      find: (code) => catalog.associationTypes.get(code),
      missing: (code) => notFound(`Association type "${code}" does not exist.`),
      render: (type) => ({
        code: type.code,
        labels: { ...type.labels },
        is_quantified: type.is_quantified,
        is_two_way: type.is_two_way,
      }),
    }),
    ...familyVariantRoutes(pim),
    ...optionRoutes(pim),
    {
      method: 'GET',
      template: `${API}/measurement-families`,
      acl: 'akeneo_measurement_manage_settings',
      name: 'akeneo_measurement_measurement_family_get_all_external_api',
      handler: () => ok(catalog.measurementFamilies.sorted().map(renderMeasurementFamily)),
    },
  ]
}

const currencyNames = new Intl.DisplayNames(['en'], { type: 'currency' })

/** As the cloud words it: `EUR (Euro)`. */
function currencyLabel(code: string): string {
  return `${code} (${currencyNames.of(code) ?? code})`
}
