import { merged } from '../catalog/inherit.ts'
import type { Product, ProductModel } from '../catalog/records.ts'
import type { CategoryRight, Right } from '../options.ts'
import type { Pim } from '../pim.ts'

/** What one connection's user may see and do (Enterprise). Whatever no right names is free to all. */
export interface Access {
  connection: string
  /** The best right that any of its categories gives; a record in none belongs to everybody. */
  record(record: Product | ProductModel): CategoryRight
  category(code: string): CategoryRight
  /** By the group in which the attribute stands. */
  attribute(code: string): Right
  locale(code: string): Right
}

const ORDER: readonly CategoryRight[] = ['none', 'view', 'edit', 'own']

/** Undefined for a connection without such rights: then nothing has to be asked. */
export function accessOf({ settings, catalog }: Pim, connection: string): Access | undefined {
  const rights = settings.connections.find(({ code }) => code === connection)?.rights
  if (rights === undefined) return undefined
  const { categories, attributeGroups, locales } = rights
  if (categories === undefined && attributeGroups === undefined && locales === undefined) return undefined

  /** A category without a right of its own has that of the nearest one above it. */
  const category = (code: string): CategoryRight => {
    for (let at = catalog.categories.get(code); at !== undefined;) {
      const right = categories?.[at.code]
      if (right !== undefined) return right
      at = at.parent === null ? undefined : catalog.categories.get(at.parent)
    }
    return 'own'
  }
  return {
    connection,
    category,
    record(record) {
      const codes = record.parent === null ? record.categories : merged(catalog, record).categories
      if (codes.length === 0) return 'own'
      return ORDER[Math.max(...codes.map((code) => ORDER.indexOf(category(code))))] ?? 'none'
    },
    attribute: (code) => attributeGroups?.[catalog.attributes.get(code)?.group ?? ''] ?? 'edit',
    locale: (code) => locales?.[code] ?? 'edit',
  }
}

export function isVisible(access: Access | undefined, record: Product | ProductModel): boolean {
  return access === undefined || access.record(record) !== 'none'
}
