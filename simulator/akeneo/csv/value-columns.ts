import type { Catalog } from '../catalog/catalog.ts'
import type { Attribute } from '../catalog/records.ts'
import type { Table } from './table.ts'

export type ColumnPart = 'data' | 'unit' | 'currency'

/** What one column of a products or models file holds. */
export type ValueColumn =
  | {
      kind: 'value'
      name: string
      attribute: Attribute
      locale: string | null
      scope: string | null
      part: ColumnPart
      currency: string | undefined
    }
  | { kind: 'association'; name: string; type: string; target: LinkTarget }
  | {
      kind: 'quantity'
      name: string
      type: string
      target: 'products' | 'product_models'
    }

const TARGETS = ['products', 'product_uuids', 'product_models', 'groups'] as const
export type LinkTarget = (typeof TARGETS)[number]

/** Understands the header of a products or models file: `attribute-locale-channel`, `-unit`, `-EUR`, `TYPE-products`. */
export function readColumns(table: Table, catalog: Catalog, fields: ReadonlySet<string>): ValueColumn[] {
  return table.columns
    .filter((name) => !fields.has(name))
    .map((name) => {
      const association = associationColumn(name, catalog)
      if (association !== undefined) return association
      const [code = '', ...rest] = name.split('-')
      const attribute = catalog.attributes.get(code)
      if (attribute === undefined) throw table.fail(1, name, `unknown attribute "${code}"`)
      return valueColumn(table, name, attribute, rest, catalog)
    })
}

function associationColumn(name: string, catalog: Catalog): ValueColumn | undefined {
  for (const target of TARGETS) {
    const suffix = `-${target}`
    const isQuantity = name.endsWith(`${suffix}-quantity`)
    if (!isQuantity && !name.endsWith(suffix)) continue
    const code = name.slice(0, name.length - (isQuantity ? `${suffix}-quantity` : suffix).length)
    const type = catalog.associationTypes.get(code)?.code
    if (type === undefined) continue
    if (!isQuantity) return { kind: 'association', name, type, target }
    if (target === 'products' || target === 'product_models') return { kind: 'quantity', name, type, target }
  }
  return undefined
}

function valueColumn(
  table: Table,
  name: string,
  attribute: Attribute,
  suffixes: string[],
  catalog: Catalog,
): ValueColumn {
  const rest = [...suffixes]
  const shift = (what: string, known: (code: string) => boolean) => {
    const code = rest.shift()
    if (code === undefined) throw table.fail(1, name, `attribute "${attribute.code}" expects a ${what}`)
    if (!known(code)) throw table.fail(1, name, `unknown ${what} "${code}"`)
    return code
  }
  const locale = attribute.localizable ? shift('locale', (code) => catalog.locales.has(code)) : null
  const scope = attribute.scopable ? shift('channel', (code) => catalog.channels.has(code)) : null
  let part: ColumnPart = 'data'
  let currency: string | undefined
  if (rest[0] === 'unit' && attribute.type === 'pim_catalog_metric') {
    part = 'unit'
    rest.shift()
  } else if (attribute.type === 'pim_catalog_price_collection' && rest.length > 0) {
    part = 'currency'
    currency = shift('currency', (code) => catalog.currencies.has(code))
  }
  if (rest.length > 0) {
    throw table.fail(1, name, `attribute "${attribute.code}" does not expect "${rest.join('-')}" here`)
  }
  return { kind: 'value', name, attribute, locale, scope, part, currency }
}
