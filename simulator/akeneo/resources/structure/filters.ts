import type { Attribute, Family } from '../../catalog/records.ts'
import type { Pim } from '../../pim.ts'
import {
  booleanFilter,
  codeFilter,
  listOfStrings,
  updatedFilter,
  type StructureFilters,
} from '../../search/structure-filters.ts'

export function familyFilters(pim: Pim): StructureFilters<Family> {
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

export function attributeFilters(): StructureFilters<Attribute> {
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
