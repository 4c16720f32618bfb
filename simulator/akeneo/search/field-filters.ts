import type { Catalog } from '../catalog/catalog.ts'
import { qualityReader } from '../catalog/quality.ts'
import { unprocessable } from '../errors.ts'
import { isPhpArray, phpString } from '../json.ts'
import { arrayExpected, booleanExpected, dataExpected, stringExpected } from '../messages.ts'
import { modelCompletenessFilter, productCompletenessFilter } from './completeness-filter.ts'
import type { Criterion } from './criteria.ts'
import { dateFilter } from './date-filter.ts'
import { operatorsOf } from './field-operators.ts'
import { codes, strings, unsupported, type Predicate, type SearchContext } from './predicate.ts'
import { readinessFilter, readyFilter } from './readiness-filter.ts'
import { indexedUpdate, type SearchDocument } from './search-index.ts'
import { textMatcher } from './text-match.ts'

export function fieldFilter(
  kind: 'product' | 'product_model',
  criterion: Criterion,
  context: SearchContext,
): Predicate {
  const { property, operator } = criterion
  if (!operatorsOf(kind, property, context.cloud).includes(operator)) {
    // Akeneo looks for what lies below a model by another name, which models do not have.
    throw unsupported(property === 'parent' && operator === '=' ? 'ancestor.code' : property, operator)
  }
  // Takes every product, as the choice "all" of an export does (DummyFilter).
  if (operator === 'ALL') return () => true
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
      return qualityFilter(criterion, context.catalog)
    case 'readiness':
      return readinessFilter(criterion, context.catalog)
    case 'readiness_by_channel':
      return readyFilter(criterion, context.catalog)
    case 'updated_including_linked_type':
      // What it says goes into the filter it accompanies.
      return () => true
    default:
      return dateFilter(criterion, context, property === 'created' ? createdAt : indexedUpdate)
  }
}

const createdAt = ({ record }: SearchDocument) => record.created

const LETTERS = ['A', 'B', 'C', 'D', 'E']

/** By letter, or by its number from 1 on. */
function qualityFilter({ property, value, locale, scope }: Criterion, catalog: Catalog): Predicate {
  if (!isPhpArray(value)) throw unprocessable(arrayExpected(property, value))
  if (scope === undefined) throw unprocessable(dataExpected(property, 'a channel'))
  if (locale === undefined) throw unprocessable(dataExpected(property, 'a locale'))
  const wanted = new Set(
    Object.values(value).map((given) => {
      const text = phpString(given)
      const letter = /^\d+$/.test(text) ? LETTERS[Number(text) - 1] : text.toUpperCase()
      if (letter !== undefined && LETTERS.includes(letter)) return letter
      throw unprocessable(dataExpected(property, `values among "${LETTERS.join('", "')}"`))
    }),
  )
  const read = qualityReader(catalog, { scope, locales: [locale] })
  return ({ record, ancestors }) => read(record, ancestors).some(({ data }) => wanted.has(data))
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
  if (operator.endsWith('CHILDREN')) addFamiliesBelow(wanted, catalog)
  const isIn = !operator.startsWith('NOT')
  return ({ record }) => (record.family !== null && wanted.has(record.family)) === isIn
}

/** Families below those that are wanted, however deep. */
function addFamiliesBelow(wanted: Set<string>, catalog: Catalog): void {
  const families = [...catalog.families.values()]
  let below: string[]
  do {
    below = families
      .filter(({ code, parent = null }) => parent !== null && wanted.has(parent) && !wanted.has(code))
      .map(({ code }) => code)
    for (const code of below) wanted.add(code)
  } while (below.length > 0)
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
  const asksAncestors = operator === '='
  const list = asksAncestors && !Array.isArray(value) ? [value] : value
  const wanted = new Set(codes(asksAncestors ? 'ancestor' : property, list).map((code) => code.toLowerCase()))
  if (asksAncestors) {
    return ({ ancestors }) => ancestors.some((ancestor) => wanted.has(ancestor.code.toLowerCase()))
  }
  return ({ record }) => record.parent !== null && wanted.has(record.parent.toLowerCase())
}
