import type {
  Attribute,
  AttributeGroup,
  AttributeOption,
  Channel,
  Family,
  FamilyVariant,
  MeasurementFamily,
} from '../catalog/records.ts'
import { badRequest, notFound, unprocessable, type ApiError } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isObject, phpType, type Json, type JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { decodeSearch } from '../search/criteria.ts'
import {
  booleanFilter,
  codeFilter,
  listOfStrings,
  structurePredicate,
  updatedFilter,
  type StructureFilters,
} from '../search/structure-filters.ts'
import { API, found, listAll } from './listing.ts'

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
      render: renderFamily,
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
      render: (attribute) => renderAttribute(pim, attribute),
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
      render: ({ code, enabled }) => ({ code, enabled }),
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

interface Readable<T extends { code: string }> {
  path: string
  right: string
  route: string
  records: (search: string | undefined) => T[]
  find: (code: string) => T | undefined
  missing: (code: string) => ApiError
  render: (record: T) => JsonObject
}

function readRoutes<T extends { code: string }>(resource: Readable<T>): Route[] {
  return [
    {
      method: 'GET',
      template: resource.path,
      acl: resource.right,
      name: `${resource.route}_list`,
      handler: (request) =>
        listAll(
          request,
          resource.path,
          () => resource.records(request.query.get('search') ?? undefined),
          resource.render,
        ),
    },
    {
      method: 'GET',
      template: `${resource.path}/{code}`,
      acl: resource.right,
      name: `${resource.route}_get`,
      handler: ({ params }) => {
        const code = params['code'] ?? ''
        return ok(resource.render(found(resource.find(code), () => resource.missing(code))))
      },
    },
  ]
}

function familyVariantRoutes(pim: Pim): Route[] {
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

const OPTION_TYPES = new Set(['pim_catalog_simpleselect', 'pim_catalog_multiselect'])

export function selectAttribute(pim: Pim, code: string): Attribute {
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

function optionRoutes(pim: Pim): Route[] {
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

function familyFilters(pim: Pim): StructureFilters<Family> {
  return {
    code: codeFilter('family'),
    updated: updatedFilter(),
    has_products: booleanFilter(
      'In order to search on family has_product you must use "=" operator, {given} given.',
      () => 'The "has_products" filter requires a boolean value, and the submitted value is not.',
      (wanted) => {
        const used = new Set<string>()
        for (const product of pim.catalog.products.values())
          if (product.family !== null) used.add(product.family)
        return ({ code }) => used.has(code) === wanted
      },
    ),
  }
}

function attributeFilters(): StructureFilters<Attribute> {
  return {
    code: codeFilter('attribute', true),
    updated: updatedFilter(true),
    type: {
      operator: 'IN',
      wrongOperator: 'In order to search on attribute types you must use "IN" operator, "IN" given.',
      refuse: (value) =>
        listOfStrings(
          value,
          'In order to search on attribute types you must send an array of attribute types as value, array given.',
        ),
      holds: (value) => {
        const wanted = new Set(value as string[])
        return ({ type }) => wanted.has(type)
      },
    },
    is_main_identifier: booleanFilter(
      'In order to search on attribute is_main_identifier you must use "=" operator, {given} given.',
      () => 'The "is_main_identifier" filter requires a boolean value, and the submitted value is not.',
      (wanted) => (attribute) => attribute.is_main_identifier === wanted,
    ),
  }
}

/** Locales and currencies take one filter, in the shape of the products' ones. */
function enabledSearch(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  const search = decodeSearch(text, () => badRequest('Search query parameter should be valid JSON.'))
  let wanted: boolean | undefined
  for (const [property, criteria] of Object.entries(search)) {
    if (!Array.isArray(criteria) || criteria.length === 0) {
      throw unprocessable(
        `Structure of filter "${property}" should respect this structure: {"${property}":[{"operator": "my_operator", "value": "my_value"}]}`,
      )
    }
    for (const criterion of criteria)
      wanted = enabledCriterion(property, isObject(criterion) ? criterion : {})
  }
  return wanted
}

function enabledCriterion(property: string, criterion: JsonObject): boolean {
  const operator = criterion['operator'] ?? null
  if (operator === null) throw unprocessable(`Operator is missing for the property "${property}".`)
  if (typeof operator !== 'string') {
    throw unprocessable(`Operator has to be a string, "${phpType(operator)}" given.`)
  }
  if (property !== 'enabled' || operator !== '=') {
    throw unprocessable(
      `Filter on property "${property}" is not supported or does not support operator "${operator}".`,
    )
  }
  const value = criterion['value'] ?? null
  if (value === null) throw unprocessable(`Value is missing for the property "${property}".`)
  if (typeof value !== 'boolean') {
    throw unprocessable(`Filter "${property}" with operator "${operator}" expects a boolean value.`)
  }
  return value
}

export function renderFamily(family: Family): JsonObject {
  return {
    code: family.code,
    attributes: [...family.attributes].sort(),
    attribute_as_label: family.attribute_as_label,
    attribute_as_image: family.attribute_as_image,
    attribute_requirements: Object.fromEntries(
      // A channel that requires nothing is not named.
      Object.entries(family.attribute_requirements).flatMap(([channel, codes]) =>
        codes.length === 0 ? [] : [[channel, [...codes].sort()]],
      ),
    ),
    labels: { ...family.labels },
  }
}

export function renderFamilyVariant(pim: Pim, variant: FamilyVariant): JsonObject {
  const levelled = new Set(variant.variant_attribute_sets.flatMap((set) => [...set.axes, ...set.attributes]))
  const family = pim.catalog.families.get(variant.family)
  return {
    code: variant.code,
    labels: { ...variant.labels },
    // Documented for SaaS, absent from the public code: what no level claims is common.
    common_attributes: (family?.attributes ?? []).filter((code) => !levelled.has(code)).sort(),
    variant_attribute_sets: variant.variant_attribute_sets.map((set) => ({
      level: set.level,
      axes: [...set.axes],
      attributes: [...set.attributes],
    })),
  }
}

export function renderAttribute(pim: Pim, attribute: Attribute): JsonObject {
  const {
    created: _created,
    updated: _updated,
    table_configuration: table,
    is_main_identifier: isMain,
    ...rest
  } = attribute
  return {
    ...(rest as unknown as JsonObject),
    group_labels: { ...pim.catalog.attributeGroups.get(attribute.group)?.labels },
    ...(attribute.type === 'pim_catalog_identifier' && { is_main_identifier: isMain }),
    ...(attribute.type === 'pim_catalog_table' && { table_configuration: table }),
  }
}

export function renderAttributeGroup(pim: Pim, group: AttributeGroup): JsonObject {
  return {
    code: group.code,
    sort_order: group.sort_order,
    // In the order of their making, whatever their sort_order.
    attributes: [...pim.catalog.attributes.values()]
      .filter((attribute) => attribute.group === group.code)
      .map(({ code }) => code),
    labels: { ...group.labels },
  }
}

export function renderOption(option: AttributeOption): JsonObject {
  return {
    code: option.code,
    attribute: option.attribute,
    sort_order: option.sort_order,
    labels: { ...option.labels },
  }
}

export function renderChannel(channel: Channel): JsonObject {
  return {
    code: channel.code,
    currencies: [...channel.currencies],
    locales: [...channel.locales],
    category_tree: channel.category_tree,
    conversion_units: { ...channel.conversion_units },
    labels: { ...channel.labels },
  }
}

export function renderMeasurementFamily(family: MeasurementFamily): JsonObject {
  return { ...family } as unknown as Json as JsonObject
}
