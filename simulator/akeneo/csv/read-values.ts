import { belongsHere } from '../catalog/levels.ts'
import { isDecimal, printedAmount, printedNumber } from '../catalog/numbers.ts'
import type { Attribute, Product, ProductModel, Value } from '../catalog/records.ts'
import { fromWallClock, isoDate } from '../dates.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { readFile } from './read-file.ts'
import type { Row } from './table.ts'
import type { ValueColumn } from './value-columns.ts'

/** The values of a row that belong to its own level: exports repeat on every variant what its models hold. */
export function readValues(
  pim: Pim,
  folder: string,
  row: Row,
  columns: ValueColumn[],
  record: Product | ProductModel,
): Map<string, Value[]> {
  const values = new Map<string, Value[]>()
  for (const column of columns) {
    if (column.kind !== 'value') continue
    const cell = row.get(column.name)
    if (cell.trim() === '' || column.part === 'unit') continue
    const { attribute } = column
    if (attribute.is_main_identifier || !belongsHere(pim.catalog, record, attribute.code)) continue
    const data = readCell(pim, folder, row, column, cell)
    const entries = values.get(attribute.code) ?? []
    values.set(attribute.code, entries)
    const same = entries.findIndex(({ locale, scope }) => locale === column.locale && scope === column.scope)
    const before = entries[same]
    if (before === undefined) entries.push({ locale: column.locale, scope: column.scope, data })
    else if (Array.isArray(before.data) && Array.isArray(data)) {
      entries[same] = { ...before, data: [...before.data, ...data] }
    }
  }
  return values
}

function readCell(
  pim: Pim,
  folder: string,
  row: Row,
  column: Extract<ValueColumn, { kind: 'value' }>,
  cell: string,
): Json {
  const { attribute, name } = column
  switch (attribute.type) {
    case 'pim_catalog_boolean':
      return row.flag(name, false)
    case 'pim_catalog_number':
      return printedNumber(amount(row, name, cell), attribute.decimals_allowed === true)
    case 'pim_catalog_metric':
      return readMetric(row, attribute, name, cell)
    case 'pim_catalog_price_collection':
      return readPrices(row, attribute, column, cell)
    case 'pim_catalog_date':
      return readDate(pim, row, name, cell)
    case 'pim_catalog_simpleselect':
      return option(pim, row, attribute, name, cell)
    case 'pim_catalog_multiselect':
      return row.list(name).map((code) => option(pim, row, attribute, name, code))
    case 'pim_reference_data_multiselect':
    case 'akeneo_reference_entity_collection':
    case 'pim_catalog_asset_collection':
      return row.list(name)
    case 'pim_catalog_image':
    case 'pim_catalog_file':
      return readFile(pim, folder, cell.trim())
    case 'pim_catalog_table':
      return JSON.parse(cell) as Json
    default:
      return cell
  }
}

function amount(row: Row, column: string, cell: string): string {
  const text: string = cell.trim()
  if (isDecimal(text)) return text
  throw row.fail(column, `a number is expected, "${cell}" found`)
}

/**
 * Amount and unit stand in two columns, or in one as "1.5 KILOGRAM". A unit that the family does not have is kept: an
 * import would refuse it, but real PIMs hold such values after a unit was removed.
 */
function readMetric(row: Row, attribute: Attribute, name: string, cell: string): JsonObject {
  const [first = '', second] = cell.trim().split(/\s+/)
  const unit = second ?? (row.get(`${name}-unit`).trim() || attribute.default_metric_unit)
  if (unit === null) throw row.fail(name, 'a unit is expected')
  return { amount: printedAmount(amount(row, name, first), attribute.decimals_allowed === true, 4), unit }
}

function readPrices(
  row: Row,
  attribute: Attribute,
  { name, currency }: { name: string; currency: string | undefined },
  cell: string,
): JsonObject[] {
  const print = (text: string) =>
    printedAmount(amount(row, name, text), attribute.decimals_allowed === true, 2)
  if (currency !== undefined) return [{ amount: print(cell), currency }]
  return cell.split(',').map((price) => {
    const [value = '', code] = price.trim().split(/\s+/)
    if (code === undefined) throw row.fail(name, `a price like "10 EUR" is expected, "${price}" found`)
    return { amount: print(value), currency: code }
  })
}

function readDate(pim: Pim, row: Row, column: string, cell: string): string {
  const day = Date.parse(cell.trim())
  if (!/^\d{4}-\d{2}-\d{2}/.test(cell.trim()) || Number.isNaN(day)) {
    throw row.fail(column, `a date like 2026-01-31 is expected, "${cell}" found`)
  }
  return isoDate(fromWallClock(day, pim.settings.timezone), pim.settings.timezone)
}

function option({ catalog }: Pim, row: Row, attribute: Attribute, column: string, cell: string): string {
  const found = catalog.options.get(attribute.code)?.get(cell.trim())
  if (found === undefined)
    throw row.fail(column, `attribute "${attribute.code}" has no option "${cell.trim()}"`)
  return found.code
}
