import type { Catalog } from '../catalog/catalog.ts'
import { isDecimal } from '../catalog/numbers.ts'
import type { Violation } from '../errors.ts'
import { isObject, phpString, type Json, type JsonObject } from '../json.ts'

/*
 * Table attributes are Enterprise's: their documentation says what is allowed, the sentences that refuse the rest are
 * ours.
 */

const MAX_ROWS = 100
const MAX_COLUMNS = 10
const TYPES = [
  'select',
  'text',
  'number',
  'boolean',
  'incremental_number',
  'reference_entity',
  'product_link',
  'measurement',
  'date',
]
/** Types that can name a row. */
const FIRST_TYPES = ['select', 'reference_entity', 'incremental_number', 'product_link']

interface Column {
  code: string
  type: string
  definition: JsonObject
}

export function configurationViolations(configuration: Json): Violation[] {
  const property = 'table_configuration'
  const violation = (message: string) => [{ property, message }]
  if (!Array.isArray(configuration)) return violation('This value should not be null.')
  const columns = columnsOf(configuration)
  if (columns.length < 2) return violation('The table attribute must have at least 2 columns.')
  if (columns.length > MAX_COLUMNS) {
    return violation(`The table attribute must not have more than ${MAX_COLUMNS} columns.`)
  }
  const codes = columns.map(({ code }) => code.toLowerCase())
  return [
    ...(FIRST_TYPES.includes(columns[0]?.type ?? '')
      ? []
      : [
          {
            property: `${property}[0].data_type`,
            message: `The first column must have one of the following types: ${FIRST_TYPES.join(', ')}.`,
          },
        ]),
    ...columns.flatMap(({ code, type }, index) => {
      const at = `${property}[${index}]`
      const problems: Violation[] = []
      if (!/^[a-zA-Z0-9_]+$/.test(code)) {
        const message = 'The column code may contain only letters, numbers and underscores.'
        problems.push({ property: `${at}.code`, message })
      } else if (codes.indexOf(code.toLowerCase()) < index) {
        problems.push({ property: `${at}.code`, message: `The column code "${code}" is used twice.` })
      }
      if (!TYPES.includes(type)) {
        problems.push({ property: `${at}.data_type`, message: `The column type "${type}" does not exist.` })
      }
      return problems
    }),
  ]
}

/** What is wrong with the rows of a value, a sentence each. */
export function rowProblems(catalog: Catalog, code: string, configuration: Json, data: Json): string[] {
  const columns = columnsOf(configuration)
  const rows = Array.isArray(data) ? data : []
  const problems: string[] = []
  if (rows.length > MAX_ROWS) {
    problems.push(`The ${code} attribute must not have more than ${MAX_ROWS} rows.`)
  }
  const key = columns[0]?.code ?? ''
  const seen = new Set<string>()
  for (const [index, row] of rows.entries()) {
    const where = `Row ${index + 1} of the ${code} attribute`
    if (!isObject(row)) {
      problems.push(`${where} is not an object.`)
      continue
    }
    const first = isObject(row[key]) ? JSON.stringify(row[key]) : phpString(row[key]).toLowerCase()
    if (first === '') problems.push(`${where} needs a value in the column "${key}".`)
    else if (seen.has(first)) problems.push(`${where} repeats the value of the column "${key}".`)
    seen.add(first)
    for (const [name, cell] of Object.entries(row)) {
      const column = columns.find((one) => one.code.toLowerCase() === name.toLowerCase())
      if (column === undefined) problems.push(`${where} has an unknown column "${name}".`)
      else if (cell !== null && !isCell(catalog, column, cell)) {
        problems.push(`${where} has a value in the column "${name}" that is no ${column.type}.`)
      }
    }
  }
  return problems
}

function columnsOf(configuration: Json): Column[] {
  return (Array.isArray(configuration) ? configuration : []).filter(isObject).map((definition) => ({
    code: phpString(definition['code']),
    type: phpString(definition['data_type']),
    definition,
  }))
}

function isCell(catalog: Catalog, { type, definition }: Column, cell: Json): boolean {
  const validations = isObject(definition['validations']) ? definition['validations'] : {}
  switch (type) {
    case 'boolean':
      return typeof cell === 'boolean'
    case 'number':
    case 'incremental_number':
      return isNumber(cell, validations)
    case 'text':
      return typeof cell === 'string' && Array.from(cell).length <= Number(validations['max_length'] ?? 100)
    case 'select':
      return typeof cell === 'string' && hasOption(definition['options'] ?? null, cell)
    case 'reference_entity': {
      const entity = catalog.referenceEntities.get(phpString(definition['reference_entity_identifier']))
      return typeof cell === 'string' && entity?.records.has(cell) !== false
    }
    case 'measurement': {
      const units = catalog.measurementFamilies.get(phpString(definition['measurement_family_code']))?.units
      return (
        isObject(cell) && isDecimal(cell['amount'] ?? null) && units?.[phpString(cell['unit'])] !== undefined
      )
    }
    case 'date':
      return typeof cell === 'string' && /^\d{4}-\d{2}-\d{2}/.test(cell)
    default:
      return true
  }
}

function isNumber(cell: Json, { min, max, decimals_allowed: decimals }: JsonObject): boolean {
  if (!isDecimal(cell)) return false
  const value = Number(cell)
  if (decimals !== true && !Number.isInteger(value)) return false
  return value >= Number(min ?? -Infinity) && value <= Number(max ?? Infinity)
}

function hasOption(options: Json, code: string): boolean {
  if (!Array.isArray(options)) return false
  return options.some((one) => isObject(one) && phpString(one['code']).toLowerCase() === code.toLowerCase())
}

/** Columns as reads show them: options of selects only when asked for. */
export function renderConfiguration(configuration: Json, withOptions: boolean): Json {
  if (!Array.isArray(configuration)) return configuration
  return configuration.map((column) => {
    if (!isObject(column)) return column
    const { options, ...rest } = column
    return {
      ...rest,
      labels: column['labels'] ?? {},
      validations: column['validations'] ?? {},
      ...(withOptions && options !== undefined && { options }),
    }
  })
}
