import type { Catalog } from '../catalog/catalog.ts'
import { levelAt, levelOf, variantOf } from '../catalog/levels.ts'
import type { FamilyVariant, Product, ProductModel, Value } from '../catalog/records.ts'
import type { Violation } from '../errors.ts'
import { isObject, phpString, sameJson, type Json } from '../json.ts'

/** Axes of the level at which a record stands; none for a root model or a simple product. */
function axesOf(catalog: Catalog, record: Product | ProductModel, variant: FamilyVariant): readonly string[] {
  const level = levelAt(catalog, record, variant)
  return variant.variant_attribute_sets.find((set) => set.level === level)?.axes ?? []
}

export function emptyAxes(catalog: Catalog, record: Product | ProductModel): Violation[] {
  const variant = variantOf(catalog, record)
  if (variant === undefined || record.parent === null) return []
  return axesOf(catalog, record, variant)
    .filter((axis) => (record.values.get(axis) ?? []).length === 0)
    .map((axis) => ({
      property: 'attribute',
      message: `Attribute "${axis}" cannot be empty, as it is defined as an axis for this entity`,
    }))
}

/** Values that belong to the family but to another level, or to no family at all. */
export function unexpectedAttributes(catalog: Catalog, record: Product | ProductModel): Violation[] {
  const variant = variantOf(catalog, record)
  if (variant === undefined) return []
  const family = catalog.families.get(variant.family)
  const level = levelAt(catalog, record, variant)
  const codes = [...record.values.keys()]
  if (record.kind === 'product' && record.identifier !== null) codes.unshift(catalog.mainIdentifier().code)
  return codes.flatMap((code): Violation[] => {
    if (family?.attributes.includes(code) !== true) {
      const message = `Attribute "${code}" does not belong to the family "${variant.family}"`
      return [{ property: 'attribute', message }]
    }
    if (levelOf(variant, code) === level) return []
    const message = `Cannot set the property "${code}" to this entity as it is not in the attribute set`
    return [{ property: 'attribute', message }]
  })
}

/** No two children of a parent may have the same values on all axes. */
export function takenAxes(catalog: Catalog, record: Product | ProductModel): Violation[] {
  const variant = variantOf(catalog, record)
  if (variant === undefined || record.parent === null) return []
  const axes = axesOf(catalog, record, variant)
  if (axes.length === 0) return []
  const own = axes.map((axis) => dataOf(record, axis))
  const isProduct = record.kind === 'product'
  const siblings: (Product | ProductModel)[] = isProduct
    ? catalog.products.childrenOf(record.parent).filter(({ uuid }) => uuid !== record.uuid)
    : catalog.subModels(record.parent).filter(({ code }) => code !== record.code)
  const twin = siblings.find((sibling) =>
    axes.every((axis, index) => sameAxis(dataOf(sibling, axis), own[index])),
  )
  if (twin === undefined) return []
  const kind = isProduct ? 'variant product' : 'product model'
  const message = `Cannot set value "${own.map(printAxis).join(',')}" for the attribute axis "${axes.join(',')}" on ${kind} "${nameOf(record)}", as the ${kind} "${nameOf(twin)}" already has this value`
  return [{ property: 'attribute', message }]
}

function sameAxis(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase()
  return sameJson(a, b)
}

function dataOf(record: Product | ProductModel, axis: string): Json | undefined {
  const entries: readonly Value[] = record.values.get(axis) ?? []
  return entries[0]?.data
}

/** Options print in brackets, booleans as PHP prints them, measures with their unit. */
function printAxis(data: Json | undefined): string {
  if (typeof data === 'string') return `[${data}]`
  if (typeof data === 'boolean') return data ? '1' : '0'
  if (isObject(data)) return `${phpString(data['amount'])} ${phpString(data['unit'])}`
  return phpString(data)
}

function nameOf(record: Product | ProductModel): string {
  return record.kind === 'product' ? (record.identifier ?? record.uuid) : record.code
}
