import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { uuidFrom } from '../catalog/deterministic.ts'
import type { Product, ProductModel } from '../catalog/records.ts'
import { installConstants } from '../install/empty-pim.ts'
import type { Pim } from '../pim.ts'
import { IMPORT_BEGAN, importDates } from './import-dates.ts'
import { loadRecordFamilies } from './load-record-families.ts'
import { loadStructure } from './load-structure.ts'
import { readLinks } from './read-links.ts'
import { readValues } from './read-values.ts'
import { UUID } from '../write/associations.ts'
import { CatalogFileError, readTable, type Row, type Table } from './table.ts'
import { readColumns } from './value-columns.ts'

/** Fills a PIM from a folder of Akeneo's CSV import files. */
export function loadCatalog(pim: Pim, folder: string): void {
  checkFolder(folder)
  installConstants(pim)
  loadStructure(pim, folder, IMPORT_BEGAN)
  loadRecords(pim, folder, { partial: false })
}

/** Adds to a PIM what a folder has, in which any file may be missing; what the PIM has already of its structure stays as it is. */
export function loadOverlay(pim: Pim, folder: string): void {
  checkFolder(folder)
  loadStructure(pim, folder, IMPORT_BEGAN, { partial: true })
  loadRecordFamilies(pim, folder)
  loadRecords(pim, folder, { partial: true })
}

function checkFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return
  throw new CatalogFileError(folder, 'there is no such folder')
}

function loadRecords(pim: Pim, folder: string, { partial }: { partial: boolean }): void {
  const nextDate = importDates()
  const models = readTable(join(folder, 'product_models.csv'), ['code', 'family_variant'], true)
  const identifier = pim.catalog.mainIdentifier().code
  const products = readTable(join(folder, 'products.csv'), [identifier], partial)
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
  const seen = new Set<string>()
  for (const row of rootFirst) {
    const code = row.get('code').trim()
    if (code === '') throw row.fail('code', 'a code is expected')
    if (seen.has(code.toLowerCase())) throw row.fail('code', `the product model "${code}" is there twice`)
    seen.add(code.toLowerCase())
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
    const given = row.get('uuid').trim()
    if (given !== '' && !UUID.test(given)) throw row.fail('uuid', `a uuid is expected, "${given}" found`)
    const uuid = given.toLowerCase() || uuidFrom(identifier ?? `line ${row.line}`)
    if (catalog.products.get(uuid) !== undefined)
      throw row.fail('uuid', `the product "${uuid}" is there twice`)
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
