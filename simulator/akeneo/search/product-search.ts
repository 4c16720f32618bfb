import type { Catalog } from '../catalog/catalog.ts'
import { ApiError, badRequest, unprocessable } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import type { Access } from '../rights/access.ts'
import type { Criterion } from './criteria.ts'
import { fieldFilter } from './field-filters.ts'
import { isSearchField } from './field-operators.ts'
import { linkedTypes, linkedUpdateFilter } from './linked-updates.ts'
import type { Predicate, SearchContext } from './predicate.ts'
import { valueFilter } from './value-filters.ts'

/** Compiles the conditions of a products or models list into one predicate; throws Akeneo's refusals. */
export function compileSearch(
  kind: 'product' | 'product_model',
  criteria: Criterion[],
  context: SearchContext,
  unknownPropertyStatus: 404 | 422,
  access?: Access,
): Predicate[] {
  checkCategories(criteria, context.catalog, access)
  for (const { property } of criteria) {
    if (isSearchField(property, context.cloud) || context.catalog.attributes.has(property)) continue
    throw new ApiError(
      unknownPropertyStatus,
      `"${property}" does not exist or you do not have permission to access it.`,
    )
  }
  if (kind === 'product') checkIdentifierLimit(criteria)
  checkLocales(
    criteria.flatMap(({ locale, locales }) => [
      ...(locale === undefined ? [] : [locale]),
      ...(locales ?? []),
    ]),
    context.catalog,
  )
  const linked = context.cloud ? linkedTypes(criteria) : []
  return criteria.map((criterion) => {
    if (context.cloud && criterion.property === 'updated_including_linked_entities') {
      return linkedUpdateFilter(kind, criterion, linked, context)
    }
    if (isSearchField(criterion.property, context.cloud)) return fieldFilter(kind, criterion, context)
    const attribute = context.catalog.attributes.get(criterion.property)
    if (attribute === undefined) throw unprocessable(`Attribute "${criterion.property}" does not exist.`)
    return valueFilter(attribute, criterion, context)
  })
}

const ASK_NO_CATEGORY = new Set(['UNCLASSIFIED', 'NOT EMPTY'])

/** Unknown categories, and hidden ones as if unknown, are reported together, before anything else of the search is looked at. */
function checkCategories(criteria: Criterion[], catalog: Catalog, access: Access | undefined): void {
  const unknown = criteria
    .filter(({ property }) => property === 'categories')
    .flatMap(({ operator, value }): Json[] => {
      if (value === null) return []
      if (typeof value !== 'object') {
        if (ASK_NO_CATEGORY.has(operator)) return []
        throw unprocessable(`Property "categories" expects an array as data, "${typeof value}" given.`)
      }
      return Object.values(value)
    })
    .map((code) => (typeof code === 'object' ? '' : String(code).trim()))
    .filter((code) => !catalog.categories.has(code) || access?.category(code) === 'none')
  if (unknown.length === 0) return
  const list = unknown.join(', ')
  throw unprocessable(
    unknown.length > 1 ? `Categories "${list}" do not exist.` : `Category "${list}" does not exist.`,
  )
}

const MAX_IDENTIFIERS = 100

function checkIdentifierLimit(criteria: Criterion[]): void {
  const list = criteria.find(({ property, operator }) => property === 'identifier' && operator === 'IN')
  if (list === undefined) return
  if (list.value === null) throw unprocessable("The identifier filter can't contain null value")
  if (!Array.isArray(list.value) && !isObject(list.value)) {
    throw unprocessable('The identifier filter value should be an array')
  }
  if (new Set(Object.values(list.value)).size > MAX_IDENTIFIERS) {
    throw badRequest(`The identifier filter can't contain more than ${MAX_IDENTIFIERS} product identifiers.`)
  }
}

export function checkLocales(locales: string[], catalog: Catalog): void {
  const unknown = [...new Set(locales)].filter((locale) => !catalog.localeEnabled(locale))
  if (unknown.length === 0) return
  const list = unknown.join(', ')
  throw unprocessable(
    unknown.length > 1
      ? `Locales "${list}" do not exist or are not activated.`
      : `Locale "${list}" does not exist or is not activated.`,
  )
}
