import type { Links, QuantifiedLinks } from '../catalog/records.ts'
import type { Pim } from '../pim.ts'
import type { Row } from './table.ts'
import type { LinkTarget, ValueColumn } from './value-columns.ts'

export function readLinks(
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
