import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asLoaded } from '../catalog/loaded.ts'
import type { Attribute, Product, ProductModel, Value } from '../catalog/records.ts'
import { isObject, phpString, type Json } from '../json.ts'
import type { Pim } from '../pim.ts'
import { bytesOf } from '../resources/media-files.ts'
import { writeTable, type Line } from './write-table.ts'

/** Writes models and products with their own values, and the files that these name. Rows are made one at a time. */
export function exportProducts(pim: Pim, folder: string): Record<string, number> {
  const { catalog } = pim
  const identifier = catalog.mainIdentifier().code
  const written = new Set<string>()
  const toLine = (record: Product | ProductModel): Line => ({
    ...fieldsOf(record, identifier),
    categories: record.categories.join(','),
    ...valuesOf(pim, folder, record, written),
    ...linksOf(pim, record),
  })
  const write = (name: string, fields: string[], records: () => Iterable<Product | ProductModel>) => {
    // The header comes first, and only the records know which columns there are: they are gone through twice.
    const columns = new Set<string>()
    for (const record of records()) {
      for (const [column, cell] of Object.entries(toLine(record))) if (cell !== '') columns.add(column)
    }
    for (const field of fields) columns.delete(field)
    return writeTable(folder, name, [...fields, ...[...columns].sort()], lines(records(), toLine))
  }
  return {
    'product_models.csv': write('product_models.csv', MODEL_FIELDS, () =>
      rootsFirst(catalog.modelsInOrder()),
    ),
    'products.csv': write('products.csv', ['uuid', identifier, ...PRODUCT_FIELDS], () =>
      catalog.products.values(),
    ),
  }
}

const MODEL_FIELDS = ['code', 'family_variant', 'parent', 'categories']
const PRODUCT_FIELDS = ['family', 'parent', 'enabled', 'groups', 'categories']

function* lines(records: Iterable<Product | ProductModel>, toLine: (record: Product | ProductModel) => Line) {
  for (const record of records) yield toLine(record)
}

function rootsFirst(models: readonly ProductModel[]): ProductModel[] {
  return [
    ...models.filter(({ parent }) => parent === null),
    ...models.filter(({ parent }) => parent !== null),
  ]
}

function fieldsOf(record: Product | ProductModel, identifier: string): Line {
  if (record.kind === 'product_model') {
    return { code: record.code, family_variant: record.family_variant, parent: record.parent }
  }
  return {
    uuid: record.uuid,
    [identifier]: record.identifier,
    family: record.family,
    parent: record.parent,
    enabled: record.enabled,
    groups: record.groups.join(','),
  }
}

function valuesOf(
  pim: Pim,
  folder: string,
  record: Product | ProductModel,
  written: Set<string>,
): Record<string, string> {
  const cells: Record<string, string> = {}
  const owner = record.kind === 'product' ? (record.identifier ?? record.uuid) : record.code
  for (const [code, values] of record.values) {
    const attribute = pim.catalog.attributes.get(code)
    if (attribute === undefined) continue
    for (const value of values) {
      const column = [code, value.locale, value.scope].filter((part) => part !== null).join('-')
      if (attribute.type === 'pim_catalog_image' || attribute.type === 'pim_catalog_file') {
        cells[column] = fileOf(pim, folder, `files/${owner}/${column}`, phpString(value.data), written)
      } else for (const [name, cell] of cellsOf(attribute, column, value)) cells[name] = cell
    }
  }
  return cells
}

function cellsOf({ type }: Attribute, column: string, { data }: Value): [column: string, cell: string][] {
  switch (type) {
    case 'pim_catalog_metric': {
      const { amount, unit } = isObject(data) ? data : {}
      return [
        [column, phpString(amount)],
        [`${column}-unit`, phpString(unit)],
      ]
    }
    case 'pim_catalog_price_collection':
      return (Array.isArray(data) ? data : []).flatMap((price): [string, string][] =>
        isObject(price) ? [[`${column}-${phpString(price['currency'])}`, phpString(price['amount'])]] : [],
      )
    case 'pim_catalog_boolean':
      return [[column, data === true ? '1' : '0']]
    case 'pim_catalog_date':
      return [[column, phpString(data).slice(0, 10)]]
    default:
      return [[column, text(data)]]
  }
}

function text(data: Json): string {
  if (Array.isArray(data) && data.every((item) => typeof item === 'string')) return data.join(',')
  return typeof data === 'object' && data !== null ? JSON.stringify(data) : phpString(data)
}

/** As Akeneo lays them out: a folder per record and column, the file under its own name. */
function fileOf({ catalog }: Pim, folder: string, place: string, code: string, written: Set<string>): string {
  const file = catalog.mediaFiles.get(code)
  if (file === undefined) return ''
  // Codes of products hold slashes, and might hold dots: nothing is written outside of the folder.
  const safe = place.replace(/(^|\/)\.+(?=\/)/g, '$1_')
  const path = `${safe}/${file.original_filename.replaceAll('/', '_')}`
  if (!written.has(path)) {
    written.add(path)
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytesOf(file))
  }
  return path
}

function linksOf({ catalog }: Pim, stored: Product | ProductModel): Record<string, string> {
  const record = asLoaded(catalog, stored)
  const cells: Record<string, string> = {}
  for (const [type, { products, product_models: models, groups }] of record.associations) {
    const found = products.flatMap((uuid) => catalog.products.peek(uuid) ?? [])
    cells[`${type}-products`] = found.flatMap(({ identifier }) => identifier ?? []).join(',')
    // Those without an identifier can be named by uuid alone.
    cells[`${type}-product_uuids`] = found
      .flatMap(({ identifier, uuid }) => (identifier === null ? uuid : []))
      .join(',')
    cells[`${type}-product_models`] = models.join(',')
    cells[`${type}-groups`] = groups.join(',')
  }
  for (const [type, { products, product_models: models }] of record.quantified) {
    const named = products.flatMap(({ key, quantity }) => {
      const identifier = catalog.products.peek(key)?.identifier ?? undefined
      return identifier === undefined ? [] : [{ key: identifier, quantity }]
    })
    for (const [kind, entries] of [
      ['products', named],
      ['product_models', models],
    ] as const) {
      cells[`${type}-${kind}`] = entries.map(({ key }) => key).join(',')
      cells[`${type}-${kind}-quantity`] = entries.map(({ quantity }) => quantity).join('|')
    }
  }
  return cells
}
