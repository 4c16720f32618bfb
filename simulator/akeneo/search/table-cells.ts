import type { Attribute } from '../catalog/records.ts'
import { unprocessable } from '../errors.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'
import { arrayKeyExpected, numericExpected } from '../messages.ts'
import { compare, type Matcher } from './amount-matchers.ts'
import { isNumeric, unsupported } from './predicate.ts'
import { textMatcher } from './text-match.ts'

const NUMBER = ['<', '<=', '=', '!=', '>=', '>']
/** Which operators a column takes follows from its type, as with attributes. */
const BY_COLUMN: Readonly<Record<string, readonly string[]>> = {
  text: ['STARTS WITH', 'CONTAINS', 'DOES NOT CONTAIN', '=', '!='],
  number: NUMBER,
  incremental_number: NUMBER,
  boolean: ['=', '!='],
  select: ['IN', 'NOT IN'],
  reference_entity: ['IN', 'NOT IN'],
}

/** The cells of one column, in one row or in any: `{column, row?, value}`. Only Akeneo's cloud looks into tables. */
export function cellMatcher(attribute: Attribute, operator: string, value: Json): Matcher {
  const { code } = attribute
  const criterion: JsonObject = isObject(value) ? value : {}
  for (const key of ['column', 'value']) {
    if (!Object.hasOwn(criterion, key)) throw unprocessable(arrayKeyExpected(code, key))
  }
  const columns = Array.isArray(attribute.table_configuration)
    ? attribute.table_configuration.filter(isObject)
    : []
  const wanted = phpString(criterion['column'])
  const column = columns.find((one) => phpString(one['code']).toLowerCase() === wanted.toLowerCase())
  if (column === undefined)
    throw unprocessable(`The column "${wanted}" does not exist in the ${code} attribute.`)
  const type = phpString(column['data_type'])
  if (BY_COLUMN[type]?.includes(operator) !== true) throw unsupported(code, operator)
  const holds = matcherOf(code, type, operator, criterion['value'] ?? null)
  const key = phpString(columns[0]?.['code'])
  const row = criterion['row'] ?? null
  return (data) =>
    (Array.isArray(data) ? data : []).filter(isObject).some((cells) => {
      if (row !== null && phpString(cells[key]).toLowerCase() !== phpString(row).toLowerCase()) return false
      const cell = cells[phpString(column['code'])] ?? null
      return cell !== null && holds(cell)
    })
}

function matcherOf(code: string, type: string, operator: string, value: Json): Matcher {
  if (operator === 'IN' || operator === 'NOT IN') {
    const list = new Set((Array.isArray(value) ? value : [value]).map((one) => phpString(one).toLowerCase()))
    return (cell) => list.has(phpString(cell).toLowerCase()) === (operator === 'IN')
  }
  if (type === 'boolean') return (cell) => (cell === value) === (operator === '=')
  if (type === 'text') {
    const matches = textMatcher(operator, phpString(value))
    return (cell) => matches(phpString(cell))
  }
  if (!isNumeric(value)) throw unprocessable(numericExpected(code, value))
  return (cell) => isNumeric(cell) && compare(operator, Number(cell) - Number(value))
}
