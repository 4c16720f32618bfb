import type { Category } from '../catalog/records.ts'
import { isoDate } from '../dates.ts'
import { badRequest, notFound } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { phpString, type JsonObject } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { decodeSearch } from '../search/criteria.ts'
import {
  booleanFilter,
  codeFilter,
  quoted,
  structurePredicate,
  updatedFilter,
  type StructureFilters,
} from '../search/structure-filters.ts'
import { renderCategoryValues } from '../write/category-values.ts'
import { API, found, listAll } from './listing.ts'

export function categoryReadRoutes(pim: Pim): Route[] {
  return [
    {
      method: 'GET',
      template: `${API}/categories`,
      acl: 'pim_api_category_list',
      name: 'pim_api_category_list',
      handler: (request) => {
        const { query } = request
        const search = decodeSearch(query.get('search') ?? undefined, () =>
          badRequest('The search query parameter must be a valid JSON: Syntax error'),
        )
        const extras = {
          position: isOn(query.get('with_position')),
          values: isOn(query.get('with_enriched_attributes')),
        }
        return listAll(
          request,
          `${API}/categories`,
          () => pim.catalog.categories.inOrder().filter(structurePredicate(search, filters(pim))),
          (category) => renderCategory(pim, category, extras),
        )
      },
    },
    {
      method: 'GET',
      template: `${API}/categories/{code}`,
      acl: 'pim_api_category_list',
      name: 'pim_api_category_get',
      handler: ({ params, query }) => {
        const code = params['code'] ?? ''
        const category = found(pim.catalog.categories.get(code), () =>
          notFound(`Category "${code}" does not exist.`),
        )
        return ok(
          renderCategory(pim, category, {
            position: isOn(query.get('with_position')),
            values: isOn(query.get('with_enriched_attributes')),
          }),
        )
      },
    },
  ]
}

/** PHP's notion of a true query parameter. */
function isOn(value: string | null): boolean {
  return value !== null && ['1', 'true', 'on', 'yes'].includes(value.toLowerCase())
}

export function renderCategory(
  pim: Pim,
  category: Category,
  extras: { position: boolean; values: boolean },
): JsonObject {
  return {
    code: category.code,
    parent: category.parent,
    updated: isoDate(category.updated, pim.settings.timezone),
    labels: { ...category.labels },
    ...(extras.position && { position: pim.catalog.categories.position(category) }),
    // Of releases some answer with empty values, some pass over the parameter, as here.
    ...(extras.values && isCloud(pim.settings) && { values: renderCategoryValues(category.values ?? []) }),
    ...(isCloud(pim.settings) &&
      category.parent === null && {
        channel_requirements: [...(category.channel_requirements ?? [])],
      }),
  }
}

function filters(pim: Pim): StructureFilters<Category> {
  const { categories } = pim.catalog
  return {
    code: codeFilter('category'),
    parent: {
      operator: '=',
      wrongOperator: 'In order to search on category parent you must use "=" operator, {given} given.',
      refuse: (value) =>
        typeof value === 'string'
          ? undefined
          : 'In order to search on category parent you must send a parent code category as value, string given.',
      // The whole subtree, not only children: Akeneo compares the bounds of its nested set.
      holds: (value) => {
        const parent = phpString(value)
        if (!categories.has(parent)) throw badRequest(`Parent code ${parent} does not exist.`)
        const below = new Set(categories.subtree(parent).slice(1))
        return (category) => below.has(category)
      },
    },
    is_root: booleanFilter(
      'In order to search on category is_root you must use "=" operator, {given} given.',
      (value) => `In order to search on category is_root you must send a bool value, ${quoted(value)} given.`,
      (wanted) => (category) => (category.parent === null) === wanted,
    ),
    updated: updatedFilter(),
  }
}
