import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeMap } from '../codes.ts'
import type { MeasurementFamily } from '../catalog/records.ts'
import type { Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { loadAttributes } from './load-attributes.ts'
import { loadFamilies, loadFamilyVariants } from './load-families.ts'
import { codeOf, labelsOf, wholeOf } from './structure-cells.ts'
import { CatalogFileError, readTable, type Row, type Table } from './table.ts'

/** Loads everything that products refer to, in the order in which Akeneo itself imports it. */
export function loadStructure(
  pim: Pim,
  folder: string,
  at: number,
  { partial = false }: { partial?: boolean } = {},
): void {
  const file = (name: string) => join(folder, name)
  const { catalog } = pim
  /** Of an overlay only what is new. */
  const read = (
    name: string,
    columns: string[],
    optional: boolean,
    known: { has(code: string): boolean } = { has: () => false },
  ) => {
    const table = readTable(file(name), columns, optional || partial)
    if (table === undefined) return undefined
    checkLabels(pim, table)
    checkOnce(table, columns.includes('attribute') ? ['attribute', 'code'] : ['code'])
    if (!partial) return table
    return { ...table, rows: table.rows.filter((row) => !known.has(row.get('code').trim())) }
  }
  loadLocales(pim, read('locales.csv', ['code'], true, catalog.locales))
  loadCurrencies(pim, read('currencies.csv', ['code', 'activated'], true, catalog.currencies))
  loadMeasurementFamilies(pim, folder)
  loadCategories(pim, read('categories.csv', ['code', 'parent'], false, catalog.categories), at)
  const channels = read('channels.csv', ['code', 'locales', 'currencies', 'tree'], false, catalog.channels)
  loadChannels(pim, channels)
  loadAttributeGroups(pim, read('attribute_groups.csv', ['code'], true, catalog.attributeGroups), at)
  loadAttributes(pim, read('attributes.csv', ['code', 'type', 'group'], false, catalog.attributes), at)
  checkConversionUnits(pim, channels)
  loadOptions(pim, read('attribute_options.csv', ['code', 'attribute'], true))
  loadFamilies(
    pim,
    read('families.csv', ['code', 'attributes', 'attribute_as_label'], false, catalog.families),
    at,
  )
  loadFamilyVariants(
    pim,
    read('family_variants.csv', ['code', 'family', 'variant-axes_1'], true, catalog.familyVariants),
  )
  loadAssociationTypes(pim, read('association_types.csv', ['code'], true, catalog.associationTypes))
  loadGroups(pim, read('groups.csv', ['code', 'type'], true, catalog.groups))
}

function loadLocales({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) catalog.locales.set(codeOf(row), codeOf(row))
}

function loadCurrencies({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.currencies.set(codeOf(row), { code: codeOf(row), enabled: row.flag('activated', false) })
  }
}

function loadCategories({ catalog }: Pim, table: Table | undefined, at: number): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const parent = row.get('parent').trim()
    if (parent !== '' && !catalog.categories.has(parent)) {
      throw row.fail('parent', `unknown category "${parent}"; a parent comes before its children`)
    }
    catalog.categories.set({
      code: codeOf(row),
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
    catalog.channels.set(codeOf(row), {
      code: codeOf(row),
      // As the database joins them after an import: by id.
      locales: row.list('locales').sort(),
      currencies: row.list('currencies'),
      category_tree: tree,
      conversion_units: Object.fromEntries(unitsOf(row)),
      labels: labelsOf(table, row),
    })
  }
}

const unitsOf = (row: Row): [attribute: string, unit: string][] =>
  row.list('conversion_units').map((pair) => {
    const [attribute = '', unit = ''] = pair.split(':').map((part) => part.trim())
    if (attribute === '' || unit === '')
      throw row.fail('conversion_units', `"${pair}" is no pair of an attribute and a unit, like weight:GRAM`)
    return [attribute, unit]
  })

/** Channels come before the attributes that their units name. */
function checkConversionUnits({ catalog }: Pim, channels: Table | undefined): void {
  for (const row of channels?.rows ?? []) {
    for (const [attribute] of unitsOf(row)) {
      if (!catalog.attributes.has(attribute))
        throw row.fail('conversion_units', `unknown attribute "${attribute}"`)
    }
  }
}

function checkLabels({ catalog }: Pim, table: Table): void {
  for (const column of table.columns) {
    const locale = /^(?:label|guidelines)-(.+)$/.exec(column)?.[1]
    if (locale !== undefined && !catalog.locales.has(locale))
      throw table.fail(1, column, `unknown locale "${locale}"`)
  }
}

/** An import takes the second row for a change of the first; in an export there is none. */
function checkOnce(table: Table, key: readonly string[]): void {
  const seen = new Set<string>()
  for (const row of table.rows) {
    const code = row.get('code').trim()
    const name = key.map((column) => row.get(column).trim().toLowerCase()).join('\n')
    if (code !== '' && seen.has(name)) throw row.fail('code', `the code "${code}" is there twice`)
    seen.add(name)
  }
}

function loadAttributeGroups({ catalog }: Pim, table: Table | undefined, at: number): void {
  for (const row of table?.rows ?? []) {
    catalog.attributeGroups.set(codeOf(row), {
      code: codeOf(row),
      sort_order: wholeOf(row, 'sort_order') ?? 0,
      labels: table === undefined ? {} : labelsOf(table, row),
      created: at,
      updated: at,
    })
  }
}

function loadOptions({ catalog }: Pim, table: Table | undefined): void {
  if (table === undefined) return
  for (const row of table.rows) {
    const attribute = catalog.attributes.get(row.get('attribute').trim())
    if (attribute === undefined) throw row.fail('attribute', `unknown attribute "${row.get('attribute')}"`)
    const options = catalog.options.get(attribute.code) ?? new CodeMap()
    catalog.options.set(attribute.code, options)
    options.set(codeOf(row), {
      code: codeOf(row),
      attribute: attribute.code,
      sort_order: wholeOf(row, 'sort_order') ?? 0,
      labels: labelsOf(table, row),
    })
  }
}

function loadAssociationTypes({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.associationTypes.set(codeOf(row), {
      code: codeOf(row),
      labels: table === undefined ? {} : labelsOf(table, row),
      is_quantified: row.flag('is_quantified', false),
      is_two_way: row.flag('is_two_way', false),
    })
  }
}

function loadGroups({ catalog }: Pim, table: Table | undefined): void {
  for (const row of table?.rows ?? []) {
    catalog.groups.set(codeOf(row), {
      code: codeOf(row),
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
