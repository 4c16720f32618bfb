import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { mediaCode, uuidFrom } from '../catalog/deterministic.ts'
import { belongsHere } from '../catalog/levels.ts'
import { isDecimal, printedAmount, printedNumber } from '../catalog/numbers.ts'
import type {
  Attribute,
  Links,
  MediaFile,
  Product,
  ProductModel,
  QuantifiedLinks,
  Value,
} from '../catalog/records.ts'
import { fromWallClock, isoDate } from '../dates.ts'
import { installConstants } from '../install/empty-pim.ts'
import type { Json, JsonObject } from '../json.ts'
import { mimeTypeOf } from '../media-types.ts'
import type { Pim } from '../pim.ts'
import { loadStructure } from './load-structure.ts'
import { CatalogFileError, readTable, type Row, type Table } from './table.ts'
import { readColumns, type LinkTarget, type ValueColumn } from './value-columns.ts'

/** Records of a loaded catalogue are dated as an import would have dated them: about twenty a second. */
const IMPORT_BEGAN = Date.parse('2026-01-05T08:00:00Z')
const RECORDS_PER_SECOND = 20

/** Fills a PIM from a folder of Akeneo's CSV import files. */
export function loadCatalog(pim: Pim, folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CatalogFileError(folder, 'there is no such folder')
  }
  installConstants(pim)
  loadStructure(pim, folder, IMPORT_BEGAN)

  let loaded = 0
  const nextDate = () => IMPORT_BEGAN + Math.floor(loaded++ / RECORDS_PER_SECOND) * 1000
  const models = readTable(join(folder, 'product_models.csv'), ['code', 'family_variant'], true)
  const identifier = pim.catalog.mainIdentifier().code
  const products = readTable(join(folder, 'products.csv'), [identifier])
  // Links may name products that come later, so they are set when everything is there.
  const setLinks = [
    ...(models === undefined ? [] : loadModels(pim, folder, models, nextDate)),
    ...(products === undefined ? [] : loadProducts(pim, folder, products, identifier, nextDate)),
  ]
  for (const link of setLinks) link()
}

type SetLinks = () => void

const MODEL_FIELDS = new Set(['code', 'family_variant', 'parent', 'categories'])

function loadModels(pim: Pim, folder: string, table: Table, nextDate: () => number): SetLinks[] {
  const { catalog } = pim
  const columns = readColumns(table, catalog, MODEL_FIELDS)
  // Sub-models name their parents, which Akeneo takes in any order of the file.
  const rootFirst = [...table.rows].sort(
    (a, b) => Number(a.get('parent') !== '') - Number(b.get('parent') !== ''),
  )
  const links: SetLinks[] = []
  for (const row of rootFirst) {
    const code = row.get('code').trim()
    if (code === '') throw row.fail('code', 'a code is expected')
    const variant = catalog.familyVariants.get(row.get('family_variant').trim())
    if (variant === undefined) {
      throw row.fail('family_variant', `unknown family variant "${row.get('family_variant')}"`)
    }
    const parent = parentOf(pim, row)
    const date = nextDate()
    const empty: ProductModel = {
      kind: 'product_model',
      code,
      family: variant.family,
      family_variant: variant.code,
      parent,
      categories: categoriesOf(pim, row, parent),
      values: new Map(),
      associations: new Map(),
      quantified: new Map(),
      created: date,
      updated: date,
    }
    catalog.setModel({ ...empty, values: readValues(pim, folder, row, columns, empty) })
    links.push(() => {
      const model = catalog.models.get(code)
      if (model !== undefined) catalog.setModel({ ...model, ...readLinks(pim, row, columns) })
    })
  }
  return links
}

function loadProducts(
  pim: Pim,
  folder: string,
  table: Table,
  identifierColumn: string,
  nextDate: () => number,
): SetLinks[] {
  const { catalog } = pim
  const fields = new Set(['uuid', identifierColumn, 'categories', 'enabled', 'family', 'parent', 'groups'])
  const columns = readColumns(table, catalog, fields)
  const links: SetLinks[] = []
  for (const row of table.rows) {
    const identifier = row.get(identifierColumn).trim() || null
    if (identifier !== null && catalog.products.byIdentifier(identifier) !== undefined) {
      throw row.fail(identifierColumn, `the product "${identifier}" is there twice`)
    }
    const uuid = row.get('uuid').trim().toLowerCase() || uuidFrom(identifier ?? `line ${row.line}`)
    const parent = parentOf(pim, row)
    const family = familyOf(pim, row, parent)
    const date = nextDate()
    const empty: Product = {
      kind: 'product',
      uuid,
      identifier,
      enabled: row.flag('enabled', true),
      family,
      parent,
      groups: row.list('groups').map((group) => {
        const known = catalog.groups.get(group)
        if (known === undefined) throw row.fail('groups', `unknown group "${group}"`)
        return known.code
      }),
      categories: categoriesOf(pim, row, parent),
      values: new Map(),
      associations: new Map(),
      quantified: new Map(),
      created: date,
      updated: date,
    }
    catalog.products.set({ ...empty, values: readValues(pim, folder, row, columns, empty) })
    links.push(() => {
      const product = catalog.products.get(uuid)
      if (product !== undefined) catalog.products.set({ ...product, ...readLinks(pim, row, columns) })
    })
  }
  return links
}

function parentOf({ catalog }: Pim, row: Row): string | null {
  const parent = row.get('parent').trim()
  if (parent === '') return null
  const model = catalog.models.get(parent)
  if (model === undefined) throw row.fail('parent', `unknown product model "${parent}"`)
  return model.code
}

function familyOf({ catalog }: Pim, row: Row, parent: string | null): string | null {
  const code = row.get('family').trim()
  if (code === '') return parent === null ? null : (catalog.models.get(parent)?.family ?? null)
  const family = catalog.families.get(code)
  if (family === undefined) throw row.fail('family', `unknown family "${code}"`)
  return family.code
}

/** Like values, the categories of a variant repeat those of its models. */
function categoriesOf({ catalog }: Pim, row: Row, parent: string | null): string[] {
  const inherited = new Set(catalog.ancestors({ parent }).flatMap((model) => model.categories))
  return row
    .list('categories')
    .map((code) => {
      const category = catalog.categories.get(code)
      if (category === undefined) throw row.fail('categories', `unknown category "${code}"`)
      return category.code
    })
    .filter((code) => !inherited.has(code))
    .sort()
}

/** The values of a row that belong to its own level: exports repeat on every variant what its models hold. */
function readValues(
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

/** The code depends on the path alone, so a file that was left out of the folder has one too. */
function readFile({ catalog }: Pim, folder: string, cell: string): string {
  const path = join(folder, cell)
  const name = basename(cell)
  const code = mediaCode(cell, name)
  if (catalog.mediaFiles.has(code)) return code
  const extension = extname(name).slice(1).toLowerCase()
  const there = existsSync(path) && statSync(path).isFile()
  const content: MediaFile['content'] = there ? { path } : standIn(cell)
  catalog.mediaFiles.set(code, {
    code,
    original_filename: name,
    mime_type: mimeTypeOf(extension),
    extension,
    size: Buffer.isBuffer(content) ? content.length : statSync(path).size,
    content,
    hash: createHash('sha1')
      .update(there ? readFileSync(path) : cell)
      .digest('hex'),
    created: IMPORT_BEGAN,
    updated: IMPORT_BEGAN,
  })
  return code
}

function readLinks(
  pim: Pim,
  row: Row,
  columns: ValueColumn[],
): { associations: Map<string, Links>; quantified: Map<string, QuantifiedLinks> } {
  const associations = new Map<string, Links>()
  const quantified = new Map<string, QuantifiedLinks>()
  for (const column of columns) {
    if (column.kind !== 'association' || row.get(column.name).trim() === '') continue
    const { type, target } = column
    const keys = row.list(column.name).map((code) => linkKey(pim, row, column.name, target, code))
    const isQuantified = pim.catalog.associationTypes.get(type)?.is_quantified === true
    if (isQuantified && (target === 'products' || target === 'product_models')) {
      const quantities = row
        .get(`${column.name}-quantity`)
        .split(/[|,]/)
        .map((text) => text.trim())
      const links = keys.map((key, index) => {
        const quantity = Number(quantities[index])
        if (!Number.isInteger(quantity) || quantity < 1) {
          throw row.fail(`${column.name}-quantity`, 'a quantity is expected for each link, separated by "|"')
        }
        return { key, quantity }
      })
      const known = quantified.get(type) ?? { products: [], product_models: [] }
      quantified.set(type, { ...known, [target]: links })
      continue
    }
    const known = associations.get(type) ?? { products: [], product_models: [], groups: [] }
    const kind = target === 'product_uuids' ? 'products' : target
    associations.set(type, { ...known, [kind]: [...known[kind], ...keys] })
  }
  return { associations, quantified }
}

function linkKey({ catalog }: Pim, row: Row, column: string, target: LinkTarget, code: string): string {
  if (target === 'product_uuids') {
    if (catalog.products.get(code.toLowerCase()) === undefined)
      throw row.fail(column, `unknown product "${code}"`)
    return code.toLowerCase()
  }
  if (target === 'products') {
    const product = catalog.products.byIdentifier(code)
    if (product === undefined) throw row.fail(column, `unknown product "${code}"`)
    return product.uuid
  }
  const found = target === 'groups' ? catalog.groups.get(code) : catalog.models.get(code)
  if (found === undefined)
    throw row.fail(column, `unknown ${target === 'groups' ? 'group' : 'product model'} "${code}"`)
  return found.code
}

/** What stands for an image that the folder lacks: it begins as its extension says, because Akeneo checks that on each save. */
function standIn(cell: string): Buffer {
  const extension = cell.slice(cell.lastIndexOf('.') + 1).toLowerCase()
  return Buffer.concat([Buffer.from(signatures[extension] ?? []), Buffer.from(`no content for ${cell}\n`)])
}

const signatures: Readonly<Record<string, number[]>> = {
  jpg: [0xff, 0xd8, 0xff, 0xe0],
  jpeg: [0xff, 0xd8, 0xff, 0xe0],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  gif: [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
}
