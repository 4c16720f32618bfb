import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeMap } from '../codes.ts'
import type { Attribute, Labels, MeasurementFamily, VariantAttributeSet } from '../catalog/records.ts'
import { midnight } from '../dates.ts'
import { newAttribute } from '../install/empty-pim.ts'
import type { Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { CatalogFileError, readTable, type Row, type Table } from './table.ts'

/** Loads everything that products refer to, in the order in which Akeneo itself imports it. */
export function loadStructure(pim: Pim, folder: string, at: number): void {
  const file = (name: string) => join(folder, name)
  loadLocales(pim, readTable(file('locales.csv'), ['code'], true))
  loadCurrencies(pim, readTable(file('currencies.csv'), ['code', 'activated'], true))
  loadMeasurementFamilies(pim, folder)
  loadCategories(pim, readTable(file('categories.csv'), ['code', 'parent']), at)
  loadChannels(pim, readTable(file('channels.csv'), ['code', 'locales', 'currencies', 'tree']))
  loadAttributeGroups(pim, readTable(file('attribute_groups.csv'), ['code'], true), at)
  loadAttributes(pim, readTable(file('attributes.csv'), ['code', 'type', 'group']), at)
  loadOptions(pim, readTable(file('attribute_options.csv'), ['code', 'attribute'], true))
  loadFamilies(pim, readTable(file('families.csv'), ['code', 'attributes', 'attribute_as_label']), at)
  loadFamilyVariants(pim, readTable(file('family_variants.csv'), ['code', 'family', 'variant-axes_1'], true))
  loadAssociationTypes(pim, readTable(file('association_types.csv'), ['code'], true))
  loadGroups(pim, readTable(file('groups.csv'), ['code', 'type'], true))
}

export function labelsOf(table: Table, row: Row, prefix = 'label-'): Labels {
  const labels: Record<string, string> = {}
  for (const column of table.columns) {
    if (!column.startsWith(prefix)) continue
    const label = row.get(column)
    if (label !== '') labels[column.slice(prefix.length)] = label
  }
  return labels
}

function code(row: Row): string {
  const found = row.get('code').trim()
  if (found === '') throw row.fail('code', 'a code is expected')
  return found
}

function loadLocales({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) catalog.locales.set(code(row), code(row))
}

function loadCurrencies({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.currencies.set(code(row), { code: code(row), enabled: row.flag('activated', false) })
  }
}

function loadCategories({ catalog }: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const parent = row.get('parent').trim()
    if (parent !== '' && !catalog.categories.has(parent)) {
      throw row.fail('parent', `unknown category "${parent}"; a parent comes before its children`)
    }
    if (catalog.categories.has(code(row)))
      throw row.fail('code', `the category "${code(row)}" is there twice`)
    catalog.categories.set({
      code: code(row),
      parent: parent === '' ? null : (catalog.categories.get(parent)?.code ?? parent),
      labels: labelsOf(table, row),
      created: at,
      updated: at,
    })
  }
}

function loadChannels({ catalog }: Pim, table: Table | undefined): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const tree = row.get('tree').trim()
    if (!catalog.categories.has(tree)) throw row.fail('tree', `unknown category tree "${tree}"`)
    for (const locale of row.list('locales')) {
      if (!catalog.locales.has(locale)) throw row.fail('locales', `unknown locale "${locale}"`)
    }
    for (const currency of row.list('currencies')) {
      if (!catalog.currencies.has(currency)) throw row.fail('currencies', `unknown currency "${currency}"`)
      // Akeneo lets a channel use activated currencies only; a file that forgot to say so is taken at its word.
      catalog.currencies.set(currency, { code: currency, enabled: true })
    }
    const units = row.list('conversion_units').map((pair) => pair.split(':').map((part) => part.trim()))
    catalog.channels.set(code(row), {
      code: code(row),
      // As the database joins them after an import: by id.
      locales: row.list('locales').sort(),
      currencies: row.list('currencies'),
      category_tree: tree,
      conversion_units: Object.fromEntries(units.map(([attribute = '', unit = '']) => [attribute, unit])),
      labels: labelsOf(table, row),
    })
  }
}

function loadAttributeGroups({ catalog }: Pim, table: Table | undefined, at: number): void {
  for (const row of table?.rows ?? []) {
    catalog.attributeGroups.set(code(row), {
      code: code(row),
      sort_order: Number(row.get('sort_order') || 0),
      labels: table === undefined ? {} : labelsOf(table, row),
      created: at,
      updated: at,
    })
  }
}

const KNOWN_TYPES = new Set([
  'pim_catalog_identifier',
  'pim_catalog_text',
  'pim_catalog_textarea',
  'pim_catalog_number',
  'pim_catalog_metric',
  'pim_catalog_price_collection',
  'pim_catalog_simpleselect',
  'pim_catalog_multiselect',
  'pim_catalog_boolean',
  'pim_catalog_date',
  'pim_catalog_file',
  'pim_catalog_image',
  'pim_catalog_table',
  'pim_catalog_asset_collection',
  'pim_reference_data_simpleselect',
  'pim_reference_data_multiselect',
  'akeneo_reference_entity',
  'akeneo_reference_entity_collection',
])

function loadAttributes({ catalog, settings }: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const type = row.get('type').trim()
    if (!KNOWN_TYPES.has(type)) throw row.fail('type', `unknown attribute type "${type}"`)
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
    const attribute = attributeOf(table, row, type, group, settings.timezone)
    catalog.attributes.set(code(row), { ...attribute, created: at, updated: at })
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
  const whole = (column: string) => {
    const cell = text(column)
    if (cell !== null && !/^\d+$/.test(cell))
      throw row.fail(column, `a whole number is expected, "${cell}" found`)
    return cell === null ? null : Number(cell)
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
    ...newAttribute(code(row), type, group),
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
    number_min: text('number_min'),
    number_max: text('number_max'),
    decimals_allowed: flag('decimals_allowed', isAmount),
    negative_allowed: flag(
      'negative_allowed',
      type === 'pim_catalog_number' || type === 'pim_catalog_metric',
    ),
    date_min: day('date_min'),
    date_max: day('date_max'),
    max_file_size: text('max_file_size'),
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

function loadOptions({ catalog }: Pim, table: Table | undefined): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const attribute = catalog.attributes.get(row.get('attribute').trim())
    if (attribute === undefined) throw row.fail('attribute', `unknown attribute "${row.get('attribute')}"`)
    const options = catalog.options.get(attribute.code) ?? new CodeMap()
    catalog.options.set(attribute.code, options)
    options.set(code(row), {
      code: code(row),
      attribute: attribute.code,
      sort_order: Number(row.get('sort_order') || 0),
      labels: labelsOf(table, row),
    })
  }
}

function attributeList({ catalog }: Pim, row: Row, column: string): string[] {
  return row.list(column).map((name) => {
    const attribute = catalog.attributes.get(name)
    if (attribute === undefined) throw row.fail(column, `unknown attribute "${name}"`)
    return attribute.code
  })
}

function loadFamilies(pim: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  const { catalog } = pim
  const identifier = catalog.mainIdentifier().code
  for (const row of table.rows) {
    const requirements: Record<string, string[]> = {}
    for (const column of table.columns) {
      if (!column.startsWith('requirements-')) continue
      const channel = catalog.channels.get(column.slice('requirements-'.length))
      if (channel === undefined) throw table.fail(1, column, 'unknown channel')
      requirements[channel.code] = attributeList(pim, row, column)
    }
    for (const channel of catalog.channels.codes()) requirements[channel] ??= [identifier]
    const attributes = attributeList(pim, row, 'attributes')
    catalog.families.set(code(row), {
      code: code(row),
      attributes: attributes.includes(identifier) ? attributes : [identifier, ...attributes],
      attribute_as_label: row.get('attribute_as_label').trim() || identifier,
      attribute_as_image: row.get('attribute_as_image').trim() || null,
      attribute_requirements: requirements,
      labels: labelsOf(table, row),
      created: at,
      updated: at,
    })
  }
}

function loadFamilyVariants(pim: Pim, table: Table | undefined): void {
  if (table === undefined) return
  const { catalog } = pim
  // After an import the database joins attributes in the order of their making.
  const made = new Map([...catalog.attributes.codes()].map((name, index) => [name, index]))
  for (const row of table.rows) {
    const family = catalog.families.get(row.get('family').trim())
    if (family === undefined) throw row.fail('family', `unknown family "${row.get('family')}"`)
    const sets: VariantAttributeSet[] = []
    for (const level of [1, 2]) {
      const axes = attributeList(pim, row, `variant-axes_${level}`)
      if (axes.length === 0) break
      const attributes = attributeList(pim, row, `variant-attributes_${level}`)
      sets.push({ level, axes, attributes: [...new Set([...axes, ...attributes])] })
    }
    if (sets.length === 0) throw row.fail('variant-axes_1', 'an axis is expected')
    catalog.familyVariants.set(code(row), {
      code: code(row),
      family: family.code,
      labels: labelsOf(table, row),
      variant_attribute_sets: onLastLevel(sets, uniqueAttributes(pim, family.attributes)).map((set) => ({
        ...set,
        attributes: [...set.attributes].sort((a, b) => (made.get(a) ?? 0) - (made.get(b) ?? 0)),
      })),
    })
  }
}

function uniqueAttributes({ catalog }: Pim, codes: readonly string[]): string[] {
  return codes.filter((name) => {
    const attribute = catalog.attributes.get(name)
    return attribute?.unique === true || attribute?.type === 'pim_catalog_identifier'
  })
}

/** Identifiers and unique values can only stand on the variants themselves. */
export function onLastLevel(
  sets: readonly VariantAttributeSet[],
  unique: readonly string[],
): VariantAttributeSet[] {
  return sets.map((set, index) => {
    const others = set.attributes.filter((name) => !unique.includes(name))
    const attributes = index === sets.length - 1 ? [...new Set([...set.attributes, ...unique])] : others
    return { ...set, attributes }
  })
}

function loadAssociationTypes({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.associationTypes.set(code(row), {
      code: code(row),
      labels: table === undefined ? {} : labelsOf(table, row),
      is_quantified: row.flag('is_quantified', false),
      is_two_way: row.flag('is_two_way', false),
    })
  }
}

function loadGroups({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.groups.set(code(row), {
      code: code(row),
      type: row.get('type'),
      labels: table === undefined ? {} : labelsOf(table, row),
    })
  }
}

/** Akeneo has no import file for measures; ours is the answer of its API, saved. */
function loadMeasurementFamilies({ catalog }: Pim, folder: string): void {
  const file = join(folder, 'measurement_families.json')
  if (!existsSync(file)) return
  let families: Json
  try {
    families = JSON.parse(readFileSync(file, 'utf8')) as Json
  } catch (error) {
    throw new CatalogFileError(file, (error as Error).message)
  }
  if (!Array.isArray(families))
    throw new CatalogFileError(file, 'a JSON array of measurement families is expected')
  for (const family of families as unknown as MeasurementFamily[]) {
    catalog.measurementFamilies.set(family.code, family)
  }
}
