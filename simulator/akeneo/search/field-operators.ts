/** The fields that Akeneo searches besides attributes (ValidateProperties). */
const SEARCH_FIELDS = new Set([
  'uuid',
  'family',
  'categories',
  'completeness',
  'identifier',
  'created',
  'updated',
  'enabled',
  'groups',
  'parent',
  'quality_score',
])

const DATE_OPERATORS = [
  '=',
  '!=',
  '<',
  '>',
  'BETWEEN',
  'NOT BETWEEN',
  'SINCE LAST N DAYS',
  'EMPTY',
  'NOT EMPTY',
]
const LIST_OPERATORS = ['IN', 'NOT IN', 'EMPTY', 'NOT EMPTY']

/** Operators of each field, by the kind of record that is searched. */
const CATEGORY_OPERATORS = [
  'IN',
  'NOT IN',
  'UNCLASSIFIED',
  'IN OR UNCLASSIFIED',
  'IN CHILDREN',
  'NOT IN CHILDREN',
  'NOT EMPTY',
]
const IDENTIFIER_OPERATORS = [
  'STARTS WITH',
  'CONTAINS',
  'DOES NOT CONTAIN',
  '=',
  '!=',
  'IN',
  'NOT IN',
  'EMPTY',
  'NOT EMPTY',
]

const OPERATORS: Record<'product' | 'product_model', Record<string, readonly string[]>> = {
  product: {
    uuid: ['IN', 'NOT IN'],
    family: LIST_OPERATORS,
    categories: CATEGORY_OPERATORS,
    completeness: [
      '=',
      '!=',
      '<',
      '<=',
      '>',
      '>=',
      'GREATER THAN ON ALL LOCALES',
      'GREATER OR EQUALS THAN ON ALL LOCALES',
      'LOWER THAN ON ALL LOCALES',
      'LOWER OR EQUALS THAN ON ALL LOCALES',
      ...[
        'EQUALS',
        'NOT EQUALS',
        'GREATER THAN',
        'GREATER OR EQUALS THAN',
        'LOWER THAN',
        'LOWER OR EQUALS THAN',
      ].map((comparison) => `${comparison} ON AT LEAST ONE LOCALE`),
      'EMPTY',
      'ALL',
    ],
    identifier: IDENTIFIER_OPERATORS,
    created: DATE_OPERATORS,
    updated: DATE_OPERATORS,
    enabled: ['=', '!=', 'ALL'],
    groups: LIST_OPERATORS,
    parent: ['=', 'IN', 'EMPTY', 'NOT EMPTY'],
    quality_score: ['IN'],
  },
  product_model: {
    family: LIST_OPERATORS,
    categories: CATEGORY_OPERATORS,
    completeness: ['AT LEAST COMPLETE', 'AT LEAST INCOMPLETE', 'ALL COMPLETE', 'ALL INCOMPLETE'],
    identifier: IDENTIFIER_OPERATORS,
    created: DATE_OPERATORS,
    updated: DATE_OPERATORS,
    parent: ['IN', 'EMPTY', 'NOT EMPTY'],
  },
}

const BY_LOCALES = ['LOWER THAN', 'LOWER OR EQUALS THAN', 'GREATER THAN', 'GREATER OR EQUALS THAN'].flatMap(
  (comparison) => [`${comparison} ON ALL LOCALES`, `${comparison} ON AT LEAST ONE LOCALE`],
)

/** What only Akeneo's cloud searches by, for products and models alike. */
const CLOUD_OPERATORS: Record<string, readonly string[]> = {
  readiness: [
    '=',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    'BETWEEN',
    'EMPTY',
    'NOT EMPTY',
    ...BY_LOCALES,
    'EQUALS ON AT LEAST ONE LOCALE',
    'NOT EQUALS ON AT LEAST ONE LOCALE',
  ],
  readiness_by_channel: ['ALL READY', 'ALL UNREADY'],
  updated_including_linked_entities: DATE_OPERATORS.filter((operator) => !operator.endsWith('EMPTY')),
  updated_including_linked_type: ['IN'],
}

export function isSearchField(property: string, cloud: boolean): boolean {
  return SEARCH_FIELDS.has(property) || (cloud && Object.hasOwn(CLOUD_OPERATORS, property))
}

export function operatorsOf(
  kind: 'product' | 'product_model',
  property: string,
  cloud: boolean,
): readonly string[] {
  const operators = OPERATORS[kind][property] ?? []
  if (!cloud) return operators
  if (property === 'family' && kind === 'product') return [...operators, 'IN CHILDREN', 'NOT IN CHILDREN']
  return CLOUD_OPERATORS[property] ?? operators
}
