import { ATTRIBUTE_TYPES } from '../catalog/attribute-types.ts'
import type { Attribute } from '../catalog/records.ts'
import { midnight } from '../dates.ts'
import { newAttribute } from '../install/empty-pim.ts'
import type { Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { codeOf, labelsOf, wholeOf } from './structure-cells.ts'
import { CatalogFileError, type Row, type Table } from './table.ts'

export function loadAttributes({ catalog, settings }: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const type = row.get('type').trim()
    if (!ATTRIBUTE_TYPES.has(type)) throw row.fail('type', `unknown attribute type "${type}"`)
    const group = row.get('group').trim() || 'other'
    if (!catalog.attributeGroups.has(group)) {
      if (catalog.attributeGroups.size > 0 && group !== 'other') {
        throw row.fail('group', `unknown attribute group "${group}"`)
      }
      catalog.attributeGroups.set(group, {
        code: group,
        sort_order: 100,
        labels: {},
        created: at,
        updated: at,
      })
    }
    const measure = row.get('metric_family').trim()
    if (measure !== '' && !catalog.measurementFamilies.has(measure)) {
      const advice = 'measures of your own go into measurement_families.json'
      throw row.fail('metric_family', `unknown measurement family "${measure}"; ${advice}`)
    }
    const attribute = attributeOf(table, row, type, group, settings.timezone)
    catalog.attributes.set(codeOf(row), { ...attribute, created: at, updated: at })
  }
  const identifiers = [...catalog.attributes.values()].filter(({ type }) => type === 'pim_catalog_identifier')
  const [first] = identifiers
  if (first === undefined) {
    throw new CatalogFileError(table.file, 'no attribute is of type pim_catalog_identifier')
  }
  if (!identifiers.some((attribute) => attribute.is_main_identifier)) {
    catalog.attributes.set(first.code, { ...first, is_main_identifier: true })
  }
}

function attributeOf(table: Table, row: Row, type: string, group: string, timezone: string): Attribute {
  const text = (column: string) => row.get(column).trim() || null
  const whole = (column: string) => wholeOf(row, column)
  const amount = (column: string) => {
    const cell = text(column)
    if (cell !== null && !/^-?\d+(?:\.\d+)?$/.test(cell))
      throw row.fail(column, `a number is expected, "${cell}" found`)
    return cell
  }
  const day = (column: string) => {
    const cell = text(column)
    if (cell !== null && !/^\d{4}-\d{2}-\d{2}/.test(cell))
      throw row.fail(column, `a date like 2026-01-31 is expected, "${cell}" found`)
    return cell === null ? null : midnight(cell, timezone)
  }
  const flag = (column: string, applies: boolean) => (applies ? row.flag(column, false) : null)
  const isAmount = ['pim_catalog_number', 'pim_catalog_metric', 'pim_catalog_price_collection'].includes(type)
  return {
    ...newAttribute(codeOf(row), type, group),
    unique: row.flag('unique', type === 'pim_catalog_identifier'),
    useable_as_grid_filter: row.flag('useable_as_grid_filter', false),
    allowed_extensions: row.list('allowed_extensions'),
    metric_family: text('metric_family'),
    default_metric_unit: text('default_metric_unit'),
    reference_data_name: text('reference_data_name'),
    available_locales: row.list('available_locales'),
    max_characters: whole('max_characters'),
    validation_rule: text('validation_rule'),
    validation_regexp: text('validation_regexp'),
    wysiwyg_enabled: text('wysiwyg_enabled') === null ? null : row.flag('wysiwyg_enabled', false),
    number_min: amount('number_min'),
    number_max: amount('number_max'),
    decimals_allowed: flag('decimals_allowed', isAmount),
    negative_allowed: flag(
      'negative_allowed',
      type === 'pim_catalog_number' || type === 'pim_catalog_metric',
    ),
    date_min: day('date_min'),
    date_max: day('date_max'),
    max_file_size: amount('max_file_size'),
    minimum_input_length: whole('minimum_input_length'),
    sort_order: whole('sort_order') ?? 0,
    localizable: row.flag('localizable', false),
    scopable: row.flag('scopable', false),
    auto_option_sorting: text('auto_option_sorting') === null ? null : row.flag('auto_option_sorting', false),
    is_main_identifier: row.flag('is_main_identifier', false),
    default_value: text('default_value') === null ? null : row.flag('default_value', false),
    table_configuration: tableConfiguration(row),
    labels: labelsOf(table, row),
    guidelines: labelsOf(table, row, 'guidelines-'),
  }
}

/** Columns of a table attribute, as JSON. */
function tableConfiguration(row: Row): Json {
  const cell = row.get('table_configuration').trim()
  if (cell === '') return null
  try {
    return JSON.parse(cell) as Json
  } catch {
    throw row.fail('table_configuration', 'JSON is expected')
  }
}
