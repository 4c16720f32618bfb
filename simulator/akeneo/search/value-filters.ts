import type { Catalog } from '../catalog/catalog.ts'
import type { Attribute, Value } from '../catalog/records.ts'
import { unprocessable } from '../errors.ts'
import { isObject, phpString, type Json } from '../json.ts'
import { arrayExpected, arrayOfStringsExpected, booleanExpected, stringExpected } from '../messages.ts'
import { metricMatcher, numberMatcher, priceMatcher, type Matcher } from './amount-matchers.ts'
import type { Criterion } from './criteria.ts'
import { dateMatcher } from './date-matcher.ts'
import { codes, unsupported, type Predicate, type SearchContext } from './predicate.ts'
import { cellMatcher } from './table-cells.ts'
import { indexedCoverage, indexedValues, type SearchDocument } from './search-index.ts'
import { readableText, textMatcher } from './text-match.ts'

const TEXT = ['STARTS WITH', 'CONTAINS', 'DOES NOT CONTAIN', '=', '!=', 'EMPTY', 'NOT EMPTY']
const NUMBER = ['<', '<=', '=', '!=', '>=', '>', 'EMPTY', 'NOT EMPTY']
const LIST = ['IN', 'NOT IN', 'EMPTY', 'NOT EMPTY']
const PRICE = [
  ...NUMBER,
  'EMPTY FOR CURRENCY',
  'EMPTY ON ALL CURRENCIES',
  'NOT EMPTY ON AT LEAST ONE CURRENCY',
  'NOT EMPTY FOR CURRENCY',
]

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  pim_catalog_identifier: [...TEXT, 'IN', 'NOT IN'],
  pim_catalog_text: [...TEXT, 'IN', 'NOT IN'],
  pim_catalog_textarea: [...TEXT, 'IN', 'NOT IN'],
  pim_catalog_number: NUMBER,
  pim_catalog_metric: NUMBER,
  pim_catalog_price_collection: PRICE,
  pim_catalog_simpleselect: LIST,
  pim_catalog_multiselect: LIST,
  pim_reference_data_simpleselect: LIST,
  pim_reference_data_multiselect: LIST,
  akeneo_reference_entity: LIST,
  akeneo_reference_entity_collection: LIST,
  pim_catalog_asset_collection: LIST,
  pim_catalog_boolean: ['=', '!=', 'EMPTY', 'NOT EMPTY'],
  pim_catalog_date: ['=', '!=', '<', '>', 'BETWEEN', 'NOT BETWEEN', 'EMPTY', 'NOT EMPTY'],
  pim_catalog_file: TEXT,
  pim_catalog_image: TEXT,
  pim_catalog_product_link: LIST,
  pim_catalog_table: ['EMPTY', 'NOT EMPTY'],
}

/** A condition on the value of one attribute, in one locale and scope. */
export function valueFilter(attribute: Attribute, criterion: Criterion, context: SearchContext): Predicate {
  const { operator, value } = criterion
  const isCell = context.cloud && attribute.type === 'pim_catalog_table' && !operator.endsWith('EMPTY')
  if (!isCell && OPERATORS[attribute.type]?.includes(operator) !== true) {
    throw unsupported(criterion.property, operator)
  }
  checkLocaleAndScope(attribute, criterion, context.catalog)

  const locale = attribute.localizable ? (criterion.locale ?? null) : null
  const scope = attribute.scopable ? (criterion.scope ?? null) : null
  const plain = PLAIN_WORDS[operator] ?? operator
  const emptyOrNot = emptyFilter(attribute, plain, { locale, scope }, context.catalog)
  if (emptyOrNot !== undefined) return emptyOrNot

  const dataOf = dataReader(attribute, locale, scope)
  const matches = matcher(attribute, operator, value, context)
  const whenAbsent = absence(attribute, operator, context.catalog)
  return (document) => {
    const data = dataOf(document)
    return data === undefined ? whenAbsent(document) : matches(data)
  }
}

/** What the operators about all currencies of a price come to. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  'EMPTY ON ALL CURRENCIES': 'EMPTY',
  'NOT EMPTY ON AT LEAST ONE CURRENCY': 'NOT EMPTY',
}

const NEVER: Predicate = () => false

/** Which records without the value are found all the same. */
function absence(attribute: Attribute, operator: string, catalog: Catalog): Predicate {
  if (operator === 'EMPTY FOR CURRENCY') return mayHave(attribute, catalog)
  // "Not in this list" finds them too, save where Akeneo asks that there is something to compare.
  return operator === 'NOT IN' && !/^pim_(reference_data_|catalog_identifier)/.test(attribute.type)
    ? () => true
    : NEVER
}

const isMainIdentifier = ({ type, is_main_identifier: isMain }: Attribute) =>
  type === 'pim_catalog_identifier' && isMain

const identifierOf = ({ record }: SearchDocument) =>
  record.kind === 'product' ? (record.identifier ?? undefined) : undefined

function dataReader(attribute: Attribute, locale: string | null, scope: string | null) {
  if (isMainIdentifier(attribute)) return identifierOf
  return (document: SearchDocument): Json | undefined => {
    const entries: readonly Value[] = indexedValues(document, attribute.code)
    return entries.find((entry) => entry.locale === locale && entry.scope === scope)?.data
  }
}

/** EMPTY and NOT EMPTY ask what is there and never for its data. */
function emptyFilter(
  attribute: Attribute,
  operator: string,
  { locale, scope }: { locale: string | null; scope: string | null },
  catalog: Catalog,
): Predicate | undefined {
  if (operator !== 'EMPTY' && operator !== 'NOT EMPTY') return undefined
  const isThere = isMainIdentifier(attribute)
    ? (document: SearchDocument) => identifierOf(document) !== undefined
    : (document: SearchDocument) =>
        indexedCoverage(document, attribute.code).some(
          (entry) => entry.locale === locale && entry.scope === scope,
        )
  if (operator === 'NOT EMPTY') return isThere
  const couldBe = mayHave(attribute, catalog)
  return (document) => couldBe(document) && !isThere(document)
}

/** Akeneo calls a value empty only where the product could have it: through its family or a value elsewhere. */
function mayHave(attribute: Attribute, catalog: Catalog): Predicate {
  const families = new Set<string | null>()
  for (const { code, attributes } of catalog.families.values()) {
    if (attributes.includes(attribute.code)) families.add(code)
  }
  return (document) => {
    const { family } = document.record
    return family === null ? indexedCoverage(document, attribute.code).length > 0 : families.has(family)
  }
}

/** A locale or scope that the attribute has no use for is left aside, as every default of the query may be. */
function checkLocaleAndScope(attribute: Attribute, criterion: Criterion, catalog: Catalog): void {
  const { code } = attribute
  const { locale, scope } = criterion
  if (attribute.localizable && locale === undefined) {
    throw unprocessable(`Attribute "${code}" expects a locale, none given.`)
  }
  if (!attribute.scopable) return
  if (scope === undefined) throw unprocessable(`Attribute "${code}" expects a scope, none given.`)
  if (!catalog.channels.has(scope)) {
    throw unprocessable(`Attribute "${code}" expects an existing scope, "${scope}" given.`)
  }
}

function matcher(attribute: Attribute, operator: string, value: Json, context: SearchContext): Matcher {
  switch (attribute.type) {
    case 'pim_catalog_boolean':
      return booleanMatcher(attribute.code, operator, value)
    case 'pim_catalog_date':
      return dateMatcher(attribute.code, operator, value, context)
    case 'pim_catalog_number':
      return numberMatcher(attribute.code, operator, value)
    case 'pim_catalog_metric':
      return metricMatcher(attribute, operator, value, context.catalog)
    case 'pim_catalog_price_collection':
      return priceMatcher(attribute.code, operator, value, context.catalog)
    case 'pim_catalog_file':
    case 'pim_catalog_image':
      return fileMatcher(attribute.code, operator, value, context.catalog)
    case 'pim_catalog_identifier':
    case 'pim_catalog_text':
    case 'pim_catalog_textarea':
      if (operator === 'IN' || operator === 'NOT IN') {
        return listMatcher(operator, textList(attribute.code, value))
      }
      return attribute.type === 'pim_catalog_textarea'
        ? textAreaMatcher(attribute.code, operator, value)
        : singleTextMatcher(attribute.code, operator, value)
    case 'pim_catalog_product_link':
      return linkMatcher(attribute.code, operator, value)
    case 'pim_catalog_table':
      return cellMatcher(attribute, operator, value)
    default:
      return listMatcher(operator, optionCodes(attribute, value, context.catalog))
  }
}

function booleanMatcher(code: string, operator: string, value: Json): Matcher {
  if (typeof value !== 'boolean') throw unprocessable(booleanExpected(code, value))
  return (data) => (data === value) === (operator === '=')
}

function singleTextMatcher(code: string, operator: string, value: Json): Matcher {
  if (typeof value !== 'string') throw unprocessable(stringExpected(code, value))
  const matches = textMatcher(operator, value)
  return (data) => matches(phpString(data))
}

/** The index keeps what a reader sees of a text area: no tags, no line breaks. */
function textAreaMatcher(code: string, operator: string, value: Json): Matcher {
  if (typeof value !== 'string') throw unprocessable(stringExpected(code, value))
  const isWhole = operator === '=' || operator === '!='
  const matches = textMatcher(operator, isWhole ? readableText(value) : value)
  return (data) => matches(readableText(phpString(data)))
}

function textList(code: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(code, value))
  const list = Object.values(value)
  if (!list.every((item) => typeof item === 'string')) throw unprocessable(arrayOfStringsExpected(code))
  return list
}

function listMatcher(operator: string, wanted: readonly string[]): Matcher {
  const lower = new Set(wanted.map((code) => code.toLowerCase()))
  const holds = (data: Json) =>
    (Array.isArray(data) ? data : [data]).some((code) => lower.has(phpString(code).toLowerCase()))
  return (data) => holds(data) === (operator === 'IN')
}

/** Links are equal when they name the same product or model. */
function linkMatcher(code: string, operator: string, value: Json): Matcher {
  if (!Array.isArray(value)) throw unprocessable(arrayExpected(code, value))
  const key = (link: Json) => {
    const { type, id }: Record<string, Json> = isObject(link) ? link : {}
    return `${phpString(type)} ${phpString(id).toLowerCase()}`
  }
  const wanted = new Set(value.map(key))
  return (data) => wanted.has(key(data)) === (operator === 'IN')
}

function optionCodes(attribute: Attribute, value: Json, catalog: Catalog): string[] {
  const wanted = codes(attribute.code, value)
  if (attribute.type === 'pim_catalog_simpleselect' || attribute.type === 'pim_catalog_multiselect') {
    const unknown = wanted.find((code) => catalog.options.get(attribute.code)?.has(code) !== true)
    if (unknown !== undefined) {
      const backend = attribute.type === 'pim_catalog_simpleselect' ? 'option' : 'options'
      throw unprocessable(`Object "${backend}" with code "${unknown}" does not exist`)
    }
  }
  return wanted
}

/** Files are searched by their original name, not by their code (MediaFilter). */
function fileMatcher(code: string, operator: string, value: Json, catalog: Catalog): Matcher {
  if (typeof value !== 'string') throw unprocessable(stringExpected(code, value))
  const matches = textMatcher(operator, value)
  return (data) => matches(catalog.mediaFiles.get(phpString(data))?.original_filename ?? '')
}
