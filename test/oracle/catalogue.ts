import { parse } from 'csv-parse/sync'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { standardUnits } from './standard-units.ts'

/*
 * Akeneo's CSV import files, read as plainly as can be. Shares no code with the product on purpose: two readings that agree
 * say more than one reading tested against itself.
 */

export type Row = Record<string, string>
export interface Entry {
  locale: string | null
  scope: string | null
  data: unknown
}
export interface Own {
  /** What the record itself holds, without what it inherits. */
  values: Record<string, Entry[]>
  categories: string[]
  /** `TYPE` to partner codes, as the file lists them. */
  products: Record<string, string[]>
  models: Record<string, string[]>
  /** What it is put together from, by quantified type; import files are read without. */
  parts?: Record<string, Part[]>
}
export interface Part {
  kind: 'product' | 'group'
  key: string
  quantity: number
}
export interface Model extends Own {
  code: string
  familyVariant: string
  parent: string | null
}
export interface Product extends Own {
  /** The identifier, or null. */
  sku: string | null
  uuid: string | null
  enabled: boolean
  family: string | null
  parent: string | null
  /** The row as it stands in the file. */
  cells: Row
}
export interface Category {
  code: string
  parent: string | null
  labels: Record<string, string>
}
export interface NamedRecord {
  labels: Record<string, string>
  /** Path of its picture. */
  image: string | null
}
export interface Catalogue {
  attributes: Row[]
  options: Row[]
  families: Row[]
  familyVariants: Row[]
  channels: Row[]
  associationTypes: Row[]
  /** Units by measurement family. Akeneo has no import file for them: the folder may hold its API's answer. */
  units: Map<string, string[]>
  /** Reference entity records and assets, by family and code. Akeneo has no import files for them. */
  records: Map<string, NamedRecord>
  categories: Category[]
  models: Model[]
  products: Product[]
}

export const list = (cell: string | undefined): string[] =>
  (cell ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export const same = (a: string | null | undefined, b: string | null | undefined): boolean =>
  (a ?? '').toLowerCase() === (b ?? '').toLowerCase()

export function labelsOf(row: Row): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [column, cell] of Object.entries(row)) {
    if (column.startsWith('label-') && cell !== '') labels[column.slice(6)] = cell
  }
  return labels
}

/** `overlay`: a folder whose rows come behind those of `dir`, save codes that are there already. */
export function readCatalogue(dir: string, overlay?: string): Catalogue {
  const read = (name: string): Row[] => {
    const rows = readTable(dir, name)
    const more = overlay === undefined ? [] : readTable(overlay, name)
    return [...rows, ...more.filter(({ code }) => !code || !rows.some((row) => row['code'] === code))]
  }
  const readTable = (folder: string, name: string): Row[] => {
    const file = join(folder, `${name}.csv`)
    return existsSync(file)
      ? parse<Row>(readFileSync(file), { columns: true, delimiter: ';', bom: true, skip_empty_lines: true })
      : []
  }
  const attributes = read('attributes')
  const familyVariants = read('family_variants')
  const families = read('families')
  const structure = { attributes, familyVariants, families }
  const modelRows = read('product_models')
  const productRows = read('products')
  const identifier = mainIdentifier(attributes)

  const models = modelRows.map((row): Model => {
    const level = row['parent'] ? 1 : 0
    return {
      code: row['code'] ?? '',
      familyVariant: row['family_variant'] ?? '',
      parent: row['parent'] || null,
      ...ownOf(row, structure, (attribute) =>
        belongs(attribute, row['family_variant'] ?? '', level, structure),
      ),
    }
  })
  const products = productRows.map((row): Product => {
    const parent = models.find((model) => row['parent'] && same(model.code, row['parent']))
    const level = parent?.parent ? 2 : 1
    return {
      sku: row[identifier] || null,
      uuid: row['uuid'] || null,
      enabled: row['enabled'] !== '0' && row['enabled'] !== 'false',
      family: row['family'] || (parent ? familyOf(parent.familyVariant, structure) : null),
      parent: parent?.code ?? null,
      cells: row,
      ...ownOf(
        row,
        structure,
        (attribute) =>
          attribute !== identifier &&
          (parent === undefined || belongs(attribute, parent.familyVariant, level, structure)),
      ),
    }
  })
  const unitsFile = join(dir, 'measurement_families.json')
  return {
    attributes,
    options: read('attribute_options'),
    families,
    familyVariants,
    channels: read('channels'),
    associationTypes: read('association_types'),
    units: existsSync(unitsFile) ? readUnits(unitsFile) : standardUnits,
    records: overlay === undefined ? new Map<string, NamedRecord>() : readRecords(overlay),
    categories: read('categories').map((row) => ({
      code: row['code'] ?? '',
      parent: row['parent'] || null,
      labels: labelsOf(row),
    })),
    models,
    products,
  }
}

export function mainIdentifier(attributes: Row[]): string {
  const all = attributes.filter((row) => row['type'] === 'pim_catalog_identifier')
  return (all.find((row) => row['is_main_identifier'] === '1') ?? all[0])?.['code'] ?? 'sku'
}

type Structure = Pick<Catalogue, 'attributes' | 'familyVariants' | 'families'>

const familyOf = (variant: string, { familyVariants }: Structure): string | null =>
  familyVariants.find((row) => same(row['code'], variant))?.['family'] ?? null

/** 0, 1 or 2; identifiers and unique attributes stand on the lowest level. */
export function levelOf(
  attribute: string,
  variant: string,
  { familyVariants, attributes }: Structure,
): number {
  const row = familyVariants.find((candidate) => same(candidate['code'], variant)) ?? {}
  const depth = row['variant-axes_2'] ? 2 : 1
  const definition = attributes.find((candidate) => same(candidate['code'], attribute)) ?? {}
  if (definition['unique'] === '1' || definition['type'] === 'pim_catalog_identifier') return depth
  for (const level of [2, 1]) {
    const cells = [...list(row[`variant-axes_${level}`]), ...list(row[`variant-attributes_${level}`])]
    if (cells.some((code) => same(code, attribute))) return level
  }
  return 0
}

/** Exports repeat on each level what it inherits; only what a level owns counts there. */
export function belongs(attribute: string, variant: string, level: number, structure: Structure): boolean {
  const family = structure.families.find((row) => same(row['code'], familyOf(variant, structure)))
  const inFamily = list(family?.['attributes']).some((code) => same(code, attribute))
  return inFamily && levelOf(attribute, variant, structure) === level
}

function ownOf(row: Row, { attributes }: Structure, keep: (attribute: string) => boolean): Own {
  const own: Own = { values: {}, categories: list(row['categories']), products: {}, models: {} }
  for (const [column, cell] of Object.entries(row)) {
    const [, type, target] = /^(.+)-(products|product_models)$/.exec(column) ?? []
    if (type !== undefined) {
      const links = target === 'products' ? own.products : own.models
      if (list(cell).length > 0) links[type] = list(cell)
      continue
    }
    const [code = '', ...suffixes] = column.split('-')
    const attribute = attributes.find((candidate) => candidate['code'] === code)
    if (!attribute || cell.trim() === '' || suffixes.at(-1) === 'unit' || !keep(code)) continue
    const locale = attribute['localizable'] === '1' ? (suffixes.shift() ?? null) : null
    const scope = attribute['scopable'] === '1' ? (suffixes.shift() ?? null) : null
    const entries = (own.values[code] ??= [])
    const entry = entries.find((candidate) => candidate.locale === locale && candidate.scope === scope)
    const data = dataOf(cell, attribute, row[`${column}-unit`], suffixes[0])
    if (entry) entry.data = [...(entry.data as unknown[]), ...(data as unknown[])]
    else entries.push({ locale, scope, data })
  }
  return own
}

function dataOf(
  cell: string,
  attribute: Row,
  unit: string | undefined,
  currency: string | undefined,
): unknown {
  switch (attribute['type']) {
    case 'pim_catalog_boolean':
      return cell.trim() === '1' || cell.trim() === 'true'
    case 'pim_catalog_metric': {
      const [amount, second] = cell.trim().split(/\s+/)
      return { amount, unit: second ?? (unit || attribute['default_metric_unit']) }
    }
    case 'pim_catalog_price_collection':
      if (currency !== undefined) return [{ amount: cell.trim(), currency }]
      return list(cell).map((price) => {
        const [amount, code] = price.split(/\s+/)
        return { amount, currency: code }
      })
    case 'pim_catalog_multiselect':
    case 'pim_reference_data_multiselect':
    case 'akeneo_reference_entity_collection':
    case 'pim_catalog_asset_collection':
      return list(cell)
    case 'pim_catalog_table':
      return JSON.parse(cell) as unknown
    case 'pim_catalog_simpleselect':
      return cell.trim()
    default:
      return cell
  }
}

/** `label` names them; the picture is `image`, or what an asset family calls its main media. */
function readRecords(folder: string): Catalogue['records'] {
  const found: Catalogue['records'] = new Map()
  for (const name of ['reference_entities', 'asset_families']) {
    const file = join(folder, `${name}.json`)
    if (!existsSync(file)) continue
    const families = JSON.parse(readFileSync(file, 'utf8')) as {
      code: string
      attribute_as_main_media?: string
      records: { code: string; values: Record<string, { locale: string; data: string }[]> }[]
    }[]
    for (const { code: family, attribute_as_main_media: main = 'image', records } of families) {
      for (const { code, values } of records) {
        const labels = (values['label'] ?? []).map(({ locale, data }) => [locale, data])
        const image = values[main]?.[0]?.data ?? null
        found.set(`${family}/${code}`, { labels: Object.fromEntries(labels) as Row, image })
      }
    }
  }
  return found
}

function readUnits(file: string): Map<string, string[]> {
  const families = JSON.parse(readFileSync(file, 'utf8')) as {
    code: string
    units: Record<string, unknown>
  }[]
  return new Map(families.map(({ code, units }) => [code, Object.keys(units)]))
}
