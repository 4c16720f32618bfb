import { same, type Model, type Own, type Product } from './catalogue.ts'
import { unknownUnit } from './values.ts'
import type { World } from './world.ts'

export const isActive = (product: Product, world: World): boolean =>
  product.enabled && product.sku !== null && unknownUnit(world.merged(product), world) === null

/** Own and inherited, as a set: their order is Akeneo's. */
export const categoriesOf = (own: Product | Model, world: World): string[] =>
  [...new Set(world.lineage(own).flatMap(({ categories }) => categories))].sort()

/**
 * Links of plain types. What the hub has under way or withholds may be linked or pending, which is the hub's to decide, so those
 * stand apart in `openLinks`.
 */
export function linksOf(own: Product | Model, world: World): { related: unknown[]; openLinks: string[] } {
  const related: unknown[] = []
  const openLinks: string[] = []
  for (const row of [...world.catalogue.associationTypes].sort((a, b) =>
    (a['code'] ?? '') < (b['code'] ?? '') ? -1 : 1,
  )) {
    if (row['is_quantified'] === '1') continue
    const type = row['code'] ?? ''
    const all = (pick: (level: Own) => Record<string, string[]>) => [
      ...new Set(world.lineage(own).flatMap((level) => pick(level)[type] ?? [])),
    ]
    // Akeneo sorts partners by identifier or code.
    const products = all(({ products: links }) => links)
      .map((key) => world.catalogue.products.find(({ sku, uuid }) => same(sku, key) || same(uuid, key)))
      .filter((product) => product !== undefined)
      .sort((a, b) => ((a.sku ?? '') < (b.sku ?? '') ? -1 : 1))
    const groups = all(({ models }) => models)
      .sort()
      .map((code) => world.model(code))
      .filter((model) => model !== undefined)
      .map((model) => world.model(model.parent) ?? model)
    const targets = [
      ...products.map((product) => ({
        kind: 'product',
        code: product.sku ?? product.uuid ?? '',
        open: !isActive(product, world),
      })),
      ...[...new Set(groups)].map((model) => ({
        kind: 'group',
        code: model.code,
        open: !world.variantsOf(model).some((variant) => isActive(variant, world)),
      })),
    ]
    targets.forEach(({ kind, code, open }, index) => {
      if (open) openLinks.push(`${type} ${code}`)
      else related.push({ type, kind, code, position: index + 1 })
    })
  }
  return { related, openLinks: openLinks.sort() }
}
