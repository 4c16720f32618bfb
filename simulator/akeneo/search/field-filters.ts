import type { Catalog } from '../catalog/catalog.ts'
import { completenessOf } from '../catalog/completeness.ts'
import { parseSearchDate } from '../dates.ts'
import { unprocessable } from '../errors.ts'
import { isStringArray, phpString, type Json } from '../json.ts'
import {
  arrayExpected,
  arrayOfStringsExpected,
  booleanExpected,
  dataExpected,
  dateFormatExpected,
  integerExpected,
  numericExpected,
  stringExpected,
  validArrayStructureExpected,
} from '../messages.ts'
import type { Criterion } from './criteria.ts'
import { indexedUpdate, type SearchDocument } from './search-index.ts'
import { textMatcher } from './text-match.ts'

export type Predicate = (document: SearchDocument) => boolean

export interface SearchContext {
  catalog: Catalog
  timezone: string
  nowMs: number
}

/** The fields that Akeneo searches besides attributes (ValidateProperties). */
export const SEARCH_FIELDS = new Set([
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
const OPERATORS: Record<'product' | 'product_model', Record<string, readonly string[]>> = {
  product: {
    uuid: ['IN', 'NOT IN'],
    family: LIST_OPERATORS,
    categories: [
      'IN',
      'NOT IN',
      'UNCLASSIFIED',
      'IN OR UNCLASSIFIED',
      'IN CHILDREN',
      'NOT IN CHILDREN',
      'NOT EMPTY',
    ],
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
      'EMPTY',
    ],
    identifier: [
      'STARTS WITH',
      'CONTAINS',
      'DOES NOT CONTAIN',
      '=',
      '!=',
      'IN',
      'NOT IN',
      'EMPTY',
      'NOT EMPTY',
    ],
    created: DATE_OPERATORS,
    updated: DATE_OPERATORS,
    enabled: ['=', '!='],
    groups: LIST_OPERATORS,
    parent: ['=', 'IN', 'EMPTY', 'NOT EMPTY'],
    quality_score: ['IN'],
  },
  product_model: {
    family: LIST_OPERATORS,
    categories: [
      'IN',
      'NOT IN',
      'UNCLASSIFIED',
      'IN OR UNCLASSIFIED',
      'IN CHILDREN',
      'NOT IN CHILDREN',
      'NOT EMPTY',
    ],
    completeness: ['AT LEAST COMPLETE', 'AT LEAST INCOMPLETE', 'ALL COMPLETE', 'ALL INCOMPLETE'],
    identifier: [
      'STARTS WITH',
      'CONTAINS',
      'DOES NOT CONTAIN',
      '=',
      '!=',
      'IN',
      'NOT IN',
      'EMPTY',
      'NOT EMPTY',
    ],
    created: DATE_OPERATORS,
    updated: DATE_OPERATORS,
    parent: ['=', 'IN', 'EMPTY', 'NOT EMPTY'],
  },
}

export function unsupported(property: string, operator: string) {
  return unprocessable(
    `Filter on property "${property}" is not supported or does not support operator "${operator}"`,
  )
}

export function fieldFilter(
  kind: 'product' | 'product_model',
  criterion: Criterion,
  context: SearchContext,
): Predicate {
  const { property, operator } = criterion
  if (OPERATORS[kind][property]?.includes(operator) !== true) throw unsupported(property, operator)
  switch (property) {
    case 'uuid':
      return uuidFilter(criterion)
    case 'identifier':
      return identifierFilter(criterion)
    case 'family':
      return familyFilter(criterion, context.catalog)
    case 'categories':
      return categoryFilter(criterion, context.catalog)
    case 'enabled':
      return enabledFilter(criterion)
    case 'groups':
      return groupFilter(criterion, context.catalog)
    case 'parent':
      return parentFilter(criterion)
    case 'completeness':
      return kind === 'product'
        ? productCompletenessFilter(criterion, context.catalog)
        : modelCompletenessFilter(criterion, context.catalog)
    case 'quality_score':
      return () => false
    default:
      return dateFilter(criterion, context)
  }
}

function uuidFilter({ property, operator, value }: Criterion): Predicate {
  const wanted = new Set(strings(property, value).map((uuid) => uuid.toLowerCase()))
  const isIn = operator === 'IN'
  return ({ record }) => record.kind === 'product' && wanted.has(record.uuid) === isIn
}

const codeOf = ({ record }: SearchDocument) => (record.kind === 'product' ? record.identifier : record.code)

function identifierFilter({ property, operator, value }: Criterion): Predicate {
  if (operator === 'EMPTY') return (document) => codeOf(document) === null
  if (operator === 'NOT EMPTY') return (document) => codeOf(document) !== null
  if (operator === 'IN' || operator === 'NOT IN') {
    const wanted = new Set(strings(property, value).map((code) => code.toLowerCase()))
    const isIn = operator === 'IN'
    return (document) => {
      const code = codeOf(document)
      return code === null ? false : wanted.has(code.toLowerCase()) === isIn
    }
  }
  if (typeof value !== 'string') throw unprocessable(stringExpected(property, value))
  const matches = textMatcher(operator, value)
  return (document) => {
    const code = codeOf(document)
    return code !== null && matches(code)
  }
}

function familyFilter({ property, operator, value }: Criterion, catalog: Catalog): Predicate {
  if (operator === 'EMPTY') return ({ record }) => record.family === null
  if (operator === 'NOT EMPTY') return ({ record }) => record.family !== null
  const wanted = new Set(
    codes(property, value).map((code) => {
      const family = catalog.families.get(code)
      if (family === undefined) throw unprocessable(`Object "family" with code "${code}" does not exist`)
      return family.code
    }),
  )
  const isIn = operator === 'IN'
  return ({ record }) => (record.family !== null && wanted.has(record.family)) === isIn
}

function categoryFilter({ property, operator, value }: Criterion, catalog: Catalog): Predicate {
  const classified = ({ record, ancestors }: SearchDocument) =>
    record.categories.length > 0 || ancestors.some((ancestor) => ancestor.categories.length > 0)
  if (operator === 'UNCLASSIFIED') return (document) => !classified(document)
  if (operator === 'NOT EMPTY') return classified
  const wanted = new Set<string>()
  for (const code of codes(property, value)) {
    const category = catalog.categories.get(code)
    if (category === undefined) throw unprocessable(`Object "category" with code "${code}" does not exist`)
    if (operator.endsWith('CHILDREN')) {
      for (const below of catalog.categories.subtree(code)) wanted.add(below.code)
    } else wanted.add(category.code)
  }
  const within = ({ record, ancestors }: SearchDocument) =>
    record.categories.some((category) => wanted.has(category)) ||
    ancestors.some((ancestor) => ancestor.categories.some((category) => wanted.has(category)))
  if (operator === 'IN OR UNCLASSIFIED') return (document) => !classified(document) || within(document)
  return operator.startsWith('NOT') ? (document) => !within(document) : within
}

function enabledFilter({ property, operator, value }: Criterion): Predicate {
  if (typeof value !== 'boolean') throw unprocessable(booleanExpected(property, value))
  const wanted = operator === '=' ? value : !value
  return ({ record }) => record.kind === 'product' && record.enabled === wanted
}

function groupFilter({ property, operator, value }: Criterion, catalog: Catalog): Predicate {
  const groupsOf = ({ record }: SearchDocument) => (record.kind === 'product' ? record.groups : [])
  if (operator === 'EMPTY') return (document) => groupsOf(document).length === 0
  if (operator === 'NOT EMPTY') return (document) => groupsOf(document).length > 0
  const wanted = new Set(
    codes(property, value).map((code) => {
      const group = catalog.groups.get(code)
      if (group === undefined) throw unprocessable(`Object "groups" with code "${code}" does not exist`)
      return group.code
    }),
  )
  const isIn = operator === 'IN'
  return (document) => groupsOf(document).some((group) => wanted.has(group)) === isIn
}

/** `=` finds every descendant, IN direct children only: Akeneo kept the older meaning of `=` (AncestorCodeFilter). */
function parentFilter({ property, operator, value }: Criterion): Predicate {
  if (operator === 'EMPTY') return ({ record }) => record.parent === null
  if (operator === 'NOT EMPTY') return ({ record }) => record.parent !== null
  const list = operator === '=' && !Array.isArray(value) ? [value] : value
  const wanted = new Set(codes(property, list).map((code) => code.toLowerCase()))
  if (operator === '=') {
    return ({ ancestors }) => ancestors.some((ancestor) => wanted.has(ancestor.code.toLowerCase()))
  }
  return ({ record }) => record.parent !== null && wanted.has(record.parent.toLowerCase())
}

const SEARCH_FORMAT = 'yyyy-mm-dd H:i:s'

function dateFilter({ property, operator, value }: Criterion, { timezone, nowMs }: SearchContext): Predicate {
  const dateOf = property === 'created' ? ({ record }: SearchDocument) => record.created : indexedUpdate
  const second = (document: SearchDocument) => Math.floor(dateOf(document) / 1000)
  const parse = (text: Json) => {
    const at = parseSearchDate(phpString(text), timezone)
    // The list endpoints turn the text into a date first and lose it when that fails, hence the empty quotes.
    if (at === undefined) throw unprocessable(dateFormatExpected(property, SEARCH_FORMAT, ''))
    return at / 1000
  }
  switch (operator) {
    case 'EMPTY':
      return () => false
    case 'NOT EMPTY':
      return () => true
    case 'BETWEEN':
    case 'NOT BETWEEN': {
      if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
      const bounds = Object.values(value)
      if (bounds.length !== 2) {
        const because = `should contain 2 strings with the format "${SEARCH_FORMAT}"`
        throw unprocessable(validArrayStructureExpected(property, because))
      }
      const [from, to] = bounds.map(parse) as [number, number]
      const isIn = operator === 'BETWEEN'
      return (document) => (second(document) >= from && second(document) <= to) === isIn
    }
    case 'SINCE LAST N DAYS': {
      if (!Number.isInteger(value)) throw unprocessable(integerExpected(property, value))
      const bound = Math.floor(nowMs / 1000) - Number(value) * 86_400
      return (document) => second(document) > bound
    }
    default: {
      const bound = parse(value)
      if (operator === '>') return (document) => second(document) > bound
      if (operator === '<') return (document) => second(document) < bound
      if (operator === '=') return (document) => second(document) === bound
      return (document) => second(document) !== bound
    }
  }
}

function productCompletenessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, value, scope } = criterion
  if (operator === 'EMPTY') return ({ record }) => record.family === null
  if (!isNumeric(value)) throw unprocessable(numericExpected(property, value))
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid scope'))
  const channel = catalog.channels.get(scope)
  if (channel === undefined) throw unprocessable(`Channel with "${scope}" code does not exist`)
  const onAll = operator.endsWith('ON ALL LOCALES')
  if (onAll && criterion.locales === undefined) {
    throw unprocessable(`Property "${property}" expects an array with the key "locales".`)
  }
  const locales = criterion.locales ?? (criterion.locale === undefined ? channel.locales : [criterion.locale])
  const holds = comparison(operator, Number(value))
  return ({ record }) => {
    if (record.kind !== 'product' || record.family === null) return false
    const ratios = completenessOf(catalog, record).filter(
      (entry) => entry.scope === channel.code && locales.includes(entry.locale),
    )
    return onAll
      ? ratios.length > 0 && ratios.every((entry) => holds(entry.data))
      : ratios.some((entry) => holds(entry.data))
  }
}

function comparison(operator: string, bound: number): (ratio: number) => boolean {
  switch (operator) {
    case '=':
      return (ratio) => ratio === bound
    case '!=':
      return (ratio) => ratio !== bound
    case '<':
    case 'LOWER THAN ON ALL LOCALES':
      return (ratio) => ratio < bound
    case '<=':
    case 'LOWER OR EQUALS THAN ON ALL LOCALES':
      return (ratio) => ratio <= bound
    case '>':
    case 'GREATER THAN ON ALL LOCALES':
      return (ratio) => ratio > bound
    default:
      return (ratio) => ratio >= bound
  }
}

function modelCompletenessFilter(criterion: Criterion, catalog: Catalog): Predicate {
  const { property, operator, scope } = criterion
  const locales = criterion.locales ?? (criterion.locale === undefined ? [] : [criterion.locale])
  if (locales.length === 0) throw unprocessable(dataExpected(property, 'a valid locale'))
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a valid channel'))
  return ({ record }) => {
    if (record.kind !== 'product_model') return false
    const complete = catalog
      .variantsBelow(record.code)
      .map((variant) =>
        completenessOf(catalog, variant)
          .filter((entry) => entry.scope === scope && locales.includes(entry.locale))
          .map((entry) => entry.data === 100),
      )
      .flat()
    // A model without variants is neither complete nor incomplete.
    if (complete.length === 0) return false
    if (operator === 'AT LEAST COMPLETE') return complete.some(Boolean)
    if (operator === 'AT LEAST INCOMPLETE') return complete.some((one) => !one)
    if (operator === 'ALL COMPLETE') return complete.every(Boolean)
    return complete.every((one) => !one)
  }
}

export function isNumeric(value: Json): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)
}

/** A list of codes, as Akeneo's checkArray and checkIdentifier take it: numbers count as codes. */
export function codes(property: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
  return Object.values(value).map((code) => {
    if (typeof code !== 'string' && typeof code !== 'number') {
      throw unprocessable(stringExpected(property, code))
    }
    return String(code)
  })
}

function strings(property: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
  const list = Object.values(value)
  if (!isStringArray(list)) throw unprocessable(arrayOfStringsExpected(property))
  return list
}
